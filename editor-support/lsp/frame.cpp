#include "editor-support/lsp/frame.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "compiler/base/ascii.h"
#include "editor-support/lsp/limits.h"

namespace trig::lsp {
namespace {

constexpr std::string_view kLength = "content-length:";
constexpr std::string_view kHeaderEnd = "\r\n\r\n";

std::string lower_ascii(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

// The length that a header says; nothing if it says none.
std::optional<std::size_t> length_in(std::string_view header) {
  while (!header.empty()) {
    const std::size_t end = std::min(header.find("\r\n"), header.size());
    std::string_view line = header.substr(0, end);
    header.remove_prefix(std::min(end + 2, header.size()));
    if (!lower_ascii(line).starts_with(kLength)) continue;
    line.remove_prefix(kLength.size());
    while (!line.empty() && line.front() == ' ') line.remove_prefix(1);
    std::size_t length = 0;
    auto [rest, error] = std::from_chars(line.data(), line.data() + line.size(), length);
    if (error != std::errc() || rest != line.data() + line.size()) return std::nullopt;
    return length;
  }
  return std::nullopt;
}

}  // namespace

void FrameReader::feed(std::string_view bytes) {
  const std::size_t skipped = std::min(skip_, bytes.size());
  skip_ -= skipped;
  buffer_ += bytes.substr(skipped);
}

std::optional<Frame> FrameReader::bad(std::size_t length, std::string problem) {
  buffer_.erase(0, length);
  return Frame{{}, std::move(problem)};
}

// Passes over what is no header.
std::optional<Frame> FrameReader::find_header() {
  const std::string lower =
      lower_ascii(std::string_view(buffer_).substr(0, kMaxMessageHeaderBytes));
  if (lower.starts_with(kLength) || lower.starts_with("content-type:") || buffer_.empty())
    return std::nullopt;
  constexpr std::string_view kOther = "content-type:";
  if (kLength.starts_with(lower) || kOther.starts_with(lower)) return std::nullopt;
  const std::string all = lower_ascii(buffer_);
  const std::size_t place = all.find(kLength);
  if (place != std::string::npos) return bad(place, "this is no header of a message");
  // The beginning of a header may stand at the end.
  const std::size_t keep = std::min(buffer_.size() - 1, kLength.size() - 1);
  if (buffer_.size() <= kMaxMessageHeaderBytes) return std::nullopt;
  return bad(buffer_.size() - keep, "this is no header of a message");
}

std::optional<Frame> FrameReader::next() {
  if (auto problem = find_header()) return problem;
  const std::size_t end = buffer_.find(kHeaderEnd);
  if (end == std::string::npos || end > kMaxMessageHeaderBytes) {
    if (buffer_.size() <= kMaxMessageHeaderBytes) return std::nullopt;
    return bad(1, fmt::format("a header has more than {} bytes", kMaxMessageHeaderBytes));
  }
  const std::optional<std::size_t> length = length_in(std::string_view(buffer_).substr(0, end));
  const std::size_t begin = end + kHeaderEnd.size();
  if (!length) return bad(begin, "a header says no Content-Length");
  if (*length > kMaxMessageBytes) {
    const std::size_t here = std::min(*length, buffer_.size() - begin);
    skip_ = *length - here;
    return bad(begin + here, fmt::format("a message has more than {} bytes", kMaxMessageBytes));
  }
  if (buffer_.size() - begin < *length) return std::nullopt;
  Frame frame{buffer_.substr(begin, *length), {}};
  buffer_.erase(0, begin + *length);
  return frame;
}

std::string framed(std::string_view text) {
  return fmt::format("Content-Length: {}\r\n\r\n{}", text.size(), text);
}

}  // namespace trig::lsp
