#include "runtime/cli/executors.h"

#ifdef TRIG_JIT
#include "compiler/jit/jit.h"
#endif

namespace trig::cli {

void add_no_jit(CLI::App& command, bool& no_jit) {
  command.add_flag("--no-jit", no_jit, "interpret conditions, make no native code of them");
}

drive::MakeExecutor executors([[maybe_unused]] bool no_jit) {
#ifdef TRIG_JIT
  if (!no_jit) return [](const ir::Program& program) { return jit::make_jit(program); };
#endif
  return exec::make_interpreter;
}

Result<std::string> native_code_text([[maybe_unused]] const ir::Program& program) {
#ifdef TRIG_JIT
  return jit::dump_llvm(program);
#else
  return fail("this trig is built without native code");
#endif
}

}  // namespace trig::cli
