// A project as a git revision has it, checked.
#pragma once

#include <memory>
#include <string>

#include "compiler/project/project.h"

namespace trig::cli {

// Failure if git does not know the revision, or there is no project in it, or it has errors.
Result<std::unique_ptr<project::Project>> project_at(const std::string& folder,
                                                     const std::string& revision);

}  // namespace trig::cli
