#include "runtime/ports/transport.h"

namespace trig {

std::string_view to_string(SendOutcome outcome) {
  switch (outcome) {
    case SendOutcome::kAccepted: return "accepted";
    case SendOutcome::kDeferred: return "deferred";
    case SendOutcome::kRefused: return "refused";
    case SendOutcome::kInDoubt: return "in doubt";
    case SendOutcome::kBlocked: return "blocked";
  }
  return "unknown";
}

}  // namespace trig
