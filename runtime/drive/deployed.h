// A project as something to run: its program behind an executor, with the files a deploy stores.
#pragma once

#include <functional>
#include <memory>

#include "compiler/project/program_cache.h"
#include "compiler/project/project.h"
#include "runtime/engine/programs.h"

namespace trig::drive {

// The interpreter, or native code (compiler/jit).
using MakeExecutor = std::function<std::unique_ptr<exec::Executor>(const ir::Program&)>;

// `project` must have no errors.
std::shared_ptr<const engine::Deployed> deployed(
    std::shared_ptr<const project::Project> project,
    const MakeExecutor& make_executor = exec::make_interpreter);

// Stored files through the whole chain again, unless `programs` has what comes out of it; what an
// engine needs to find older programs. `programs` may be null and must outlive the engine.
engine::CompileFiles compile_files(MakeExecutor make_executor = exec::make_interpreter,
                                   const project::ProgramCache* programs = nullptr);

}  // namespace trig::drive
