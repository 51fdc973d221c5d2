#include "runtime/ports/store.h"

namespace trig {

std::string_view name_of(Space space) {
  switch (space) {
    case Space::kMeta: return "meta";
    case Space::kPeople: return "people";
    case Space::kTimers: return "timers";
    case Space::kEvents: return "events";
    case Space::kHistory: return "history";
    case Space::kMessages: return "messages";
    case Space::kDuplicates: return "duplicates";
    case Space::kIdentities: return "identities";
    case Space::kAddresses: return "addresses";
    case Space::kDecisions: return "decisions";
    case Space::kPrograms: return "programs";
    case Space::kRejected: return "rejected";
  }
  return "unknown";
}

}  // namespace trig
