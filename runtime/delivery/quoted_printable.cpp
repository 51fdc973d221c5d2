#include "runtime/delivery/quoted_printable.h"

namespace trig::delivery {
namespace {

constexpr std::size_t kMaxQuotedLine =
    76;  // RFC 2045 §6.7 (5), the "=" of a soft line end included

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
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '\r' || c == '\n') {
      if (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n') ++i;
      out += "\r\n";
      column = 0;
      continue;
    }
    bool at_end = i + 1 == text.size() || text[i + 1] == '\r' || text[i + 1] == '\n';
    bool plain = (c > ' ' && c < 0x7f && c != '=') || ((c == ' ' || c == '\t') && !at_end);
    std::size_t width = plain ? 1 : 3;
    // The last character of a line may use the column that a soft line end would need.
    if (column + width > kMaxQuotedLine - (at_end ? 0 : 1)) {
      out += "=\r\n";
      column = 0;
    }
    if (plain) {
      out += c;
    } else {
      append_quoted_octet(out, c);
    }
    column += width;
  }
  return out;
}

}  // namespace trig::delivery
