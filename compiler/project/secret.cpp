#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "compiler/base/limits.h"
#include "compiler/project/project.h"

namespace trig::project {
namespace {

constexpr std::string_view kFromEnvironment = "env:";
constexpr std::string_view kFromFile = "file:";

Result<std::string> read_secret_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail("cannot read secret file {}: {}", path.string(), std::strerror(errno));
  std::string text(kMaxSecretBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kMaxSecretBytes)
    return fail("secret file {} has more than {} bytes", path.string(), kMaxSecretBytes);
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  if (text.empty()) return fail("secret file {} is empty", path.string());
  return text;
}

}  // namespace

Result<std::string> resolve_secret(const std::string& text, const std::string& root) {
  if (text.starts_with(kFromEnvironment)) {
    const std::string name = text.substr(kFromEnvironment.size());
    const char* value = std::getenv(name.c_str());
    if (value == nullptr || *value == '\0')
      return fail("the environment variable {} is not set", name);
    return std::string(value);
  }
  if (text.starts_with(kFromFile))
    return read_secret_file(std::filesystem::path(root) / text.substr(kFromFile.size()));
  return text;
}

}  // namespace trig::project
