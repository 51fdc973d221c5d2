// The operators of the language on values. Comparisons give false where a side is missing or the
// two cannot be compared (money of two currencies); arithmetic gives Missing there, and on
// overflow.
#pragma once

#include "compiler/base/time.h"
#include "compiler/ir/program.h"

namespace trig::exec {

bool compare(ir::Op op, const ir::Value& a, const ir::Value& b);
bool contains(const ir::Value& container, const ir::Value& item);  // list or text
bool starts_with(const ir::Value& text, const ir::Value& prefix);
ir::Value negate(const ir::Value& a);
// `type` is the result's: integer / integer is a number.
ir::Value arithmetic(ir::Op op, ir::Type type, const ir::Value& a, const ir::Value& b);
ir::Value to_number(const ir::Value& a);
// The same day and time of day so many months later in the zone; the last day of a month that has
// no such day. A date has no zone.
ir::Value add_months(const ir::Value& to, const ir::Value& months, Zone zone);
// Whole units from `from` (a date or datetime) until now; negative where it lies ahead.
ir::Value whole_units_since(CalendarUnit unit, const ir::Value& from, Instant now, Zone zone);

}  // namespace trig::exec
