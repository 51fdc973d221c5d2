// What the reference model knows, and what conditions mean to it: a scan of the list of events.
#pragma once

#include <compare>
#include <memory>

#include "tests/sim/differential/story.h"

namespace trig::sim {

// An event that was taken. Those of one instant of occurrence are in the order of the log.
struct Event {
  Instant occurred;
  int number = 0;  // in the log
  int person = 0;
  std::string type;
  Fields fields;
  bool may_start = true;
  bool own = true;  // not emitted
};
struct Moment {
  Instant occurred;
  int number = 0;
  friend auto operator<=>(const Moment&, const Moment&) = default;
};
inline Moment moment_of(const Event& event) { return {event.occurred, event.number}; }

struct Facts {
  const Program* program = nullptr;
  std::vector<Event> events;  // in the order of the log
};

// What a condition may read.
struct View {
  const Facts* facts = nullptr;
  int person = 0;
  const Fields* fields = nullptr;  // of the person
  Instant known_since;
  Instant now;
  const Fields* event = nullptr;    // the event tested
  const Fields* trigger = nullptr;  // the event that started the journey
  const std::map<std::string, Fields>* answers = nullptr;
};

bool holds(const Condition& condition, const View& view);
bool holds(const std::vector<Condition>& where, const View& view);  // none: true
Val value_of(const Operand& operand, const View& view);
// The spans it looks back, and the events it reads.
void spans_of(const Condition& condition, std::vector<Duration>& spans);
bool reads(const Condition& condition, const std::string& event);
std::int64_t count_in(const View& view, const std::string& event, Duration span);
std::string shown(const Val& value);

}  // namespace trig::sim
