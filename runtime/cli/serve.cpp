// trig serve: the server of one project.
#include <fmt/format.h>

#include "runtime/admin/bundle.h"
#include "runtime/admin/versions.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/executors.h"
#include "runtime/cli/project_folder.h"
#include "runtime/cli/runnable_project.h"
#include "runtime/cli/start_cache.h"
#include "runtime/cli/terminal.h"
#include "runtime/drive/deployed.h"
#include "runtime/server/server.h"
#include "runtime/store/data_directory.h"

namespace trig::cli {
namespace {

struct ServeArguments {
  std::string path = ".";
  server::ServeOptions options;
  bool json = false;
  bool no_jit = false;
  bool from_folder = false;
};

// What a start serves: the version deployed last, where one was deployed through the admin API,
// with the trig.toml of the folder; else the folder.
class StartFiles {
 public:
  StartFiles(std::string folder, bool from_folder, const server::ServeOptions& options)
      : folder_(std::move(folder)), from_folder_(from_folder), options_(options) {}

  // LoadOptions::replace_files.
  Result<bool> replace(project::Files& files) {
    const project::Config config = project::config_of(files);
    data_ = server::data_directory(folder_, config, options_);
    if (auto versions = versions_there(); !versions)
      return tl::unexpected(versions.error());
    else if (*versions && (*versions)->deployed())
      version_ = *(*versions)->find(*(*versions)->deployed());
    if (version_ && !from_folder_) {
      auto deployed = admin::Versions::open(data_)->files_of(*version_);
      if (!deployed) return tl::unexpected(deployed.error());
      differ_ = admin::hash_of_files(files) != admin::hash_of_files(*deployed);
      const std::string settings = files["trig.toml"];
      files = std::move(*deployed);
      files["trig.toml"] = settings;
    }
    if (config.admin || version_) files_ = std::make_shared<project::Files>(files);
    return version_ && !from_folder_;
  }

  // The project of these files is about to run.
  Result<std::shared_ptr<const project::Files>> take(const project::Project& project,
                                                     server::Log& log) {
    if (version_ && from_folder_) {
      auto versions = admin::Versions::open(data_);
      if (!versions) return tl::unexpected(versions.error());
      if (Status forgot = versions->forget_deployed(); !forgot)
        return tl::unexpected(forgot.error());
    } else if (version_) {
      log.info("serving the version deployed last, not the project's folder",
               {{"version", std::to_string(version_->number)},
                {"by", version_->by},
                {"at", to_string(version_->at)},
                {"folder", differ_ ? "differs" : "is the same"}});
    }
    if (files_ != nullptr)  // what MJML made
      for (const auto& [path, text] : project.files) files_->emplace(path, text);
    return std::shared_ptr<const project::Files>(std::move(files_));
  }

 private:
  Result<std::optional<admin::Versions>> versions_there() const {
    if (!store::verify_directory(data_)) return std::nullopt;
    auto versions = admin::Versions::open(data_);
    if (!versions) return tl::unexpected(versions.error());
    return std::move(*versions);
  }

  std::string folder_;
  bool from_folder_;
  const server::ServeOptions& options_;
  std::string data_;
  std::optional<admin::Version> version_;  // deployed last
  bool differ_ = false;
  std::shared_ptr<project::Files> files_;
};

int run(const ServeArguments& given) {
  ServeArguments arguments = given;
  int code = kClean;
  auto folder = project_folder_of(arguments.path);
  if (!folder) return could_not_run(folder.error());
  StartFiles start(*folder, arguments.from_folder, arguments.options);
  StartCache cache(*folder, arguments.options);
  std::shared_ptr<const project::Project> project =
      load_runnable(*folder, code,
                    {.replace_files = [&](project::Files& files) { return start.replace(files); },
                     .find_checked = cache.finder()});
  if (!project) return code;
  cache.keep(*project);
  server::Log log(arguments.json ? server::LogFormat::kJson : server::LogFormat::kText);
  auto files = start.take(*project, log);
  if (!files) return could_not_run(files.error());
  arguments.options.files = std::move(*files);
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
  arguments.options.make_ready = [make](std::shared_ptr<const project::Project> next,
                                        const engine::Deployed& running) {
    return drive::deployed(std::move(next), running, make);
  };
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
  command->add_flag("--from-folder", arguments->from_folder,
                    "serve the folder although a version was deployed through the admin API");
  command->add_flag("--log-json", arguments->json, "log lines as JSON");
  add_no_jit(*command, arguments->no_jit);
  command->footer("Example: trig serve examples/shop --listen 127.0.0.1:8080 --speed 60");
  command->callback([arguments, &chosen] { chosen = [arguments] { return run(*arguments); }; });
}

}  // namespace trig::cli
