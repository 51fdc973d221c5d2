// What makes a second start of a server fast, in its data directory: DIR/cache/programs holds
// checked programs, DIR/cache/objects native code. Nothing else depends on them; they may be
// deleted at any time.
#pragma once

#include <memory>
#include <string>

#include "compiler/base/file_cache.h"
#include "compiler/project/program_cache.h"
#include "runtime/server/server.h"

namespace trig::cli {

class StartCache {
 public:
  // Of the server of the project in `folder`.
  StartCache(std::string folder, const server::ServeOptions& options)
      : folder_(std::move(folder)), options_(options) {}

  // LoadOptions::find_checked.
  std::function<std::unique_ptr<project::Project>(const project::Files&)> finder();
  // Makes the data directory if there is none: `project` is about to run.
  void keep(const project::Project& project);

  const project::ProgramCache* programs() const { return &programs_; }
  std::shared_ptr<const FileCache> objects() const { return objects_; }

 private:
  void open(const std::string& data_directory);

  std::string folder_;
  const server::ServeOptions& options_;
  project::ProgramCache programs_{nullptr};
  std::shared_ptr<const FileCache> objects_;
};

}  // namespace trig::cli
