#include "runtime/delivery/dot_stuffing.h"

#include <algorithm>

namespace trig::delivery {

std::string dot_stuffed(std::string_view message) {
  std::string out;
  out.reserve(message.size() + message.size() / 64 + 8);
  while (!message.empty()) {
    // Not find_first_of, which asks about every character by a call of its own.
    const auto* found =
        std::find_if(message.begin(), message.end(), [](char c) { return c == '\r' || c == '\n'; });
    std::size_t end = found == message.end() ? std::string_view::npos
                                             : static_cast<std::size_t>(found - message.begin());
    std::string_view line = message.substr(0, end);
    if (line.starts_with('.')) out += '.';
    out += line;
    out += "\r\n";
    if (end == std::string_view::npos) break;
    bool pair = message[end] == '\r' && end + 1 < message.size() && message[end + 1] == '\n';
    message.remove_prefix(end + (pair ? 2 : 1));
  }
  return out + ".\r\n";
}

}  // namespace trig::delivery
