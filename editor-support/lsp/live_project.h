// LiveProject: a project while people write it. The texts of the editor lie over the files on disk;
// what is wrong is known after every change, mostly without a check of what stayed the same.
//
//   auto project = LiveProject::open("/home/ana/shop", today);
//   project->write("campaigns/cart.trig", text);        // as the editor has it
//   for (const Diagnostic& one : project->told().diagnostics.all()) …
//
// A file that belongs to no project is a LiveProject of its own: its syntax alone is known.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compiler/ast/ast.h"
#include "compiler/project/rewrite.h"

namespace trig::lsp {

// One file as it is now, with ids of the newest project; none where that does not know it.
using FileTree = project::ParsedFile;

class LiveProject {
 public:
  using Today = std::function<Date()>;
  static std::unique_ptr<LiveProject> open(std::string root, Today today);
  static std::unique_ptr<LiveProject> lone_file(std::string path, Today today);

  const std::string& root() const { return root_; }
  bool lone() const { return lone_; }

  // Paths count from the root.
  void write(const std::string& path, std::string text);
  void close(const std::string& path);  // as on disk again
  void read_disk();
  const std::string* text_of(const std::string& path) const;
  std::vector<std::string> paths(std::string_view ending) const;

  struct Told {
    SourceMap sources;
    Diagnostics diagnostics;
  };
  const Told& told();
  // The newest project: of these very texts, or where there are mistakes of some before.
  const project::Project& checked();
  // Of a .trig file; null if there is none.
  const FileTree* tree_of(const std::string& path);

  std::size_t compilations() const { return compilations_; }  // of everything
  std::size_t vocabulary() const { return compilations_; }    // changes when names and types may

 private:
  LiveProject(std::string root, Today today) : root_(std::move(root)), today_(std::move(today)) {}
  void refresh();
  bool rewrite();
  void compile();
  void parse_lone_file();
  project::Files current() const;
  project::LoadOptions options() const;
  SourceId source_of(const std::string& path) const;

  std::string root_;
  Today today_;
  bool lone_ = false;
  project::Files disk_;
  Diagnostics unread_;  // what reading the folder told
  std::map<std::string, std::string> open_;
  std::unique_ptr<project::Project> base_ = std::make_unique<project::Project>();
  std::set<std::string> touched_;  // may differ from the base
  bool dirty_ = true;
  bool all_changed_ = true;  // more than texts of files that the base has
  bool run_mjml_ = true;
  Told told_;
  project::ParsedFiles trees_;
  std::map<std::string, SourceId> ids_;
  std::size_t compilations_ = 0;
};

}  // namespace trig::lsp
