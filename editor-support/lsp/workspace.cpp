#include "editor-support/lsp/workspace.h"

#include <algorithm>
#include <filesystem>

#include "compiler/project/config.h"
#include "editor-support/lsp/limits.h"

namespace trig::lsp {

namespace fs = std::filesystem;

std::string Workspace::root_above(const std::string& path) {
  std::error_code error;
  for (fs::path folder = fs::path(path).parent_path(); !folder.empty();
       folder = folder.parent_path()) {
    if (fs::exists(folder / project::kConfigFile, error)) return folder;
    if (folder == folder.parent_path()) break;
  }
  return {};
}

LiveProject* Workspace::project_of(const std::string& path) {
  const std::string root = root_above(path);
  for (auto known = projects_.begin(); known != projects_.end(); ++known) {
    const bool same = root.empty() ? (*known)->lone() && (*known)->text_of(path) != nullptr
                                   : !(*known)->lone() && (*known)->root() == root;
    if (!same) continue;
    projects_.splice(projects_.begin(), projects_, known);
    return projects_.front().get();
  }
  if (projects_.size() >= kMaxOpenProjects) let_go_of_one();
  projects_.push_front(root.empty() ? LiveProject::lone_file(path, today_)
                                    : LiveProject::open(root, today_));
  LiveProject* project = projects_.front().get();
  for (const auto& [open, file] : open_)
    if (root_above(open) == root && (!root.empty() || open == path))
      project->write(root.empty() ? open : open.substr(root.size() + 1), file.text);
  return project;
}

void Workspace::let_go_of_one() { projects_.pop_back(); }

std::optional<FilePlace> Workspace::place_of(const std::string& path) {
  LiveProject* project = project_of(path);
  if (project->lone()) return FilePlace{project, path};
  return FilePlace{project, path.substr(project->root().size() + 1)};
}

void Workspace::open(const std::string& uri, const std::string& path, std::string text) {
  open_[path] = {uri, text};
  const auto place = place_of(path);
  place->project->write(place->path, std::move(text));
}

void Workspace::change(const std::string& path, std::string text) {
  auto known = open_.find(path);
  if (known == open_.end()) return;
  known->second.text = text;
  const auto place = place_of(path);
  place->project->write(place->path, std::move(text));
}

void Workspace::close(const std::string& path) {
  if (!open_.contains(path)) return;
  const auto place = place_of(path);
  open_.erase(path);
  if (place->project->lone())
    projects_.remove_if([&](const auto& one) { return one.get() == place->project; });
  else
    place->project->close(place->path);
}

void Workspace::read_disk() {
  for (const auto& project : projects_) project->read_disk();
}

void Workspace::add_folder(const std::string& folder) {
  std::error_code error;
  if (fs::exists(fs::path(folder) / project::kConfigFile, error))
    project_of(folder + "/" + std::string(project::kConfigFile));
}

const std::string* Workspace::open_text(const std::string& path) const {
  auto known = open_.find(path);
  return known == open_.end() ? nullptr : &known->second.text;
}

std::string Workspace::uri_of(const std::string& path) const {
  auto known = open_.find(path);
  return known == open_.end() ? uri_of_path(path) : known->second.uri;
}

std::set<std::string> Workspace::open_paths() const {
  std::set<std::string> paths;
  for (const auto& [path, file] : open_) paths.insert(path);
  return paths;
}

}  // namespace trig::lsp
