#include "runtime/cli/start_cache.h"

#include "compiler/base/limits.h"
#include "runtime/store/data_directory.h"

namespace trig::cli {

void StartCache::open(const std::string& data_directory) {
  programs_ = project::ProgramCache(
      FileCache::open(data_directory + "/cache/programs", kMaxProgramCacheBytes));
  objects_ = FileCache::open(data_directory + "/cache/objects", kMaxObjectCacheBytes);
}

std::function<std::unique_ptr<project::Project>(const project::Files&)> StartCache::finder() {
  return [this](const project::Files& files) -> std::unique_ptr<project::Project> {
    const std::string data = server::data_directory(folder_, project::config_of(files), options_);
    if (!store::verify_directory(data)) return nullptr;
    open(data);
    return programs_.find(files, true);
  };
}

void StartCache::keep(const project::Project& project) {
  if (objects_ == nullptr) {
    const std::string data = server::data_directory(folder_, project.config, options_);
    if (!store::claim_directory(data)) return;  // the server will say why it is not to be had
    open(data);
  }
  if (!project.from_cache) programs_.keep(project);
}

}  // namespace trig::cli
