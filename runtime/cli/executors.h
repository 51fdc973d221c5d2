// Which executor commands run programs with: native code where trig is built with it and `--no-jit`
// was not given.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "compiler/base/file_cache.h"
#include "runtime/drive/deployed.h"

namespace trig::cli {

// The option `--no-jit` of a command, which sets `no_jit`.
void add_no_jit(CLI::App& command, bool& no_jit);

drive::MakeExecutor executors(bool no_jit);

// What a server found in its data directory when it began.
struct FoundCode {
  std::size_t modules = 0;      // of native code
  std::size_t compiled = 0;     // of the same event types, but not found
  std::size_t event_types = 0;  // that are native now
};
// The same with native code that is kept in `objects` from one process to the next. `in_place` is
// called once for each executor, perhaps in another thread.
drive::MakeExecutor executors(bool no_jit, std::shared_ptr<const FileCache> objects,
                              std::function<void(const FoundCode&)> in_place);

// `trig dump --stage llvm`; a Failure where trig is built without native code.
Result<std::string> native_code_text(const ir::Program& program);

}  // namespace trig::cli
