#include "editor-support/lsp/live_project.h"

#include "compiler/base/limits.h"
#include "compiler/liquid/mjml.h"
#include "compiler/parse/parse.h"
#include "compiler/project/files.h"
#include "compiler/project/rewrite.h"
#include "editor-support/lsp/limits.h"

namespace trig::lsp {

std::unique_ptr<LiveProject> LiveProject::open(std::string root, Today today) {
  auto project = std::unique_ptr<LiveProject>(new LiveProject(std::move(root), std::move(today)));
  project->read_disk();
  return project;
}

std::unique_ptr<LiveProject> LiveProject::lone_file(std::string path, Today today) {
  auto project = std::unique_ptr<LiveProject>(
      new LiveProject(path.substr(0, path.rfind('/')), std::move(today)));
  project->lone_ = true;
  return project;
}

void LiveProject::read_disk() {
  if (lone_) return;
  Diagnostics unread;
  Result<project::Files> files =
      project::read_folder(root_, {kMaxProjectFiles, kMaxProjectBytes}, unread);
  unread_ = std::move(unread);
  project::Files now = files ? std::move(*files) : project::Files{};
  for (const auto& [path, text] : now) {
    auto was = disk_.find(path);
    if (was != disk_.end() && was->second == text) continue;
    touched_.insert(path);
    all_changed_ = all_changed_ || liquid::is_mjml(path);
  }
  for (const auto& [path, text] : disk_)
    if (!now.contains(path)) all_changed_ = true;
  disk_ = std::move(now);
  run_mjml_ = true;
  dirty_ = true;
}

void LiveProject::write(const std::string& path, std::string text) {
  if (!lone_ && !project::which_belong({path}).front()) return;
  open_[path] = std::move(text);
  touched_.insert(path);
  dirty_ = true;
}

void LiveProject::close(const std::string& path) {
  if (open_.erase(path) == 0) return;
  touched_.insert(path);
  dirty_ = true;
}

const std::string* LiveProject::text_of(const std::string& path) const {
  if (auto open = open_.find(path); open != open_.end()) return &open->second;
  auto file = disk_.find(path);
  return file == disk_.end() ? nullptr : &file->second;
}

std::vector<std::string> LiveProject::paths(std::string_view ending) const {
  std::set<std::string> found;
  for (const auto& [path, text] : disk_)
    if (path.ends_with(ending)) found.insert(path);
  for (const auto& [path, text] : open_)
    if (path.ends_with(ending)) found.insert(path);
  return {found.begin(), found.end()};
}

project::Files LiveProject::current() const {
  project::Files files = disk_;
  for (const auto& [path, text] : open_) files[path] = text;
  return files;
}

// The rows of large tables are not read while somebody types.
project::LoadOptions LiveProject::options() const {
  std::size_t bytes = 0;
  for (const auto& [path, text] : disk_)
    if (path.ends_with(".csv")) bytes += text.size();
  project::LoadOptions options;
  options.today = today_();
  options.with_tables = bytes <= kMaxCheckedTableBytes;
  return options;
}

const LiveProject::Told& LiveProject::told() {
  refresh();
  return told_;
}

const project::Project& LiveProject::checked() {
  refresh();
  return *base_;
}

void LiveProject::refresh() {
  if (!dirty_) return;
  dirty_ = false;
  if (lone_) return parse_lone_file();
  if (all_changed_ || !rewrite()) compile();
}

bool LiveProject::rewrite() {
  project::Files changed;
  for (auto path = touched_.begin(); path != touched_.end();) {
    const std::string* text = text_of(*path);
    auto was = base_->files.find(*path);
    const bool known = was != base_->files.end();
    if (text == nullptr || !known) {
      // A file that came or went; what an editor has open and is no file of the project is neither.
      if (text != nullptr && base_->table_files.contains(*path) &&
          base_->table_files.at(*path) == hash128(*text)) {
        path = touched_.erase(path);
        continue;
      }
      return false;
    }
    if (was->second == *text) {
      path = touched_.erase(path);
      continue;
    }
    changed.emplace(*path, *text);
    ++path;
  }
  auto now = project::rewrite(*base_, changed, trees_, options());
  if (!now) return false;
  if (now->project) base_ = std::move(now->project);
  told_ = {std::move(now->sources), std::move(now->diagnostics)};
  return true;
}

void LiveProject::compile() {
  project::Files files = current();
  for (const auto& [path, text] : base_->files) {
    if (!liquid::is_mjml(path)) continue;
    const std::string html = liquid::mjml_output_path(path);
    if (auto made = base_->files.find(html); made != base_->files.end())
      files.emplace(html, made->second);
  }
  project::LoadOptions options = this->options();
  if (run_mjml_) options.folder = root_;
  run_mjml_ = false;
  base_ = project::compile(std::move(files), trees_, options);
  base_->root = root_;
  ++compilations_;
  all_changed_ = false;
  touched_.clear();
  told_ = {base_->sources, {}};
  for (const Diagnostic& one : unread_.all()) told_.diagnostics.add(one);
  told_.diagnostics.append(base_->diagnostics);
  ids_.clear();
  for (std::size_t i = 0; i < base_->sources.size(); ++i)
    ids_.emplace(base_->sources[static_cast<SourceId>(i)].path(), static_cast<SourceId>(i));
}

void LiveProject::parse_lone_file() {
  told_ = {};
  ids_.clear();
  for (const auto& [path, text] : open_) {
    const SourceId id = told_.sources.add(path, text);
    ids_.emplace(path, id);
    if (path.ends_with(".trig")) parse::parse(id, told_.sources[id], told_.diagnostics);
  }
}

SourceId LiveProject::source_of(const std::string& path) const {
  auto id = ids_.find(path);
  return id == ids_.end() ? SourceId::kNone : id->second;
}

const FileTree* LiveProject::tree_of(const std::string& path) {
  refresh();
  const std::string* text = text_of(path);
  if (text == nullptr || !path.ends_with(".trig")) return nullptr;
  const SourceId id = source_of(path);
  auto known = trees_.find(path);
  if (known != trees_.end() && known->second.tree.source == id &&
      known->second.source->text() == *text)
    return &known->second;
  FileTree& file = trees_[path];
  file.source = std::make_shared<const Source>(path, *text);
  file.told = {};
  file.tree = parse::parse(id, *file.source, file.told);
  return &file;
}

}  // namespace trig::lsp
