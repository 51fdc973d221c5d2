// Places in texts as editors count them: lines from 0, and in a line UTF-16 code units, or bytes of
// UTF-8 where the editor agrees to that.
//
//   Lines lines(text);
//   std::uint32_t offset = lines.offset({4, 12}, Encoding::kUtf16);
//
// A place beyond the end of a line is the end of the line, one beyond the end of the text the end
// of the text; one inside a character is its beginning.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trig::lsp {

enum class Encoding : std::uint8_t { kUtf16, kUtf8 };

struct Position {
  std::uint32_t line = 0;
  std::uint32_t character = 0;
  friend auto operator<=>(const Position&, const Position&) = default;
};

class Lines {
 public:
  explicit Lines(std::string_view text);  // which must outlive this

  std::uint32_t offset(Position position, Encoding encoding) const;
  Position position(std::uint32_t offset, Encoding encoding) const;
  std::uint32_t count() const { return static_cast<std::uint32_t>(begins_.size()); }
  std::uint32_t begin_of(std::uint32_t line) const { return begins_[line]; }
  // Without its line end.
  std::string_view text_of(std::uint32_t line) const;
  std::uint32_t line_of(std::uint32_t offset) const;

 private:
  std::string_view text_;
  std::vector<std::uint32_t> begins_;
};

// The length of a text in the units of an encoding.
std::uint32_t units_of(std::string_view text, Encoding encoding);

// "file:///home/ana/shop/shop.trig" → "/home/ana/shop/shop.trig"; nothing for another scheme.
std::optional<std::string> path_of_uri(std::string_view uri);
std::string uri_of_path(std::string_view path);

}  // namespace trig::lsp
