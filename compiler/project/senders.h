// Whether every mail has somebody to come from: trig.toml and the templates together.
#pragma once

#include "compiler/project/project.h"

namespace trig::project {

// E0159 where a template's `from` names no sender, E0160 where there are templates and no sender.
void check_senders(Project& project);

}  // namespace trig::project
