#include "runtime/delivery/file_transport.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <cctype>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "runtime/delivery/mime.h"
#include "runtime/ports/limits.h"

namespace trig::delivery {
namespace {

class File {
 public:
  File(const std::filesystem::path& path, int flags) : fd_(::open(path.c_str(), flags, 0644)) {}
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int fd() const { return fd_; }

 private:
  int fd_;
};

tl::unexpected<Failure> system_failure(const std::filesystem::path& path) {
  return fail("cannot write `{}`: {}", path.string(), std::strerror(errno));
}

Status write_synced(const std::filesystem::path& path, std::string_view bytes) {
  File file(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC);
  if (file.fd() < 0) return system_failure(path);
  while (!bytes.empty()) {
    ssize_t count = ::write(file.fd(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_failure(path);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  if (::fsync(file.fd()) != 0) return system_failure(path);
  return {};
}

Status sync_folder(const std::filesystem::path& folder) {
  File file(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file.fd() < 0 || ::fsync(file.fd()) != 0) return system_failure(folder);
  return {};
}

// "20260328T120000Z-<message>": sorts by time, and is safe in every shell.
std::string base_name(const Mail& mail) {
  constexpr std::size_t kMaxIdBytes = 120;
  std::string name;
  for (char c : to_string(std::chrono::floor<std::chrono::seconds>(mail.date))) {
    if (c != '-' && c != ':') name += c;
  }
  name += '-';
  for (char c : mail.message_id.substr(0, kMaxIdBytes)) {
    bool safe = std::isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '-' || c == '_';
    name += safe ? c : '_';
  }
  return name;
}

}  // namespace

Result<std::unique_ptr<FileTransport>> FileTransport::create(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return fail("cannot make the folder `{}`: {}", folder.string(), error.message());
  return std::unique_ptr<FileTransport>(new FileTransport(folder));
}

Result<std::string> FileTransport::write(const Mail& mail, const std::string& bytes) const {
  std::string base = base_name(mail);
  std::filesystem::path temporary = folder_ / fmt::format(".{}.{}.tmp", base, ::getpid());
  if (Status written = write_synced(temporary, bytes); !written) {
    ::unlink(temporary.c_str());
    return tl::unexpected(written.error());
  }
  for (std::size_t number = 1; number <= kMaxSameFileNames; ++number) {
    std::string name = number == 1 ? base + ".eml" : fmt::format("{}-{}.eml", base, number);
    std::filesystem::path path = folder_ / name;
    if (::renameat2(AT_FDCWD, temporary.c_str(), AT_FDCWD, path.c_str(), RENAME_NOREPLACE) == 0) {
      Status synced = sync_folder(folder_);
      if (!synced) return tl::unexpected(synced.error());
      return name;
    }
    if (errno != EEXIST) {
      auto failure = system_failure(path);
      ::unlink(temporary.c_str());
      return failure;
    }
  }
  ::unlink(temporary.c_str());
  return fail("`{}` has {} files of `{}` already", folder_.string(), kMaxSameFileNames, base);
}

void FileTransport::send(Mail mail, std::function<void(SendReply)> done) {
  Result<std::string> bytes = build_mime(mail);
  if (!bytes) return done(refusal_of_mail(mail, bytes.error()));
  Result<std::string> name = write(mail, *bytes);
  if (!name) return done({SendOutcome::kDeferred, 0, "", name.error().message, {}});
  done({SendOutcome::kAccepted, 0, "", "written to " + *name, {}});
}

}  // namespace trig::delivery
