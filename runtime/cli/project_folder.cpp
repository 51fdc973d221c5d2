#include "runtime/cli/project_folder.h"

#include <algorithm>
#include <filesystem>

#include "compiler/base/limits.h"

namespace trig::cli {

namespace fs = std::filesystem;

Result<std::string> project_folder_of(const std::string& path) {
  std::error_code error;
  if (!fs::exists(path, error)) return fail("there is no file or folder {}", path);
  if (fs::exists(fs::path(path) / "trig.toml", error)) return path;
  const fs::path absolute = fs::absolute(path, error).lexically_normal();
  for (fs::path folder = absolute; folder.has_relative_path(); folder = folder.parent_path())
    if (fs::exists(folder / "trig.toml", error)) return folder.string();
  if (fs::is_directory(path, error)) return path;
  return fail("{} is in no project: no folder above it has a trig.toml", path);
}

Result<std::vector<std::string>> trig_files_of(const std::string& path) {
  std::error_code error;
  if (!fs::exists(path, error)) return fail("there is no file or folder {}", path);
  if (!fs::is_directory(path, error)) return std::vector{path};
  std::vector<std::string> files;
  fs::recursive_directory_iterator entries(path, error);
  for (; !error && entries != fs::recursive_directory_iterator(); entries.increment(error)) {
    const std::string name = entries->path().filename();
    if (name.starts_with('.') || name == "node_modules" || entries.depth() > int{kMaxFolderDepth})
      entries.disable_recursion_pending();
    else if (entries->path().extension() == ".trig" && entries->is_regular_file(error))
      files.push_back(entries->path().string());
    if (files.size() > kMaxProjectFiles)
      return fail("{} holds more than {} .trig files", path, kMaxProjectFiles);
  }
  if (error) return fail("cannot read folder {}: {}", path, error.message());
  if (files.empty()) return fail("there is no .trig file in {}", path);
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace trig::cli
