// Private to runtime/engine: the ordered key space of timers, (due, person), with a small window of
// it in memory. The store holds every timer; the window holds those that are due soon. Of an engine
// that nothing outlives the window holds all of them, and the store none.
#pragma once

#include <optional>
#include <span>

#include "runtime/engine/timer_window.h"
#include "runtime/engine/view.h"

namespace trig::engine {

class Timers {
 public:
  Timers(View& view, bool stored) : view_(view), stored_(stored) {
    if (!stored) horizon_ = {Instant::max(), PersonId::kNone};
  }

  void add(const TimerRow& timer);
  void remove(const TimerRow& timer);
  // Takes the earliest timer with due < before out of the window. It stays in the store until the
  // person it woke no longer wants it.
  std::optional<TimerRow> next(Instant before);
  // One that was not given by `next` has been dealt with all the same.
  void given(const TimerRow& timer) { window_.erase(timer); }
  bool any_before(Instant before);
  // Whom the next timers will wake, as far as the window knows; as many as fit.
  std::span<PersonId> next_people(std::span<PersonId> people) const;
  // The due time of the earliest timer that `next` has not given yet, if it is known to the window.
  std::optional<Instant> earliest();

 private:
  void refill(Instant before);

  View& view_;
  const bool stored_;
  TimerWindow window_;  // every timer with key < horizon_ that was not given yet
  TimerRow horizon_{Instant::min(), PersonId::kNone};
  // The earliest of the others, if there are any: asked for after each turn that fires none.
  std::optional<TimerRow> beyond_;
  bool beyond_known_ = false;
};

}  // namespace trig::engine
