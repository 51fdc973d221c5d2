// Private to runtime/engine: the history rows of a person in memory, of the events that have few. A
// window that is asked for anew, or whose first rows leave, is then no scan of the store. What is
// known of an event is all of its rows; where that is in doubt, or they are too many, nothing is.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/ids.h"
#include "compiler/base/touch.h"
#include "compiler/exec/executor.h"

namespace trig::engine {

// Of one event of one person; beyond it the store is asked.
constexpr std::size_t kMaxRowBytesInMemory = 1'024;
// Of one person; of one more the one known longest is forgotten.
constexpr std::size_t kMaxEventsWithRowsInMemory = 8;

class HistoryRows {
 public:
  bool knows(NameHash event) const { return find(event) != nullptr; }
  // From now on they are known: the person has none of this event so far.
  void begin(NameHash event);
  // Whether one may begin: not while rows are being read, which would move them.
  bool may_begin() const { return reading_ == 0; }
  // Of an event that is not known, nothing happens.
  void add(NameHash event, const exec::Moment& moment, std::string_view row);
  void remove(NameHash event, const exec::Moment& moment);
  void forget(NameHash event);
  void clear() { events_.clear(); }
  // Something of them will be asked for soon.
  void expect() const {
    for (const Event& event : events_) touch(event.rows.data(), event.rows.size());
  }

  // Of an event that is known: as exec::History.
  void scan(NameHash event, Instant from, Instant to, const exec::History::RowVisitor& row) const;

 private:
  struct Event {
    NameHash event{};
    std::string rows;  // by moment, each: its Head, then its bytes
  };
  struct Head {
    exec::Moment moment;
    std::size_t size = 0;
  };
  static Head head_at(const std::string& rows, std::size_t at);
  // Of the first row that is not before the moment.
  static std::size_t place_of(const std::string& rows, const exec::Moment& moment);
  const Event* find(NameHash event) const;
  Event* find(NameHash event);

  std::vector<Event> events_;
  mutable std::size_t reading_ = 0;
};

}  // namespace trig::engine
