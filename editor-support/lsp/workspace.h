// Workspace: the projects that the editor's open files belong to, and the files themselves.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "editor-support/lsp/live_project.h"
#include "editor-support/lsp/text.h"

namespace trig::lsp {

// A file of a project.
struct FilePlace {
  LiveProject* project = nullptr;
  std::string path;  // from the project's root
};

class Workspace {
 public:
  explicit Workspace(LiveProject::Today today) : today_(std::move(today)) {}

  // A text as the editor has it; `uri` is how the editor names it.
  void open(const std::string& uri, const std::string& path, std::string text);
  void change(const std::string& path, std::string text);
  void close(const std::string& path);
  void read_disk();
  const std::string* open_text(const std::string& path) const;

  // Opens the project if need be. Null where there is no such file.
  std::optional<FilePlace> place_of(const std::string& path);
  // Projects with open files, and folders of the editor that are projects.
  const std::list<std::unique_ptr<LiveProject>>& projects() const { return projects_; }
  void add_folder(const std::string& folder);

  // As the editor names it, if it has it open.
  std::string uri_of(const std::string& path) const;
  std::set<std::string> open_paths() const;

 private:
  struct Open {
    std::string uri;
    std::string text;
  };
  LiveProject* project_of(const std::string& path);
  static std::string root_above(const std::string& path);  // empty: none
  void let_go_of_one();

  LiveProject::Today today_;
  std::map<std::string, Open> open_;
  std::list<std::unique_ptr<LiveProject>> projects_;  // used last first
};

}  // namespace trig::lsp
