// Clock: the only way the runtime learns the time.
#pragma once

#include "compiler/base/time.h"

namespace trig {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;
};

}  // namespace trig
