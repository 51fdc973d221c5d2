#include "editor-support/lsp/run.h"

#include <unistd.h>

#include "runtime/cli/commands.h"

namespace trig::cli {

void add_lsp(CLI::App& app, Chosen& chosen) {
  CLI::App* command =
      app.add_subcommand("lsp", "serves editors: mistakes while typing, completion, renaming");
  command->add_flag(
      "--stdio", [](std::int64_t) {},
      "as some editors call every language server; it is always so");
  command->footer(
      "Speaks the Language Server Protocol 3.17 on its standard input and output; an editor "
      "starts\n"
      "it. It reads the files of the project that an open file belongs to, the folder above it "
      "with\n"
      "a trig.toml, and writes none. docs/reference/lsp.md tells how editors are set up.\n\n"
      "Example, in the settings of an editor:\n  command: trig lsp\n");
  command->callback([&chosen] {
    chosen = [] {
      return lsp::run(STDIN_FILENO, STDOUT_FILENO, TRIG_VERSION, [] {
        return std::chrono::floor<Duration>(std::chrono::system_clock::now());
      });
    };
  });
}

}  // namespace trig::cli
