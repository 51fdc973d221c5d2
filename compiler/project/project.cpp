// The whole chain, in one place: files → Config, ast::File, ir::Program.
#include "compiler/project/project.h"

#include <algorithm>

#include "compiler/base/limits.h"
#include "compiler/liquid/mjml.h"
#include "compiler/parse/parse.h"
#include "compiler/project/chain.h"
#include "compiler/project/config.h"
#include "compiler/project/files.h"
#include "compiler/project/mjml.h"
#include "compiler/project/rewrite.h"
#include "compiler/project/senders.h"
#include "compiler/project/tables.h"

namespace trig::project {
namespace {

// False if there is no trig.toml that could be read: then what it would say is not asked for.
bool read_config_file(Project& project) {
  auto file = project.files.find(std::string(kConfigFile));
  if (file == project.files.end()) {
    project.diagnostics.report(Code::kNoConfig, {})
        .hint("`trig new DIR` makes a project that works");
    return false;
  }
  const std::size_t errors = project.diagnostics.error_count();
  const SourceId id = project.sources.add(file->first, file->second);
  project.config = read_config(id, project.sources[id], project.diagnostics);
  return project.diagnostics.error_count() == errors;
}

// Of `parsed` what is still so is taken.
std::vector<ast::File> parse_files(Project& project, ParsedFiles& parsed) {
  std::vector<ast::File> trees;
  for (const auto& [path, text] : project.files) {
    if (!path.ends_with(".trig")) continue;
    const SourceId id = project.sources.add(path, text);
    ParsedFile& file = parsed[path];
    if (file.source == nullptr || file.tree.source != id || file.source->text() != text) {
      file.told = {};
      file.tree = parse::parse(id, project.sources[id], file.told);
      file.source = std::make_shared<const Source>(project.sources[id]);
    }
    project.diagnostics.append(file.told);
    trees.push_back(std::move(file.tree));
  }
  return trees;
}

void give_back(std::vector<ast::File> trees, const SourceMap& sources, ParsedFiles& parsed) {
  ParsedFiles now;
  for (ast::File& tree : trees) {
    const std::string& path = sources[tree.source].path();
    ParsedFile& file = now[path] = std::move(parsed[path]);
    file.tree = std::move(tree);
  }
  parsed = std::move(now);
}

void apply_levels(const LintLevels& levels, Diagnostics& diagnostics) {
  diagnostics.revise([&](Diagnostic& diagnostic) {
    auto level = levels.find(diagnostic.code);
    if (level == levels.end()) return true;
    if (level->second == LintLevel::kError) diagnostic.severity = Severity::kError;
    return level->second != LintLevel::kOff;
  });
}

void run_chain(Project& project, const LoadOptions& options, ParsedFiles& parsed) {
  compile_mjml(project, options.folder);
  const bool has_config = read_config_file(project);
  if (project.config.language > kLanguageVersion) return;
  std::vector<ast::File> trees = parse_files(project, parsed);
  project.told_before = project.diagnostics.all();
  const check::ReadFile read_file = [&](std::string_view path) -> Result<std::string> {
    auto file = project.files.find(std::string(path));
    if (file == project.files.end()) return fail("there is no file {} in the project", path);
    return file->second;
  };
  const check::ListFiles list_files = [&](std::string_view prefix) {
    std::vector<std::string> paths;
    for (auto file = project.files.lower_bound(std::string(prefix));
         file != project.files.end() && file->first.starts_with(prefix); ++file)
      paths.push_back(file->first);
    return paths;
  };
  const check::Settings settings{project.config.name, project.config.zone, list_files,
                                 options.today, options.question};
  check::Checked checked =
      check::check(trees, settings, read_file, project.sources, project.diagnostics);
  project.program = std::move(checked.program);
  project.allowances = std::move(checked.allowances);
  project.templates = std::move(checked.templates);
  project.partials = std::move(checked.partials);
  project.kept = std::move(checked.kept);
  for (const ast::File& tree : trees) project.declarations_checked += tree.declarations.size();
  give_back(std::move(trees), project.sources, parsed);
  project.with_tables = options.with_tables;
  const std::size_t told = project.diagnostics.all().size();
  if (options.with_tables) load_tables(project);
  if (has_config) check_senders(project);
  if (has_config) check_coupon_keys(project);
  const std::vector<Diagnostic>& all = project.diagnostics.all();
  project.told_after.assign(all.begin() + static_cast<std::ptrdiff_t>(told), all.end());
  finish_diagnostics(project.config, project.diagnostics);
}

}  // namespace

void finish_diagnostics(const Config& config, Diagnostics& diagnostics) {
  apply_levels(config.lints, diagnostics);
  diagnostics.sort();
}

Result<std::unique_ptr<Project>> load(const std::string& folder, const LoadOptions& options) {
  auto project = std::make_unique<Project>();
  project->root = folder;
  Result<Files> files =
      read_folder(folder, {kMaxProjectFiles, kMaxProjectBytes}, project->diagnostics);
  if (!files) return tl::unexpected(files.error());
  LoadOptions here = options;
  here.folder = folder;
  if (options.replace_files) {
    Result<bool> replaced = options.replace_files(*files);
    if (!replaced) return tl::unexpected(replaced.error());
    if (*replaced) {
      project->diagnostics = {};  // of the files of the folder
      here.folder.clear();
    }
  }
  if (options.find_checked && project->diagnostics.all().empty()) {
    if (std::unique_ptr<Project> known = options.find_checked(*files)) {
      known->root = folder;
      return known;
    }
  }
  project->files = std::move(*files);
  ParsedFiles parsed;
  run_chain(*project, here, parsed);
  return project;
}

Result<std::unique_ptr<Project>> reload(const Project& previous, const LoadOptions& options) {
  Diagnostics unread;
  Result<Files> files = read_folder(previous.root, {kMaxProjectFiles, kMaxProjectBytes}, unread);
  if (!files) return tl::unexpected(files.error());
  const bool has_mjml = std::any_of(files->begin(), files->end(),
                                    [](const auto& file) { return liquid::is_mjml(file.first); });
  if (!unread.all().empty() || has_mjml) return load(previous.root, options);
  return recompile(previous, std::move(*files), options);
}

std::unique_ptr<Project> compile(Files files, ParsedFiles& parsed, const LoadOptions& options) {
  auto project = std::make_unique<Project>();
  project->files = std::move(files);
  run_chain(*project, options, parsed);
  return project;
}

std::unique_ptr<Project> compile(Files files, const LoadOptions& options) {
  ParsedFiles parsed;
  return compile(std::move(files), parsed, options);
}

std::unique_ptr<Project> compile_stored(Files files) {
  return compile(std::move(files), {.today = {}, .with_tables = false});
}

Config config_of(const Files& files) {
  auto file = files.find(std::string(kConfigFile));
  if (file == files.end()) return {};
  SourceMap sources;
  Diagnostics told_by_others;
  const SourceId id = sources.add(file->first, file->second);
  return read_config(id, sources[id], told_by_others);
}

}  // namespace trig::project
