// `trig serve` with a planted fault (TRIG_PLANT names the function of planted_ports.h). Called as
// the real one is: PROGRAM serve PROJECT --listen HOST:PORT
#include <CLI/CLI.hpp>

#include "runtime/cli/runnable_project.h"
#include "runtime/drive/deployed.h"
#include "tests/tools/planted_ports.h"

int main(int argc, char** argv) {
  using namespace trig;
  CLI::App app("trig serve with a planted fault");
  app.require_subcommand(1);
  CLI::App* command = app.add_subcommand("serve");
  std::string path;
  server::ServeOptions options;
  command->add_option("PROJECT", path)->required();
  command->add_option("--listen", options.listen);
  CLI11_PARSE(app, argc, argv);

  int code = 0;
  std::shared_ptr<const project::Project> project = cli::load_runnable(path, code);
  if (!project) return code;
  test::TRIG_PLANT(options.ports);
  server::Log log(server::LogFormat::kText);
  auto exit = server::serve(drive::deployed(project), drive::compile_files(), options, log);
  if (exit) return *exit;
  log.error("cannot serve", {{"why", exit.error().message}});
  return 2;
}
