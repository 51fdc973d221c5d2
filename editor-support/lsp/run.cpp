#include "editor-support/lsp/run.h"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "editor-support/lsp/frame.h"
#include "editor-support/lsp/server.h"

namespace trig::lsp {
namespace {

// False once the other end is gone.
bool write_all(int out, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(out, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

bool more_waits(int in) {
  pollfd one{in, POLLIN, 0};
  return ::poll(&one, 1, 0) > 0;
}

}  // namespace

int run(int in, int out, const std::string& version, const std::function<Instant()>& now) {
  bool gone = false;
  Server server({[&](const std::string& text) { gone = gone || !write_all(out, framed(text)); },
                 now, version});
  FrameReader frames;
  std::array<char, 64 * 1024> buffer;
  while (!gone) {
    const ssize_t count = ::read(in, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return 1;  // without `exit`
    frames.feed({buffer.data(), static_cast<std::size_t>(count)});
    while (auto frame = frames.next()) {
      if (frame->good())
        server.receive(frame->text);
      else
        server.complain(frame->problem);
      if (server.ended()) return *server.ended();
    }
    if (!more_waits(in)) server.settle();
  }
  return 1;
}

}  // namespace trig::lsp
