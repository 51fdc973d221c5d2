#include "runtime/store/data_directory.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace trig::store {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMagic = "trig data directory\nformat ";
constexpr std::size_t kMaxFormatFileBytes = 256;

std::string format_path(const std::string& directory) { return directory + "/FORMAT"; }
std::string unfinished_path(const std::string& directory) { return directory + "/FORMAT.new"; }

// Closes on every way out.
class File {
 public:
  File(const std::string& path, int flags) : descriptor_(::open(path.c_str(), flags, 0644)) {}
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  bool is_open() const { return descriptor_ >= 0; }
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

Status sync_directory(const std::string& directory) {
  File file(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (!file.is_open() || ::fsync(file.descriptor()) != 0)
    return fail("cannot sync directory {}: {}", directory, std::strerror(errno));
  return {};
}

Status write_format(const std::string& directory) {
  const std::string unfinished = unfinished_path(directory);
  const std::string text = fmt::format("{}{}\n", kMagic, kDataFormat);
  {
    File file(unfinished, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC);
    if (!file.is_open()) return fail("cannot write {}: {}", unfinished, std::strerror(errno));
    ssize_t written = ::write(file.descriptor(), text.data(), text.size());
    if (written != static_cast<ssize_t>(text.size()) || ::fsync(file.descriptor()) != 0)
      return fail("cannot write {}: {}", unfinished, std::strerror(errno));
  }
  if (::rename(unfinished.c_str(), format_path(directory).c_str()) != 0)
    return fail("cannot write {}: {}", format_path(directory), std::strerror(errno));
  return sync_directory(directory);
}

Status verify_format(const std::string& directory) {
  const std::string path = format_path(directory);
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail("cannot read {}: {}", path, std::strerror(errno));
  std::string text(kMaxFormatFileBytes, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));

  int format = 0;
  const char* digits = text.data() + kMagic.size();
  const char* text_end = text.data() + text.size();
  if (!text.starts_with(kMagic))
    return fail("{} is not of trig, so {} is left alone", path, directory);
  auto [end, error] = std::from_chars(digits, text_end, format);
  if (error != std::errc() || end == text_end || *end != '\n' || format < 1)
    return fail("{} is damaged: restore {} from a backup", path, directory);
  if (format > kDataFormat) {
    return fail(
        "data directory {} has format {}, this trig reads formats up to {}: it was written by a "
        "newer release; run that release, or start from a backup made before the upgrade",
        directory, format, kDataFormat);
  }
  return {};
}

// Nothing in it but what an interrupted claim leaves.
bool is_unclaimed(const std::string& directory, std::error_code& error) {
  for (const fs::directory_entry& entry : fs::directory_iterator(directory, error))
    if (entry.path() != unfinished_path(directory)) return false;
  return true;
}

}  // namespace

Status claim_directory(const std::string& directory) {
  std::error_code error;
  if (fs::exists(format_path(directory), error)) return verify_format(directory);
  fs::create_directories(directory, error);
  if (error) return fail("cannot create data directory {}: {}", directory, error.message());
  bool unclaimed = is_unclaimed(directory, error);
  if (error) return fail("cannot read data directory {}: {}", directory, error.message());
  if (!unclaimed) {
    return fail(
        "{} holds files but no FORMAT, so it is no data directory of trig: give an empty or a new "
        "folder",
        directory);
  }
  if (Status written = write_format(directory); !written) return written;
  const fs::path parent = fs::absolute(directory, error).lexically_normal().parent_path();
  return sync_directory(parent.string());
}

Status verify_directory(const std::string& directory) {
  std::error_code error;
  if (!fs::is_directory(directory, error)) return fail("there is no data directory {}", directory);
  if (!fs::exists(format_path(directory), error))
    return fail("{} is no data directory of trig: it has no FORMAT", directory);
  return verify_format(directory);
}

std::string rows_path(const std::string& directory) { return directory + "/rocksdb"; }

std::string lock_holder(const std::string& lock_file) {
  File file(lock_file, O_RDWR | O_CLOEXEC);
  if (!file.is_open()) return {};
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  if (::fcntl(file.descriptor(), F_GETLK, &lock) != 0 || lock.l_type == F_UNLCK) return {};
  return fmt::format("process {}", lock.l_pid);
}

}  // namespace trig::store
