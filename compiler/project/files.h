// The files of a project's folder that the compiler reads: trig.toml, *.trig, *.liquid and *.csv
// anywhere below it, and everything in templates/. Hidden files and folders, node_modules and
// folders with a trig.toml of their own are other people's.
#pragma once

#include <string>
#include <vector>

#include "compiler/base/result.h"
#include "compiler/diagnostics/diagnostic.h"
#include "compiler/project/project.h"

namespace trig::project {

struct FolderLimits {
  std::size_t files;
  std::size_t bytes;
};

// Failure if `root` is no folder that can be listed. A file that cannot be read or is too large is
// E0157 and left out; beyond the limits reading ends with E0158.
Result<Files> read_folder(const std::string& root, FolderLimits limits, Diagnostics& diagnostics);

// Which of these paths, all files below a project's folder, read_folder would read.
std::vector<bool> which_belong(const std::vector<std::string>& paths);

}  // namespace trig::project
