#include "runtime/cli/runnable_project.h"

#include <fmt/format.h>

#include "compiler/diagnostics/render.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/project_folder.h"
#include "runtime/cli/terminal.h"

namespace trig::cli {

std::shared_ptr<const project::Project> load_runnable(const std::string& path, int& code,
                                                      const project::LoadOptions& options) {
  return load_to_change(path, code, options);
}

std::unique_ptr<project::Project> load_to_change(const std::string& path, int& code,
                                                 const project::LoadOptions& options) {
  code = kCouldNotRun;
  auto folder = project_folder_of(path);
  if (!folder) {
    could_not_run(folder.error());
    return nullptr;
  }
  auto loaded = project::load(*folder, options);
  if (!loaded) {
    could_not_run(loaded.error());
    return nullptr;
  }
  std::unique_ptr<project::Project> project = std::move(*loaded);
  if (!project->diagnostics.has_errors()) return project;
  code = kFindings;
  const TextStyle style{wants_color(Stream::kError)};
  fmt::print(stderr, "{}", render_text(project->diagnostics, project->sources, style));
  could_not_run(
      fmt::format("{} in the project", counted(project->diagnostics.error_count(), "error")));
  return nullptr;
}

}  // namespace trig::cli
