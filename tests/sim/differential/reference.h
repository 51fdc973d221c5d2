// What a story means, written from docs/reference/semantics.md and nothing else: it keeps every
// event of everybody in one list and scans all of it whenever something is asked. No index, no
// running value, nothing shared with compiler/ but the calendar of base.
#pragma once

#include "tests/sim/differential/story.h"

namespace trig::sim {

Outcome reference_outcome(const Program& program, const History& history);

}  // namespace trig::sim
