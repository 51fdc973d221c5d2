// Links the whole compiler up to the interpreter, and compiles a project. linked_check.sh looks at
// the result: checking campaigns needs no LLVM, no sockets and no RocksDB.
#include <cstdio>

#include "compiler/diagnostics/render.h"
#include "compiler/exec/executor.h"
#include "compiler/project/project.h"

int main() {
  const auto project = trig::project::compile({
      {"trig.toml", "name = \"small\"\n"},
      {"main.trig", "person {\n  email: email key\n}\n"},
  });
  std::fputs(trig::render_text(project->diagnostics, project->sources, {}).c_str(), stderr);
  if (project->diagnostics.has_errors()) return 1;
  const auto executor = trig::exec::make_interpreter(project->program);
  return executor != nullptr && project->program.project == "small" ? 0 : 1;
}
