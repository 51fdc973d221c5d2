// trig: one program, one command a file. See commands.h.
#include "compiler/diagnostics/diagnostic.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/terminal.h"

namespace trig::cli {
namespace {

void add_commands(CLI::App& app, Chosen& chosen) {
  app.require_subcommand(1);
  app.set_version_flag("--version", "trig " TRIG_VERSION);
  app.set_help_all_flag("--help-all", "the help of every command");
  add_new(app, chosen);
  add_check(app, chosen);
  add_fmt(app, chosen);
  add_test(app, chosen);
  add_repl(app, chosen);
  add_backtest(app, chosen);
  add_diff(app, chosen);
  add_diagram(app, chosen);
  add_preview(app, chosen);
  add_serve(app, chosen);
  add_plan(app, chosen);
  add_deploy(app, chosen);
  add_rollback(app, chosen);
  add_events(app, chosen);
  add_mails(app, chosen);
  add_why(app, chosen);
  add_coupons(app, chosen);
  add_explain(app, chosen);
  add_dump(app, chosen);
  add_lsp(app, chosen);
  app.footer("`trig COMMAND --help` says more about a command.\n");
}

int usage_error(const CLI::App& app, const CLI::ParseError& error, int argc, char** argv) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(command->get_name());
  if (argc > 1 && argv[1][0] != '-' &&
      std::find(names.begin(), names.end(), argv[1]) == names.end()) {
    const std::string best = closest(argv[1], names);
    return could_not_run(fmt::format(
        "there is no command {}{}", argv[1],
        best.empty() ? ": `trig --help` lists them" : fmt::format(", did you mean {}?", best)));
  }
  could_not_run(error.what());
  if (argc > 1) fmt::print(stderr, "`trig {} --help` says how it is called\n", argv[1]);
  return kCouldNotRun;
}

int run(int argc, char** argv) {
  CLI::App app("trig checks, tests and runs trigger e-mail campaigns written as text", "trig");
  Chosen chosen;
  add_commands(app, chosen);
  if (argc == 1) {
    fmt::print(stderr, "{}", app.help());
    return kCouldNotRun;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help_or_version) {
    return app.exit(help_or_version);
  } catch (const CLI::ParseError& error) {
    return usage_error(app, error, argc, argv);
  }
  return chosen();
}

}  // namespace
}  // namespace trig::cli

int main(int argc, char** argv) {
  try {
    return trig::cli::run(argc, argv);
  } catch (const std::exception& error) {
    return trig::cli::could_not_run(error.what());
  }
}
