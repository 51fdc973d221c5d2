#include "runtime/cli/revision.h"

#include "runtime/cli/git.h"

namespace trig::cli {

Result<std::unique_ptr<project::Project>> project_at(const std::string& folder,
                                                     const std::string& revision) {
  Result<project::Files> files = files_at(folder, revision);
  if (!files) return tl::unexpected(files.error());
  if (!files->contains("trig.toml")) return fail("{} has no project here", revision);
  std::unique_ptr<project::Project> project =
      project::compile(std::move(*files), {.folder = folder});
  if (project->diagnostics.has_errors())
    return fail("the project of {} has errors: {}", revision,
                project->diagnostics.all().front().message);
  return project;
}

}  // namespace trig::cli
