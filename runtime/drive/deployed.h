// A project as something to run: its program behind an executor, with the files a deploy stores.
#pragma once

#include <functional>
#include <memory>

#include "compiler/project/project.h"
#include "runtime/engine/programs.h"

namespace trig::drive {

// The interpreter, or native code (compiler/jit).
using MakeExecutor = std::function<std::unique_ptr<exec::Executor>(const ir::Program&)>;

// `project` must have no errors.
std::shared_ptr<const engine::Deployed> deployed(
    std::shared_ptr<const project::Project> project,
    const MakeExecutor& make_executor = exec::make_interpreter);

// Stored files through the whole chain again; what an engine needs to find older programs.
engine::CompileFiles compile_files(MakeExecutor make_executor = exec::make_interpreter);

}  // namespace trig::drive
