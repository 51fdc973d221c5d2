#include "compiler/diagram/text_width.h"

#include <array>
#include <cstdint>

namespace trig::diagram {
namespace {

// Helvetica, in thousandths of the size, from the blank to the tilde.
constexpr std::array<int, 95> kWidths = {
    278,  278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,  //
    556,  556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,  //
    1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,  //
    667,  778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,  //
    333,  556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,  //
    556,  556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584};
constexpr int kOther = 640;    // letters with accents, signs
constexpr int kWide = 1050;    // from CJK on, pictures
constexpr double kRoom = 1.1;  // DejaVu Sans and Verdana are wider than Helvetica
constexpr double kBold = 1.07;

// The character that begins at `at`, and how many bytes it has; a stray byte is one character.
std::pair<char32_t, std::size_t> character(std::string_view text, std::size_t at) {
  const auto byte = static_cast<unsigned char>(text[at]);
  const std::size_t size = byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
  if (size == 1 || at + size > text.size()) return {byte, 1};
  char32_t code = byte & (0xff >> (size + 1));
  for (std::size_t i = 1; i < size; ++i)
    code = (code << 6) | (static_cast<unsigned char>(text[at + i]) & 0x3f);
  return {code, size};
}

int thousandths(char32_t code) {
  if (code >= 32 && code < 127) return kWidths[code - 32];
  return code < 0x1100 || (code >= 0x2000 && code < 0x2600) ? kOther : kWide;
}

void break_word(std::string_view word, Style style, double width, std::vector<std::string>& lines) {
  std::string now;
  for (std::size_t at = 0; at < word.size();) {
    const std::size_t size = character(word, at).second;
    const std::string_view piece = word.substr(at, size);
    if (!now.empty() && width_of(now + std::string(piece), style) > width) {
      lines.push_back(std::move(now));
      now.clear();
    }
    now += piece;
    at += size;
  }
  lines.push_back(std::move(now));
}

void end_with_ellipsis(std::string& line, Style style, double width) {
  while (!line.empty() && width_of(line + "…", style) > width) {
    std::size_t last = line.size() - 1;
    while (last > 0 && (static_cast<unsigned char>(line[last]) & 0xc0) == 0x80) --last;
    line.resize(last);
  }
  line += "…";
}

}  // namespace

Font font_of(Style style) {
  switch (style) {
    case Style::kHeading: return {24, 30, true, 0};
    case Style::kName: return {12.5, 18, false, 0};
    case Style::kKicker: return {10.5, 16, true, 0.8};
    case Style::kTitle: return {14, 19, true, 0};
    case Style::kLine: return {13, 18, false, 0};
    case Style::kSmall: return {12, 16, false, 0};
    case Style::kCount: return {12, 18, true, 0};
  }
  return {};
}

double width_of(std::string_view text, Style style) {
  const Font font = font_of(style);
  double width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto [code, size] = character(text, at);
    width += thousandths(code) * font.size / 1000 * kRoom * (font.bold ? kBold : 1) + font.spacing;
    at += size;
  }
  return width;
}

std::vector<std::string> wrapped(std::string_view text, Style style, double width,
                                 std::size_t most) {
  std::vector<std::string> lines;
  std::string now;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string_view word = text.substr(at, end - at);
    at = end + 1;
    if (word.empty()) continue;
    const std::string longer = now.empty() ? std::string(word) : now + " " + std::string(word);
    if (width_of(longer, style) <= width) {
      now = longer;
      continue;
    }
    if (!now.empty()) lines.push_back(std::move(now));
    now.clear();
    break_word(word, style, width, lines);
    now = std::move(lines.back());
    lines.pop_back();
  }
  if (!now.empty()) lines.push_back(std::move(now));
  if (lines.size() > most) {
    lines.resize(most);
    end_with_ellipsis(lines.back(), style, width);
  }
  return lines;
}

}  // namespace trig::diagram
