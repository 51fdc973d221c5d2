// After rows were put into a person's history that no event brought: a deploy wanted what was not
// kept, and the stored events had it.
#pragma once

#include "compiler/exec/step.h"

namespace trig::exec {

// Who is inside which watched segment is taken stock of again. As with a deploy nobody enters or
// leaves by it.
void history_refilled(const World& world, PersonState& state, Instant now, Effects& effects);

}  // namespace trig::exec
