#include "runtime/drive/deployed.h"

#include "compiler/base/check.h"

namespace trig::drive {

std::shared_ptr<const engine::Deployed> deployed(std::shared_ptr<const project::Project> project,
                                                 const MakeExecutor& make_executor) {
  TRIG_CHECK(!project->diagnostics.has_errors(), "a project with errors was about to run");
  auto deployed = std::make_shared<engine::Deployed>();
  deployed->files = project->files;
  deployed->program = &project->program;
  deployed->executor = make_executor(project->program);
  deployed->project = std::move(project);
  return deployed;
}

engine::CompileFiles compile_files(MakeExecutor make_executor,
                                   const project::ProgramCache* programs) {
  return [make_executor = std::move(make_executor),
          programs](const std::map<std::string, std::string>& files)
             -> Result<std::shared_ptr<const engine::Deployed>> {
    if (programs != nullptr)
      if (std::shared_ptr<const project::Project> known = programs->find(files, false))
        return deployed(std::move(known), make_executor);
    std::shared_ptr<const project::Project> project = project::compile_stored(files);
    if (project->diagnostics.has_errors())
      return fail("{}", project->diagnostics.all().front().message);
    if (programs != nullptr) programs->keep(*project);
    return deployed(std::move(project), make_executor);
  };
}

}  // namespace trig::drive
