#include "runtime/cli/replace_files.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <vector>

namespace trig::cli {
namespace {

namespace fs = std::filesystem;

struct Replacement {
  fs::path unfinished;
  fs::path target;
};

Result<Replacement> write_beside(const std::string& path, const std::string& text) {
  std::error_code error;
  const bool is_new = !fs::exists(path, error);
  const fs::path target = is_new ? fs::absolute(path, error) : fs::canonical(path, error);
  if (error) return fail("cannot write {}: {}", path, error.message());
  const fs::path unfinished = target.parent_path() / ("." + target.filename().string() + ".new");
  std::ofstream file(unfinished, std::ios::binary);
  file << text << std::flush;
  if (!file) return fail("cannot write {}: {}", unfinished.string(), std::strerror(errno));
  file.close();
  if (!is_new) fs::permissions(unfinished, fs::status(target, error).permissions(), error);
  return Replacement{unfinished, target};
}

}  // namespace

Status replace_files(const std::map<std::string, std::string>& texts) {
  std::vector<Replacement> written;
  std::error_code error;
  for (const auto& [path, text] : texts) {
    Result<Replacement> one = write_beside(path, text);
    if (!one) {
      for (const Replacement& other : written) fs::remove(other.unfinished, error);
      return tl::unexpected(one.error());
    }
    written.push_back(std::move(*one));
  }
  for (const Replacement& one : written) {
    fs::rename(one.unfinished, one.target, error);
    if (error) return fail("cannot write {}: {}", one.target.string(), error.message());
  }
  return {};
}

}  // namespace trig::cli
