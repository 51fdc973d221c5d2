// Running aggregates: what `count(viewed in 7 days)` is now, kept in the person's state, so that an
// evaluation reads only the rows that left the window since the last one. It always equals the scan
// (aggregate.h). A row that is added counts at once, in whatever order rows come; the first
// evaluation builds the value from the history, and so does the next one where a change cannot be
// computed from the value alone (the row with the least value left, say). That there is no row that
// counts is remembered too, of a few aggregates, and not stored; nothing is kept where a value is
// larger than kMaxRunningBytes.
//
//   keep the row; note_row(executor, state, event, moment, fields);
//   Frame frame; frame.state = &state; …; executor.evaluate(condition, frame);
#pragma once

#include "compiler/exec/executor.h"

namespace trig::exec {

// Absent: not to be known from the state; the history has to be scanned.
std::optional<ir::Value> running_value(const Executor& executor, std::uint32_t aggregate,
                                       const Frame& frame);
// Of a sum of money: rows left out because of their currency.
std::optional<std::int64_t> running_left_out(const Executor& executor, std::uint32_t aggregate,
                                             const Frame& frame);
// No row leaves the window at or before this instant, as far as is known: it may be too early,
// never too late.
std::optional<Instant> running_expiry(const Executor& executor, std::uint32_t aggregate,
                                      const Frame& frame);

// A row was added to the history; `event` and `fields` are the current program's.
void note_row(const Executor& current, PersonState& state, std::uint32_t event,
              const Moment& moment, const ir::Items& fields);
// A row was removed.
void forget_row(const Executor& current, PersonState& state, std::uint32_t event,
                const Moment& moment, std::string_view row);
// Rows of the event changed: what is known of them is built again.
void forget_running(PersonState& state, NameHash event);

}  // namespace trig::exec
