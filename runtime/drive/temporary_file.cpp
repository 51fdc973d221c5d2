#include "runtime/drive/temporary_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "runtime/ports/limits.h"

namespace trig::drive {

Descriptor::~Descriptor() {
  if (number_ > STDIN_FILENO) ::close(number_);
}

Result<Descriptor> temporary_file(std::uint64_t size_expected) {
  if (size_expected <= kMaxTemporaryMemoryBytes) {
    Descriptor file(::memfd_create("trig", MFD_CLOEXEC));
    if (file.is_open()) return file;
  }
  const char* wanted = std::getenv("TMPDIR");
  for (const char* folder : {wanted == nullptr ? "" : wanted, "/var/tmp", "/tmp"}) {
    if (*folder == '\0') continue;
    Descriptor file(::open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
    if (file.is_open()) return file;
    std::string name = std::string(folder) + "/trig-XXXXXX";  // where O_TMPFILE is not known
    file = Descriptor(::mkostemp(name.data(), O_CLOEXEC));
    if (file.is_open()) ::unlink(name.c_str());
    if (file.is_open()) return file;
  }
  return fail("cannot make a temporary file in $TMPDIR, /var/tmp or /tmp: {}",
              std::strerror(errno));
}

Result<std::size_t> read_at(const Descriptor& file, std::uint64_t at, std::size_t size,
                            std::string& bytes) {
  bytes.resize(size);
  std::size_t done = 0;
  while (done < size) {
    const ssize_t read =
        ::pread(file.number(), bytes.data() + done, size - done, static_cast<off_t>(at + done));
    if (read < 0 && errno == EINTR) continue;
    if (read < 0) return fail("{}", std::strerror(errno));
    if (read == 0) break;
    done += static_cast<std::size_t>(read);
  }
  bytes.resize(done);
  return done;
}

Status write_at(const Descriptor& file, std::uint64_t at, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written =
        ::pwrite(file.number(), bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return fail("cannot write a temporary file: {}", std::strerror(errno));
    bytes.remove_prefix(static_cast<std::size_t>(written));
    at += static_cast<std::uint64_t>(written);
  }
  return {};
}

}  // namespace trig::drive
