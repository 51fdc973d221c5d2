// When a mail goes: at the hour in which its person is used to read, and how long it took.
#include <algorithm>

#include "compiler/exec/stepper.h"

namespace trig::exec {
namespace {

// Fewer tell nothing about a habit.
constexpr std::uint32_t kMinReadings = 3;
constexpr std::uint32_t kMinOwnEvents = 5;

}  // namespace

// The hour of the day in which the person opened or clicked most; else the one in which they did
// most of anything; else now.
std::string Stepper::schedule_at_best_hour(Message& message) const {
  const HourCounts* counts = nullptr;
  std::string_view what;
  if (state_.mail_hours.total() >= kMinReadings) {
    counts = &state_.mail_hours;
    what = "opens and clicks";
  } else if (state_.own_hours.total() >= kMinOwnEvents) {
    counts = &state_.own_hours;
    what = "events";
  } else {
    return "no best hour is known yet: now";
  }
  message.best_hour = counts->best();
  message.due = at_best_hour(message);
  return fmt::format("best hour {:02}:00, with {} of {} {}: at {}", message.best_hour,
                     counts->counts[static_cast<std::size_t>(message.best_hour)], counts->total(),
                     what, at_text(*message.due));
}

// Now, if it is that hour; else its next beginning. What cannot go before its `or skip after` has
// passed expires at that moment, not later.
Instant Stepper::at_best_hour(const Message& message) const {
  if (zone().to_local(now_).time_of_day().minutes / 60 == message.best_hour) return now_;
  TimeOfDay hour{static_cast<std::int16_t>(message.best_hour * 60)};
  Instant due = next_local(now_, hour, zone());
  return message.skip_after ? std::min(due, *message.skip_after + Duration(1)) : due;
}

// `within` is measured from the decision to the peer's word that it took the mail.
std::string Stepper::measure(const Message& message, Duration objective) {
  Duration took = now_ - message.decided_at;
  bool met = took <= objective;
  ++(met ? effects_.objectives_met : effects_.objectives_missed);
  return fmt::format("took {} of {}: {}", duration_text(took), duration_text(objective),
                     met ? "within" : "missed");
}

}  // namespace trig::exec
