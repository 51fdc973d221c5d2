// While a trigger is tested no journey exists yet, but its `where` and `per` may already name the
// event by its binding: `on product_viewed as seen where count(product_viewed in 1 hour where
// category == seen.category) >= 3`. These are the slots of that moment.
#pragma once

#include <vector>

#include "compiler/exec/executor.h"
#include "compiler/ir/program.h"

namespace trig::exec {

// Slot 0 holds the event, all of its fields; the campaign's other slots are missing.
std::vector<ir::Value> trigger_slots(const ir::Program& program, const ir::Campaign& campaign,
                                     const ir::StartTrigger::Alternative& alternative,
                                     const ir::Items& fields);

// Whether the expression, or the `where` of an aggregate in it, reads a slot.
bool reads_slots(const ir::Program& program, ir::NodeId node);

Executor::Match candidate(const ir::Program& program, std::uint32_t campaign,
                          std::uint32_t alternative);

}  // namespace trig::exec
