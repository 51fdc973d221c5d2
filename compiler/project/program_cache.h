// ProgramCache: checked projects kept by the hash of their files, so that a server starts again
// without parsing and checking them. What is kept belongs to one build of trig.
//
//   ProgramCache programs(FileCache::open(folder, kMaxProgramCacheBytes));
//   auto project = load(root, {.find_checked = [&](const Files& files) {
//                                return programs.find(files, true);
//                              }});
//   if (!(*project)->from_cache) programs.keep(**project);
//
// A project found here is what the whole chain gives, but for its diagnostics and allowances, which
// are empty: only projects without errors are kept. trig.toml, templates, lists and catalogs are
// read anew. Lists and catalogs do not count as files of it: their rows are no part of a program.
#pragma once

#include <memory>

#include "compiler/base/file_cache.h"
#include "compiler/project/project.h"

namespace trig::project {

class ProgramCache {
 public:
  // `kept` may be null: nothing is found and nothing kept.
  explicit ProgramCache(std::shared_ptr<const FileCache> kept);

  // Null where these files are not known, or a list or catalog has become wrong. A project with
  // templates in MJML is never known: what they become depends on modules that are not its files.
  std::unique_ptr<Project> find(const Files& files, bool with_tables) const;
  void keep(const Project& project) const;

 private:
  std::optional<Hash128> key_of(const Files& files) const;

  std::shared_ptr<const FileCache> kept_;
  std::string build_;
};

}  // namespace trig::project
