// Which folder a path on the command line means.
#pragma once

#include <string>
#include <vector>

#include "compiler/base/result.h"

namespace trig::cli {

// The folder of the project that `path` is in: itself or the nearest one above that holds a
// trig.toml; `path` as it is where there is none. Failure if `path` does not exist.
Result<std::string> project_folder_of(const std::string& path);

// `path` itself if it is a file, else all .trig files below it, in order. Hidden folders and
// node_modules are left out. Failure if it does not exist or holds none.
Result<std::vector<std::string>> trig_files_of(const std::string& path);

}  // namespace trig::cli
