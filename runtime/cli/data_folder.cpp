#include "runtime/cli/data_folder.h"

#include <filesystem>

#include "runtime/cli/project_folder.h"
#include "runtime/store/rocksdb_store.h"

namespace trig::cli {

Result<OpenedData> open_data(const std::string& path, const std::string& data) {
  auto folder = project_folder_of(path);
  if (!folder) return tl::unexpected(folder.error());
  auto project = project::load(*folder);
  if (!project) return tl::unexpected(project.error());
  std::filesystem::path directory =
      data.empty() ? std::filesystem::path(*folder) / (*project)->config.data_dir
                   : std::filesystem::path(data);
  auto store = store::open_read_only(directory.string());
  if (!store) return tl::unexpected(store.error());
  return OpenedData{std::move(*project), std::move(*store)};
}

}  // namespace trig::cli
