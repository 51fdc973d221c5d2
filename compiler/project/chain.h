// What both ways through the chain share. Internal to compiler/project.
#pragma once

#include "compiler/project/project.h"

namespace trig::project {

// The project's own word about its lints, and the order in which diagnostics are read.
void finish_diagnostics(Project& project);

}  // namespace trig::project
