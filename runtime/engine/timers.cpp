#include "runtime/engine/timers.h"

namespace trig::engine {
namespace {

constexpr std::size_t kWindowTimers = 4096;       // read at once
constexpr std::chrono::seconds kWindowAhead{10};  // how far past `before` the window reaches

}  // namespace

void Timers::add(const TimerRow& timer) {
  if (stored_) view_.put(Space::kTimers, timer_key(timer.due, timer.person), {});
  if (timer < horizon_)
    window_.insert(timer);
  else if (beyond_known_ && (!beyond_ || timer < *beyond_))
    beyond_ = timer;
}

void Timers::remove(const TimerRow& timer) {
  if (stored_) view_.remove(Space::kTimers, timer_key(timer.due, timer.person));
  window_.erase(timer);
  if (beyond_ == timer) beyond_known_ = false;
}

void Timers::refill(Instant before) {
  beyond_known_ = false;
  TimerRow limit{before + kWindowAhead, PersonId::kNone};
  std::size_t read = 0;
  view_.scan(Space::kTimers, timer_key(horizon_.due, horizon_.person),
             timer_key(limit.due, limit.person), [&](std::string_view key, std::string_view) {
               auto timer = read_timer_key(key);
               if (!timer) throw StoreFailed{"a timer has a key that is none"};
               window_.insert(*timer);
               if (++read < kWindowTimers) return true;
               limit = *timer;
               limit.person = PersonId{raw(timer->person) + 1};
               return false;
             });
  horizon_ = limit;
}

std::optional<TimerRow> Timers::next(Instant before) {
  if (!any_before(before)) return std::nullopt;
  const TimerRow timer = window_.front();
  window_.erase(timer);
  return timer;
}

bool Timers::any_before(Instant before) {
  if (window_.empty() && horizon_.due < before) refill(before);
  return !window_.empty() && window_.front().due < before;
}

std::span<PersonId> Timers::next_people(std::span<PersonId> people) const {
  std::size_t count = 0;
  window_.from_front([&](const TimerRow& timer) {
    if (count == people.size()) return false;
    people[count++] = timer.person;
    return true;
  });
  return people.first(count);
}

std::optional<Instant> Timers::earliest() {
  if (!window_.empty()) return window_.front().due;
  if (!beyond_known_) {
    beyond_.reset();
    view_.scan(Space::kTimers, timer_key(horizon_.due, horizon_.person), {},
               [&](std::string_view key, std::string_view) {
                 beyond_ = read_timer_key(key);
                 return false;
               });
    beyond_known_ = true;
  }
  if (!beyond_) return std::nullopt;
  return beyond_->due;
}

}  // namespace trig::engine
