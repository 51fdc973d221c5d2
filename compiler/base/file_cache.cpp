#include "compiler/base/file_cache.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <tuple>
#include <utility>
#include <vector>

#include "compiler/base/codec.h"

namespace trig {
namespace {

// A file: kFileMark, its key, hash and length of its content; then the content.
constexpr std::string_view kFileMark = "trig cache 1\n";
constexpr std::size_t kHeaderBytes = kFileMark.size() + 5 * sizeof(std::uint64_t);
constexpr std::string_view kFileEnding = ".cached";
constexpr std::string_view kUnfinishedEnding = ".new";

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }
  int release() { return std::exchange(number_, -1); }

 private:
  int number_;
};

std::string header_of(const Hash128& key, std::string_view content) {
  const Hash128 sum = hash128(content);
  ByteWriter w;
  w.raw(kFileMark);
  for (std::uint64_t number : {key.high, key.low, sum.high, sum.low, content.size()})
    w.fixed64(number);
  return w.take();
}

std::string file_name(const Hash128& key) { return to_hex(key) + std::string(kFileEnding); }

// Only its owner decides what is in it.
bool is_own(const struct stat& status) {
  return status.st_uid == ::geteuid() && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

bool read_all(int file, std::string& bytes) {
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t count = ::read(file, bytes.data() + done, bytes.size() - done);
    if (count <= 0) return false;
    done += static_cast<std::size_t>(count);
  }
  return true;
}

bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(file, bytes.data(), bytes.size());
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

struct KeptFile {
  std::int64_t seconds = 0;  // of its last use
  std::int64_t nanoseconds = 0;
  std::string name;
  std::size_t bytes = 0;
};

std::vector<KeptFile> files_in(int folder) {
  std::vector<KeptFile> files;
  // Of its own: reading moves the place of a descriptor, and others may be reading too.
  Descriptor own(::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  DIR* listing = own.number() < 0 ? nullptr : ::fdopendir(own.number());
  if (listing == nullptr) return files;
  own.release();
  while (const dirent* entry = ::readdir(listing)) {
    const std::string_view name = entry->d_name;
    if (!name.ends_with(kFileEnding) && !name.ends_with(kUnfinishedEnding)) continue;
    struct stat status = {};
    if (::fstatat(folder, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) continue;
    files.push_back({status.st_mtim.tv_sec, status.st_mtim.tv_nsec, std::string(name),
                     static_cast<std::size_t>(status.st_size)});
  }
  ::closedir(listing);
  return files;
}

}  // namespace

std::shared_ptr<FileCache> FileCache::open(const std::string& folder, std::size_t max_bytes) {
  std::error_code error;
  const std::filesystem::path path(folder);
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), error);
  ::mkdir(folder.c_str(), 0700);  // it may be there already
  Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  struct stat status = {};
  if (opened.number() < 0 || ::fstat(opened.number(), &status) != 0) return nullptr;
  if (status.st_uid != ::geteuid()) return nullptr;
  if ((status.st_mode & 0777) != 0700 && ::fchmod(opened.number(), 0700) != 0) return nullptr;
  return std::shared_ptr<FileCache>(new FileCache(opened.release(), max_bytes));
}

FileCache::~FileCache() { ::close(folder_); }

std::optional<std::string> FileCache::find(const Hash128& key) const {
  Descriptor file(
      ::openat(folder_, file_name(key).c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat status = {};
  if (file.number() < 0 || ::fstat(file.number(), &status) != 0) return std::nullopt;
  const auto size = static_cast<std::size_t>(status.st_size);
  if (!S_ISREG(status.st_mode) || !is_own(status) || size < kHeaderBytes ||
      size - kHeaderBytes > max_bytes_)
    return std::nullopt;
  std::string header(kHeaderBytes, '\0');
  std::string content(size - kHeaderBytes, '\0');
  if (!read_all(file.number(), header) || !read_all(file.number(), content)) return std::nullopt;
  if (header != header_of(key, content)) return std::nullopt;
  ::futimens(file.number(), nullptr);  // used now
  return content;
}

bool FileCache::keep(const Hash128& key, std::string_view bytes) const {
  if (bytes.size() > max_bytes_) return false;
  const std::string name = file_name(key);
  const std::string unfinished =
      fmt::format("{}.{}.{}{}", name, ::getpid(), written_++, kUnfinishedEnding);
  ::unlinkat(folder_, unfinished.c_str(), 0);  // of a process of this number that was killed
  {
    Descriptor file(::openat(folder_, unfinished.c_str(),
                             O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (file.number() < 0) return false;
    if (!write_all(file.number(), header_of(key, bytes)) || !write_all(file.number(), bytes)) {
      ::unlinkat(folder_, unfinished.c_str(), 0);
      return false;
    }
  }
  if (::renameat(folder_, unfinished.c_str(), folder_, name.c_str()) != 0) {
    ::unlinkat(folder_, unfinished.c_str(), 0);
    return false;
  }
  make_room(name);
  return true;
}

// What a killed process left unfinished gets old and goes too.
void FileCache::make_room(const std::string& kept) const {
  std::vector<KeptFile> files = files_in(folder_);
  std::size_t bytes = 0;
  for (const KeptFile& file : files) bytes += file.bytes;
  if (bytes <= max_bytes_) return;
  std::sort(files.begin(), files.end(), [](const KeptFile& a, const KeptFile& b) {
    return std::tie(a.seconds, a.nanoseconds) < std::tie(b.seconds, b.nanoseconds);
  });
  for (const KeptFile& file : files) {
    if (bytes <= max_bytes_) return;
    if (file.name == kept || ::unlinkat(folder_, file.name.c_str(), 0) != 0) continue;
    bytes -= file.bytes;
  }
}

}  // namespace trig
