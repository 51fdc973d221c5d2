// A project while it is being written: what is told after some of its files changed, mistakes and
// all, without a check of what stayed the same.
//
//   if (auto now = project::rewrite(*project, changed, options)) show(now->diagnostics);
//   else project = project::compile(all_files, options);
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "compiler/ast/ast.h"
#include "compiler/project/project.h"

namespace trig::project {

// A .trig file as it was parsed: by `tree.source` it belongs to a project.
struct ParsedFile {
  std::shared_ptr<const Source> source;
  ast::File tree;
  Diagnostics told;

  bool good() const { return !told.has_errors(); }
};
using ParsedFiles = std::map<std::string, ParsedFile>;  // by path

struct Rewritten {
  // Where the changed .trig files have no mistakes: the project with them, to go on from. Its
  // templates are still those of before. Null: go on from the one before.
  std::unique_ptr<Project> project;
  SourceMap sources;
  Diagnostics diagnostics;  // as `compile` would tell them
};

// `changed` are all files that are others than in `previous`, by path. Nothing where all has to be
// compiled: another file than campaigns, tests and templates changed, or names came and went. What
// is parsed is put into `parsed`.
std::optional<Rewritten> rewrite(const Project& previous, const Files& changed, ParsedFiles& parsed,
                                 const LoadOptions& options = {});
// As `compile` without, but of `parsed` what is still so is not parsed again.
std::unique_ptr<Project> compile(Files files, ParsedFiles& parsed, const LoadOptions& options = {});

}  // namespace trig::project
