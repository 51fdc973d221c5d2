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

struct Rewritten {
  // Where the changed .trig files have no mistakes: the project with them, to go on from. Its
  // templates are still those of before. Null: go on from the one before.
  std::unique_ptr<Project> project;
  SourceMap sources;
  Diagnostics diagnostics;       // as `compile` would tell them
  std::vector<ast::File> trees;  // of the changed .trig files
};

// `changed` are all files that are others than in `previous`, by path. Nothing where all has to be
// compiled: another file than campaigns, tests and templates changed, or names came and went.
std::optional<Rewritten> rewrite(const Project& previous, const Files& changed,
                                 const LoadOptions& options = {});

}  // namespace trig::project
