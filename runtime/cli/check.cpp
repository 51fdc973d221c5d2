// trig check: what is wrong with a project, for people, CI services and code scanning.
#include <chrono>

#include "compiler/diagnostics/render.h"
#include "compiler/project/project.h"
#include "runtime/cli/baseline.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/fix.h"
#include "runtime/cli/git.h"
#include "runtime/cli/project_folder.h"
#include "runtime/cli/terminal.h"
#include "runtime/report/cost.h"

namespace trig::cli {
namespace {

struct CheckOptions {
  std::string path = ".";
  std::string format = "text";
  bool fix = false;
  bool cost = false;
  std::string baseline;
  std::string write_baseline;
  std::string changed_since;
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

std::string rendered(const project::Project& project, const std::string& format) {
  const std::string prefix = path_in_repository(project.root);
  Repository repository;
  repository.tool_version = TRIG_VERSION;
  repository.path_of = [&](std::string_view path) {
    const bool own = path == "trig.toml" || project.files.contains(std::string(path));
    return own ? prefix + std::string(path) : std::string();
  };
  for (const auto& [path, text] : project.files) repository.files.push_back(path);
  if (format == "json") return render_json(project.diagnostics, project.sources) + "\n";
  if (format == "sarif")
    return render_sarif(project.diagnostics, project.sources, repository) + "\n";
  if (format == "junit") return render_junit(project.diagnostics, project.sources, repository);
  if (format == "github")
    return render_github(project.diagnostics, project.sources, repository) + summary_of(project) +
           "\n";
  const TextStyle style{wants_color(Stream::kOutput)};
  return render_text(project.diagnostics, project.sources, style) + summary_of(project) + "\n";
}

// Lints in lines that did not change are somebody else's. Errors stay: a change elsewhere may be
// their cause.
Status keep_changed(project::Project& project, const std::string& revision) {
  Result<std::map<std::string, LineRanges>> changed = changed_lines(project.root, revision);
  if (!changed) return tl::unexpected(changed.error());
  project.diagnostics.revise([&](const Diagnostic& diagnostic) {
    if (!is_lint(diagnostic.code) || !diagnostic.range.valid()) return true;
    const Source& source = project.sources[diagnostic.range.source];
    const std::uint32_t first = source.place_of(diagnostic.range.begin).line;
    const std::uint32_t last = source.place_of(diagnostic.range.end).line;
    const LineRanges& lines = (*changed)[source.path()];
    return std::any_of(lines.begin(), lines.end(), [&](const auto& range) {
      return range.first <= last && first <= range.second;
    });
  });
  return {};
}

Status keep_new(project::Project& project, const std::string& path) {
  Result<Baseline> baseline = read_baseline(path);
  if (!baseline) return tl::unexpected(baseline.error());
  const Known known = leave_out_known(*baseline, project.diagnostics, project.sources);
  fmt::print(
      stderr, "trig: {} of the baseline left out{}\n", counted(known.left_out, "finding"),
      known.gone == 0 ? std::string() : fmt::format(", {} gone: write it again", known.gone));
  return {};
}

int check(const CheckOptions& options) {
  Result<std::string> folder = project_folder_of(options.path);
  if (!folder) return could_not_run(folder.error());
  const project::LoadOptions today{
      std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now())};
  Result<std::unique_ptr<project::Project>> loaded = project::load(*folder, today);
  if (!loaded) return could_not_run(loaded.error());
  if (options.fix) {
    Result<Fixed> fixed = fix_files(**loaded, today);
    if (!fixed) return could_not_run(fixed.error());
    if (fixed->findings > 0) loaded = project::load(*folder, today);
    if (!loaded) return could_not_run(loaded.error());
    fmt::print(stderr, "trig: {} mended in {}\n", counted(fixed->findings, "finding"),
               counted(fixed->files, "file"));
  }
  project::Project& project = **loaded;
  if (!options.write_baseline.empty()) {
    Status written = write_baseline(options.write_baseline, project.diagnostics, project.sources);
    if (!written) return could_not_run(written.error());
  }
  const std::string& baseline =
      options.write_baseline.empty() ? options.baseline : options.write_baseline;
  if (!options.changed_since.empty())
    if (Status kept = keep_changed(project, options.changed_since); !kept)
      return could_not_run(kept.error());
  if (!baseline.empty())
    if (Status kept = keep_new(project, baseline); !kept) return could_not_run(kept.error());
  fmt::print("{}", rendered(project, options.format));
  if (options.cost && !project.diagnostics.has_errors())
    fmt::print("{}", report::cost_table(project.program));
  return project.diagnostics.all().empty() ? kClean : kFindings;
}

}  // namespace

void add_check(CLI::App& app, Chosen& chosen) {
  auto options = std::make_shared<CheckOptions>();
  CLI::App* command =
      app.add_subcommand("check", "reads, type-checks and lints a project, and says what is wrong");
  command->add_option("path", options->path, "the project's folder, or a file in it")
      ->capture_default_str();
  command->add_option("--format", options->format, "how findings are written")
      ->check(CLI::IsMember({"text", "json", "sarif", "github", "junit"}))
      ->capture_default_str();
  command->add_flag("--fix", options->fix, "mend what has one certain remedy");
  command->add_option("--baseline", options->baseline, "leave out the lints this file holds");
  command->add_option("--write-baseline", options->write_baseline,
                      "write the lints there are to this file");
  command->add_option("--changed-since", options->changed_since,
                      "only lints in lines that changed since this git revision");
  command->add_flag("--cost", options->cost, "also print what each event and campaign may cost")
      ->excludes(command->get_option("--format"));
  command->footer(
      "Exits with 0 if there is nothing to say, 1 if there are findings, 2 if it could not run.\n"
      "`trig explain CODE` says more about a finding; docs/ci.md shows how CI runs it.\n\n"
      "Example:\n  trig check examples/shop --format sarif\n");
  command->callback([options, &chosen] { chosen = [options] { return check(*options); }; });
}

}  // namespace trig::cli
