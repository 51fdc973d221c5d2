#include "compiler/project/files.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "compiler/base/limits.h"

namespace trig::project {
namespace {

namespace fs = std::filesystem;

bool is_of_project(const fs::path& relative) {
  if (relative == "trig.toml" || *relative.begin() == "templates") return true;
  const fs::path extension = relative.extension();
  return extension == ".trig" || extension == ".liquid" || extension == ".csv";
}

class FolderReader {
 public:
  FolderReader(fs::path root, FolderLimits limits, Diagnostics& diagnostics)
      : root_(std::move(root)), limits_(limits), diagnostics_(diagnostics) {}

  // False once the project is too large.
  bool read(const fs::path& folder, std::size_t depth) {
    std::error_code error;
    std::vector<fs::path> entries;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder, error))
      entries.push_back(entry.path());
    if (error) unreadable(folder, error.message());
    std::sort(entries.begin(), entries.end());
    for (const fs::path& entry : entries) {
      const std::string name = entry.filename();
      if (name.starts_with('.') || name == "node_modules") continue;
      const fs::file_status status = fs::status(entry, error);
      // A link to a folder may lead back up; links to files are followed.
      if (fs::is_directory(status)) {
        if (fs::is_symlink(fs::symlink_status(entry, error)) || fs::exists(entry / "trig.toml"))
          continue;
        if (depth == kMaxFolderDepth) return too_large(fmt::format("{} levels", kMaxFolderDepth));
        if (!read(entry, depth + 1)) return false;
      } else if (fs::is_regular_file(status) && is_of_project(entry.lexically_relative(root_))) {
        if (!add(entry)) return false;
      }
    }
    return true;
  }

  Files take() { return std::move(files_); }

 private:
  bool add(const fs::path& path) {
    const std::size_t limit = path.extension() == ".csv" ? kMaxTableFileBytes : kMaxSourceBytes;
    std::error_code error;
    const std::uintmax_t size = fs::file_size(path, error);
    if (!error && size > limit) {
      unreadable(path, fmt::format("it has more than {} bytes", limit));
      return true;
    }
    if (files_.size() == limits_.files) return too_large(fmt::format("{} files", limits_.files));
    std::ifstream file(path, std::ios::binary);
    std::string text(error ? 0 : size, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (!file) {
      unreadable(path, std::strerror(errno));
      return true;
    }
    bytes_ += text.size();
    if (bytes_ > limits_.bytes) return too_large(fmt::format("{} bytes", limits_.bytes));
    files_.emplace(path.lexically_relative(root_).generic_string(), std::move(text));
    return true;
  }
  void unreadable(const fs::path& path, std::string_view why) {
    diagnostics_.report(Code::kUnreadableFile, {},
                        {path.lexically_relative(root_).generic_string(), why});
  }
  bool too_large(std::string_view than) {
    diagnostics_.report(Code::kProjectTooLarge, {}, {than})
        .hint("give the folder of the project, not one above it");
    return false;
  }

  fs::path root_;
  FolderLimits limits_;
  Diagnostics& diagnostics_;
  Files files_;
  std::size_t bytes_ = 0;
};

}  // namespace

std::vector<bool> which_belong(const std::vector<std::string>& paths) {
  constexpr std::string_view kConfig = "/trig.toml";
  std::vector<std::string> others;  // folders that are projects of their own
  for (const std::string& path : paths)
    if (path.ends_with(kConfig)) others.push_back(path.substr(0, path.size() + 1 - kConfig.size()));
  std::vector<bool> belongs;
  for (const std::string& path : paths) {
    bool own = is_of_project(path);
    for (const fs::path& part : fs::path(path))
      own = own && !part.native().starts_with('.') && part != "node_modules";
    for (const std::string& other : others) own = own && !path.starts_with(other);
    belongs.push_back(own);
  }
  return belongs;
}

Result<Files> read_folder(const std::string& root, FolderLimits limits, Diagnostics& diagnostics) {
  std::error_code error;
  if (!fs::exists(root, error)) return fail("there is no folder {}", root);
  if (!fs::is_directory(root, error)) return fail("{} is not a folder", root);
  fs::directory_iterator probe(root, error);
  if (error) return fail("cannot read folder {}: {}", root, error.message());
  FolderReader reader(root, limits, diagnostics);
  reader.read(root, 0);
  return reader.take();
}

}  // namespace trig::project
