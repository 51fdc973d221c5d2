// trig serve: the server of one project.
#include <fmt/format.h>

#include "runtime/cli/commands.h"
#include "runtime/cli/executors.h"
#include "runtime/cli/project_folder.h"
#include "runtime/cli/runnable_project.h"
#include "runtime/cli/start_cache.h"
#include "runtime/drive/deployed.h"
#include "runtime/server/server.h"

namespace trig::cli {
namespace {

struct ServeArguments {
  std::string path = ".";
  server::ServeOptions options;
  bool json = false;
  bool no_jit = false;
};

int run(const ServeArguments& arguments) {
  int code = kClean;
  auto folder = project_folder_of(arguments.path);
  if (!folder) return could_not_run(folder.error());
  StartCache cache(*folder, arguments.options);
  std::shared_ptr<const project::Project> project =
      load_runnable(*folder, code, {.find_checked = cache.finder()});
  if (!project) return code;
  cache.keep(*project);
  server::Log log(arguments.json ? server::LogFormat::kJson : server::LogFormat::kText);
  // Said of the deployed program; older ones are found while the server runs.
  auto say_once = [&, said = std::make_shared<std::once_flag>()](const FoundCode& code) {
    std::call_once(*said, [&] {
      log.info("started", {{"program", project->from_cache ? "from the cache" : "checked"},
                           {"event_types_native", std::to_string(code.event_types)},
                           {"modules_from_the_cache", std::to_string(code.modules)},
                           {"modules_compiled", std::to_string(code.compiled)}});
    });
  };
  const drive::MakeExecutor make = executors(arguments.no_jit, cache.objects(), say_once);
  auto exit = server::serve(drive::deployed(project, make),
                            drive::compile_files(make, cache.programs()), arguments.options, log);
  if (exit) return *exit;
  log.error("cannot serve", {{"why", exit.error().message}});
  return kCouldNotRun;
}

}  // namespace

void add_serve(CLI::App& app, Chosen& chosen) {
  auto arguments = std::make_shared<ServeArguments>();
  CLI::App* command =
      app.add_subcommand("serve", "takes events, runs the campaigns, sends the mail");
  command->add_option("PROJECT", arguments->path, "the project's folder")->capture_default_str();
  command->add_option("--listen", arguments->options.listen,
                      "HOST:PORT instead of trig.toml's; port 0 takes a free one");
  command->add_option("--data", arguments->options.data_dir,
                      "the data directory instead of trig.toml's");
  command
      ->add_option("--speed", arguments->options.speed,
                   "for demonstrations: the clock runs this many times faster")
      ->check(CLI::Range(1.0, 1e6));
  command->add_flag("--log-json", arguments->json, "log lines as JSON");
  add_no_jit(*command, arguments->no_jit);
  command->footer("Example: trig serve examples/shop --listen 127.0.0.1:8080 --speed 60");
  command->callback([arguments, &chosen] { chosen = [arguments] { return run(*arguments); }; });
}

}  // namespace trig::cli
