#include "editor-support/lsp/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace trig::lsp {
namespace {

// The length of the character at `at`, in bytes; a byte that begins none counts alone.
std::size_t character_bytes(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const std::size_t length = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  for (std::size_t i = 1; i < length; ++i)
    if (at + i >= text.size() || (static_cast<unsigned char>(text[at + i]) & 0xc0) != 0x80)
      return i;
  return length;
}

std::uint32_t units_of_character(std::size_t bytes, Encoding encoding) {
  if (encoding == Encoding::kUtf8) return static_cast<std::uint32_t>(bytes);
  return bytes == 4 ? 2 : 1;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

Lines::Lines(std::string_view text) : text_(text), begins_{0} {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    if (text[i] == '\n' || text[i] == '\r') begins_.push_back(static_cast<std::uint32_t>(i + 1));
  }
}

std::string_view Lines::text_of(std::uint32_t line) const {
  const std::size_t begin = begins_[line];
  std::size_t end = line + 1 < begins_.size() ? begins_[line + 1] : text_.size();
  while (end > begin && (text_[end - 1] == '\n' || text_[end - 1] == '\r')) --end;
  return text_.substr(begin, end - begin);
}

std::uint32_t Lines::line_of(std::uint32_t offset) const {
  auto after = std::upper_bound(begins_.begin(), begins_.end(), offset);
  return static_cast<std::uint32_t>(after - begins_.begin()) - 1;
}

std::uint32_t Lines::offset(Position position, Encoding encoding) const {
  if (position.line >= begins_.size()) return static_cast<std::uint32_t>(text_.size());
  const std::string_view line = text_of(position.line);
  std::uint32_t units = 0;
  std::size_t at = 0;
  while (at < line.size()) {
    const std::size_t bytes = character_bytes(line, at);
    units += units_of_character(bytes, encoding);
    if (units > position.character) break;
    at += bytes;
  }
  return begins_[position.line] + static_cast<std::uint32_t>(at);
}

Position Lines::position(std::uint32_t offset, Encoding encoding) const {
  offset = std::min(offset, static_cast<std::uint32_t>(text_.size()));
  const std::uint32_t line = line_of(offset);
  const std::string_view text = text_of(line);
  const std::size_t within = std::min<std::size_t>(offset - begins_[line], text.size());
  std::uint32_t units = 0;
  for (std::size_t at = 0; at < within;) {
    const std::size_t bytes = character_bytes(text, at);
    if (at + bytes > within) break;
    units += units_of_character(bytes, encoding);
    at += bytes;
  }
  return {line, units};
}

std::uint32_t units_of(std::string_view text, Encoding encoding) {
  std::uint32_t units = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t bytes = character_bytes(text, at);
    units += units_of_character(bytes, encoding);
    at += bytes;
  }
  return units;
}

std::optional<std::string> path_of_uri(std::string_view uri) {
  constexpr std::string_view kScheme = "file://";
  if (!uri.starts_with(kScheme)) return std::nullopt;
  uri.remove_prefix(kScheme.size());
  if (!uri.starts_with('/')) {  // of a host
    const std::size_t slash = uri.find('/');
    if (slash == uri.npos) return std::nullopt;
    uri.remove_prefix(slash);
  }
  std::string path;
  for (std::size_t i = 0; i < uri.size(); ++i) {
    const bool escaped = uri[i] == '%' && i + 2 < uri.size() && hex_digit(uri[i + 1]) >= 0 &&
                         hex_digit(uri[i + 2]) >= 0;
    if (escaped) {
      path += static_cast<char>(hex_digit(uri[i + 1]) * 16 + hex_digit(uri[i + 2]));
      i += 2;
    } else {
      path += uri[i];
    }
  }
  if (path.find('\0') != std::string::npos) return std::nullopt;
  return path;
}

std::string uri_of_path(std::string_view path) {
  std::string uri = "file://";
  for (char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '/' || c == '-' || c == '.' || c == '_' || c == '~';
    if (plain)
      uri += c;
    else
      uri += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return uri;
}

}  // namespace trig::lsp
