// Private to runtime/engine: the timers in memory, in order. Hundreds of thousands of them come and
// go, most at places that nobody has touched for long: so they lie in short sorted rows, and a look
// for one waits for memory twice or three times, not once for each level of a tree of single nodes.
#pragma once

#include <map>
#include <vector>

#include "runtime/engine/rows.h"

namespace trig::engine {

class TimerWindow {
 public:
  static constexpr std::size_t kRowLength = 128;  // then a row is cut in two

  bool empty() const { return rows_.empty(); }
  const TimerRow& front() const { return rows_.begin()->second.front(); }
  void insert(const TimerRow& timer);  // once, however often
  void erase(const TimerRow& timer);   // if it is there
  // Calls `take(timer)` for each from the first on, until it says false.
  template <typename Take>
  void from_front(Take take) const {
    for (const auto& [first, row] : rows_)
      for (const TimerRow& timer : row)
        if (!take(timer)) return;
  }

 private:
  using Row = std::vector<TimerRow>;
  using Rows = std::map<TimerRow, Row>;
  Rows::iterator row_of(const TimerRow& timer);

  // By a bound: no timer of the row is before it, and all of the rows before are. No row is empty.
  Rows rows_;
};

}  // namespace trig::engine
