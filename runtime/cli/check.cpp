#include "compiler/diagnostics/render.h"
#include "compiler/project/project.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/project_folder.h"
#include "runtime/cli/terminal.h"

namespace trig::cli {
namespace {

struct Options {
  std::string path = ".";
  std::string format = "text";
};

// What was looked at, so that "no findings" is not a matter of faith.
std::string contents_of(const project::Project& project) {
  return fmt::format("{}: {}, {}, {}", counted(project.files.size(), "file"),
                     counted(project.program.campaigns.size(), "campaign"),
                     counted(project.program.templates.size(), "template"),
                     counted(project.program.tests.size(), "test"));
}

std::string summary_of(const project::Project& project) {
  const std::size_t errors = project.diagnostics.error_count();
  const std::size_t warnings = project.diagnostics.all().size() - errors;
  if (errors + warnings == 0) return fmt::format("no findings in {}", contents_of(project));
  if (warnings == 0) return fmt::format("{} in {}", counted(errors, "error"), contents_of(project));
  if (errors == 0)
    return fmt::format("{} in {}", counted(warnings, "warning"), contents_of(project));
  return fmt::format("{} and {} in {}", counted(errors, "error"), counted(warnings, "warning"),
                     contents_of(project));
}

int check(const Options& options) {
  Result<std::string> folder = project_folder_of(options.path);
  if (!folder) return could_not_run(folder.error());
  Result<std::unique_ptr<project::Project>> loaded = project::load(*folder);
  if (!loaded) return could_not_run(loaded.error());
  const project::Project& project = **loaded;
  if (options.format == "json") {
    fmt::print("{}\n", render_json(project.diagnostics, project.sources));
  } else {
    const TextStyle style{wants_color(Stream::kOutput)};
    fmt::print("{}{}\n", render_text(project.diagnostics, project.sources, style),
               summary_of(project));
  }
  return project.diagnostics.all().empty() ? kClean : kFindings;
}

}  // namespace

void add_check(CLI::App& app, Chosen& chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("check", "reads, type-checks and lints a project, and says what is wrong");
  command->add_option("path", options->path, "the project's folder, or a file in it")
      ->capture_default_str();
  command->add_option("--format", options->format, "how findings are written")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  command->footer(
      "Exits with 0 if there is nothing to say, 1 if there are findings, 2 if it could not run.\n"
      "`trig explain CODE` says more about a finding.\n\n"
      "Example:\n  trig check examples/shop --format json\n");
  command->callback([options, &chosen] { chosen = [options] { return check(*options); }; });
}

}  // namespace trig::cli
