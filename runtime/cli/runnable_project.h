// A project that is about to run: loaded, and free of errors.
#pragma once

#include <memory>
#include <string>

#include "compiler/project/project.h"

namespace trig::cli {

// Null after an error; what is wrong has been printed to the error stream then, and `code` is what
// the command exits with.
std::unique_ptr<project::Project> load_to_change(const std::string& path, int& code,
                                                 const project::LoadOptions& options = {});
std::shared_ptr<const project::Project> load_runnable(const std::string& path, int& code,
                                                      const project::LoadOptions& options = {});

}  // namespace trig::cli
