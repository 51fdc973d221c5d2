// Private to runtime/engine: `rate 500 per second` of each policy, as slots on the clock. A mail
// that finds no free slot is given the next one and comes back at it; so the order of asking is the
// order of sending, and each mail asks at most twice. The next free slot is part of the Commit: a
// restart does not let the same second be used twice.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "compiler/ir/program.h"

namespace trig::engine {

class RateGate {
 public:
  // nullopt: go now. Otherwise the slot that is kept for this mail.
  std::optional<Instant> slot(const ir::Policy& policy, Instant now) {
    if (!policy.rate || policy.rate->count <= 0) return std::nullopt;
    Duration interval = Span{1, policy.rate->unit}.exact() / policy.rate->count;
    Instant& next = next_[policy.hash];
    changed_.insert(policy.hash);
    if (next <= now) {
      next = now + interval;
      return std::nullopt;
    }
    Instant slot = next;
    next += interval;
    return slot;
  }

  void restore(NameHash policy, Instant next) { next_[policy] = next; }
  // The next free slot of each policy that gave one since the last call.
  std::vector<std::pair<NameHash, Instant>> take_changes() {
    std::vector<std::pair<NameHash, Instant>> changes;
    for (NameHash policy : changed_) changes.emplace_back(policy, next_[policy]);
    changed_.clear();
    return changes;
  }

 private:
  std::map<NameHash, Instant> next_;
  std::set<NameHash> changed_;
};

}  // namespace trig::engine
