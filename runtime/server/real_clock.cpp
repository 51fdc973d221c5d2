#include "runtime/server/real_clock.h"

#include <algorithm>

namespace trig::server {
namespace {

Instant system_now() {
  return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

}  // namespace

RealClock::RealClock(double speed)
    : speed_(speed), base_(system_now()), started_(std::chrono::steady_clock::now()) {}

void RealClock::begin_at(Instant instant) {
  base_ = std::max(now(), instant);
  started_ = std::chrono::steady_clock::now();
}

Instant RealClock::now() const {
  if (speed_ == 1.0) return std::max(system_now(), base_);
  std::chrono::duration<double, std::micro> passed = std::chrono::steady_clock::now() - started_;
  return base_ + Duration(static_cast<std::int64_t>(passed.count() * speed_));
}

std::chrono::nanoseconds RealClock::real(Duration duration) const {
  return std::chrono::nanoseconds(
      static_cast<std::int64_t>(static_cast<double>(duration.count()) * 1000.0 / speed_));
}

}  // namespace trig::server
