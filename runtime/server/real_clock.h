// The one place where the runtime reads the machine's clocks. At speed 1 it is the system's time;
// at speed N, for demonstrations, it runs N times faster from the moment it was made.
#pragma once

#include <chrono>

#include "runtime/ports/clock.h"

namespace trig::server {

class RealClock : public Clock {
 public:
  explicit RealClock(double speed);
  Instant now() const override;
  // From now on it is not before `instant` (a data directory from a sped-up run lies ahead).
  void begin_at(Instant instant);
  double speed() const { return speed_; }
  // How long to sleep for the clock to move by `duration`.
  std::chrono::nanoseconds real(Duration duration) const;

 private:
  double speed_;
  Instant base_;
  std::chrono::steady_clock::time_point started_;
};

}  // namespace trig::server
