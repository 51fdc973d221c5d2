// A project as something to run: its program behind an executor, with the files a deploy stores.
#pragma once

#include <memory>

#include "compiler/project/project.h"
#include "runtime/engine/programs.h"

namespace trig::drive {

// `project` must have no errors.
std::shared_ptr<const engine::Deployed> deployed(std::shared_ptr<const project::Project> project);

// Stored files through the whole chain again; what an engine needs to find older programs.
engine::CompileFiles compile_files();

}  // namespace trig::drive
