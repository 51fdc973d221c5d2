// no A or B for D: how long none of some events has come; and when an expression may change by the
// passing of time alone.
#pragma once

#include <optional>

#include "compiler/exec/executor.h"
#include "compiler/exec/person_state.h"

namespace trig::exec {

// True at frame.now once `span` has passed since the last such event, or since the person became
// known where that is later or no event is kept.
bool is_silent(const ir::Program& program, const ir::Silence& silence, const Frame& frame);

// Since when a trigger `on no A for D` has waited for its event.
Instant silent_since(const PlannedStart& planned);

// The first instant after frame.now at which the value of the expression may be another although
// nothing happens: a row leaves a window, a silence is long enough, a `days since` goes on. Absent
// where time alone changes nothing.
std::optional<Instant> next_change(const Executor& executor, ir::NodeId node, const Frame& frame);

}  // namespace trig::exec
