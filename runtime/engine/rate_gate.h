// Private to runtime/engine: `rate 500 per second` of each policy, as slots on the clock. A mail that
// finds no free slot is given the next one and comes back at it; so the order of asking is the order
// of sending, and each mail asks at most twice.
#pragma once

#include <map>
#include <optional>

#include "compiler/ir/program.h"

namespace trig::engine {

class RateGate {
 public:
  // nullopt: go now. Otherwise the slot that is kept for this mail.
  std::optional<Instant> slot(const ir::Policy& policy, Instant now) {
    if (!policy.rate || policy.rate->count <= 0) return std::nullopt;
    Duration interval = Span{1, policy.rate->unit}.exact() / policy.rate->count;
    Instant& next = next_[policy.hash];
    if (next <= now) {
      next = now + interval;
      return std::nullopt;
    }
    Instant slot = next;
    next += interval;
    return slot;
  }

 private:
  std::map<NameHash, Instant> next_;
};

}  // namespace trig::engine
