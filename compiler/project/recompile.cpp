// The chain for a project of which little changed: only the .trig files that did are parsed, and
// only their campaigns and tests are checked (check::recheck). Anything else takes the whole chain.
#include "compiler/parse/parse.h"
#include "compiler/project/chain.h"
#include "compiler/project/project.h"

namespace trig::project {
namespace {

// The .trig files that differ; nothing where others do, or there are more files or fewer.
std::optional<Files> changed_sources(const Project& previous, const Files& files) {
  Files changed;
  auto was = previous.files.begin();
  for (const auto& [path, text] : files) {
    if (auto table = previous.table_files.find(path); table != previous.table_files.end()) {
      if (table->second != hash128(text)) return std::nullopt;
      continue;  // let go of before
    }
    if (was == previous.files.end() || was->first != path) return std::nullopt;
    if (was->second != text) {
      if (!is_trig_source(path)) return std::nullopt;
      changed.emplace(path, text);
    }
    ++was;
  }
  if (was != previous.files.end()) return std::nullopt;
  return changed;
}

}  // namespace

bool is_trig_source(const std::string& path) { return path.ends_with(".trig"); }

SourceId source_of(const SourceMap& sources, const std::string& path) {
  for (std::size_t i = 0; i < sources.size(); ++i)
    if (sources[static_cast<SourceId>(i)].path() == path) return static_cast<SourceId>(i);
  return SourceId::kNone;
}

std::unique_ptr<Project> recompile_parsed(const Project& previous, const Files& changed,
                                          const Reparsed& parsed, const LoadOptions& options) {
  if (parsed.told.has_errors()) return nullptr;
  auto project = std::make_unique<Project>();
  project->root = previous.root;
  project->config = previous.config;
  project->sources = parsed.sources;
  project->diagnostics = parsed.told;
  const check::Settings settings{project->config.name, project->config.zone, {}, options.today};
  const check::Before before{previous.program, *previous.kept, previous.sources};
  auto checked =
      check::recheck(before, parsed.trees, settings, project->sources, project->diagnostics);
  if (!checked) return nullptr;
  project->program = std::move(checked->program);
  project->allowances = std::move(checked->allowances);
  project->kept = std::move(checked->kept);
  project->declarations_checked = checked->declarations;
  project->templates = previous.templates;
  project->partials = previous.partials;
  project->files = previous.files;
  for (const auto& [path, text] : changed) project->files[path] = text;
  project->table_files = previous.table_files;
  project->with_tables = previous.with_tables;
  project->told_before = previous.told_before;
  project->told_after = previous.told_after;
  for (const Diagnostic& told : project->told_after) project->diagnostics.add(told);
  finish_diagnostics(project->config, project->diagnostics);
  return project;
}

std::unique_ptr<Project> recompile_sources(const Project& previous, const Files& changed,
                                           const LoadOptions& options) {
  if (!previous.kept || previous.with_tables != options.with_tables) return nullptr;
  Reparsed parsed;
  parsed.sources = previous.sources;
  for (const Diagnostic& told : previous.told_before) parsed.told.add(told);
  for (const auto& [path, text] : changed) {
    const SourceId id = is_trig_source(path) ? source_of(parsed.sources, path) : SourceId::kNone;
    if (id == SourceId::kNone) return nullptr;
    parsed.sources.replace(id, text);
    parsed.trees.push_back(parse::parse(id, parsed.sources[id], parsed.told));
  }
  return recompile_parsed(previous, changed, parsed, options);
}

std::unique_ptr<Project> recompile(const Project& previous, Files files,
                                   const LoadOptions& options) {
  if (auto changed = changed_sources(previous, files))
    if (auto project = recompile_sources(previous, *changed, options)) return project;
  auto project = compile(std::move(files), options);
  project->root = previous.root;
  return project;
}

}  // namespace trig::project
