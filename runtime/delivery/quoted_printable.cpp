#include "runtime/delivery/quoted_printable.h"

#include <algorithm>

namespace trig::delivery {
namespace {

constexpr std::size_t kMaxQuotedLine =
    76;  // RFC 2045 §6.7 (5), the "=" of a soft line end included

bool ends_line(std::string_view text, std::size_t i) {
  return i == text.size() || text[i] == '\r' || text[i] == '\n';
}

// How many characters from here on stand for themselves. White space does not at the end of a line.
std::size_t plain_run(std::string_view text, std::size_t begin) {
  std::size_t i = begin;
  for (; i < text.size(); ++i) {
    const char c = text[i];
    if (c > ' ' && c < 0x7f && c != '=') continue;
    if ((c != ' ' && c != '\t') || ends_line(text, i + 1)) break;
  }
  return i - begin;
}

}  // namespace

void append_quoted_octet(std::string& out, char c) {
  constexpr char kHex[] = "0123456789ABCDEF";
  auto byte = static_cast<unsigned char>(c);
  out += {'=', kHex[byte >> 4], kHex[byte & 15]};
}

std::string quoted_printable(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8 + 16);
  std::size_t column = 0;
  std::size_t i = 0;
  while (i < text.size()) {
    if (text[i] == '\r' || text[i] == '\n') {
      i += text.substr(i, 2) == "\r\n" ? 2 : 1;
      out += "\r\n";
      column = 0;
      continue;
    }
    const std::size_t plain = plain_run(text, i);
    const std::size_t taken = std::max<std::size_t>(plain, 1);
    const std::size_t width = plain > 0 ? plain : 3;
    // The last character of a line may use the column that a soft line end would need.
    if (column + width <= kMaxQuotedLine - (ends_line(text, i + taken) ? 0 : 1)) {
      if (plain > 0)
        out += text.substr(i, plain);
      else
        append_quoted_octet(out, text[i]);
      column += width;
      i += taken;
      continue;
    }
    const std::size_t fits = plain > 0 ? kMaxQuotedLine - 1 - column : 0;
    out += text.substr(i, fits);
    out += "=\r\n";
    column = 0;
    i += fits;
  }
  return out;
}

}  // namespace trig::delivery
