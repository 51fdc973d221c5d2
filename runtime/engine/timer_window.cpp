#include "runtime/engine/timer_window.h"

#include <algorithm>

namespace trig::engine {

// The row that the timer is in, or belongs into. There must be one.
TimerWindow::Rows::iterator TimerWindow::row_of(const TimerRow& timer) {
  auto after = rows_.upper_bound(timer);
  return after == rows_.begin() ? after : std::prev(after);
}

void TimerWindow::insert(const TimerRow& timer) {
  if (empty()) {
    rows_[timer].push_back(timer);
    return;
  }
  auto at = row_of(timer);
  if (timer < at->first) {  // before all of them
    auto moved = rows_.extract(at);
    moved.key() = timer;
    at = rows_.insert(std::move(moved)).position;
  }
  Row& row = at->second;
  const auto place = std::lower_bound(row.begin(), row.end(), timer);
  if (place != row.end() && *place == timer) return;
  row.insert(place, timer);
  if (row.size() <= kRowLength) return;
  // Most timers are later than those before them: then what stays behind is full.
  const auto cut = row.back() == timer ? row.end() - 1 : row.begin() + row.size() / 2;
  rows_.emplace_hint(std::next(at), *cut, Row(cut, row.end()));
  row.erase(cut, row.end());
}

void TimerWindow::erase(const TimerRow& timer) {
  if (empty()) return;
  const auto at = row_of(timer);
  Row& row = at->second;
  const auto place = std::lower_bound(row.begin(), row.end(), timer);
  if (place == row.end() || *place != timer) return;
  row.erase(place);
  if (row.empty()) rows_.erase(at);
}

}  // namespace trig::engine
