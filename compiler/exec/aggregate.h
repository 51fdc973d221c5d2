// Aggregates over a person's history: count, sum, min, max, first, last, distinct.
#pragma once

#include "compiler/exec/executor.h"

namespace trig::exec {

// Exact at frame.now. A sum whose rows hold several currencies leaves out those that differ from
// the first; a sum that overflows is Missing; min, max, first and last of nothing are Missing.
ir::Value aggregate(const Executor& executor, const ir::Aggregate& aggregate, const Frame& frame);

// Rows that a sum of money left out because of their currency: said by `why`.
std::int64_t rows_left_out(const Executor& executor, const ir::Aggregate& aggregate,
                           const Frame& frame);

}  // namespace trig::exec
