#include "runtime/cli/executors.h"

#ifdef TRIG_JIT
#include "compiler/jit/jit.h"
#endif

namespace trig::cli {

void add_no_jit(CLI::App& command, bool& no_jit) {
  command.add_flag("--no-jit", no_jit, "interpret conditions, make no native code of them");
}

drive::MakeExecutor executors(bool no_jit) { return executors(no_jit, nullptr, nullptr); }

drive::MakeExecutor executors([[maybe_unused]] bool no_jit,
                              [[maybe_unused]] std::shared_ptr<const FileCache> objects,
                              std::function<void(const FoundCode&)> in_place) {
#ifdef TRIG_JIT
  if (!no_jit)
    return [objects = std::move(objects), in_place](const ir::Program& program) {
      jit::KeptCode kept{objects, {}};
      if (in_place && objects == nullptr) in_place({});
      if (in_place)
        kept.in_place = [in_place](const jit::KeptCode::Report& report) {
          in_place({report.found, report.compiled, report.event_types});
        };
      return jit::make_jit(program, jit::When::kWhenBusy, std::move(kept));
    };
#endif
  return [in_place](const ir::Program& program) {
    if (in_place) in_place({});
    return exec::make_interpreter(program);
  };
}

Result<std::string> native_code_text([[maybe_unused]] const ir::Program& program) {
#ifdef TRIG_JIT
  return jit::dump_llvm(program);
#else
  return fail("this trig is built without native code");
#endif
}

}  // namespace trig::cli
