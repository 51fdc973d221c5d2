// Which executor commands run programs with: native code where trig is built with it and `--no-jit`
// was not given.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "runtime/drive/deployed.h"

namespace trig::cli {

// The option `--no-jit` of a command, which sets `no_jit`.
void add_no_jit(CLI::App& command, bool& no_jit);

drive::MakeExecutor executors(bool no_jit);

// `trig dump --stage llvm`; a Failure where trig is built without native code.
Result<std::string> native_code_text(const ir::Program& program);

}  // namespace trig::cli
