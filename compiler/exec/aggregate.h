// Aggregates over a person's history: count, sum, min, max, first, last, distinct.
#pragma once

#include "compiler/exec/executor.h"

namespace trig::exec {

// Program::aggregates[index] at frame.now: its running value where the person's state keeps one,
// else what a scan of the history gives, which is the definition. A sum of money adds up one
// currency: the one it is compared with, else that of the first row with an amount; rows of others
// are left out. A sum that does not fit is Missing; min, max, first and last of nothing are.
ir::Value aggregate(const Executor& executor, std::uint32_t index, const Frame& frame);
ir::Value scanned_aggregate(const Executor& executor, std::uint32_t index, const Frame& frame);

// Rows that a sum of money left out because of their currency: said by `why`.
std::int64_t rows_left_out(const Executor& executor, std::uint32_t index, const Frame& frame);

// The value's units, as a sum adds them up, and back: Missing if they do not fit.
__int128 units_of(const ir::Value& value);
ir::Value value_of_units(ir::Kind kind, __int128 units, ir::Currency currency);

}  // namespace trig::exec
