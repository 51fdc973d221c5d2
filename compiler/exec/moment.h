// The order of events of one person.
#pragma once

#include "compiler/base/ids.h"
#include "compiler/base/time.h"

namespace trig::exec {

// By occurrence, ties by log order.
struct Moment {
  Instant occurred_at;
  Sequence sequence = Sequence::kNone;
  friend auto operator<=>(const Moment&, const Moment&) = default;
};

}  // namespace trig::exec
