#include "runtime/ingest/json_repair.h"

#include <charconv>
#include <optional>

namespace trig::ingest {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

bool is_continuation(unsigned char byte) { return (byte & 0xC0) == 0x80; }

// What a lead byte asks for: how many bytes in all, and the range of the second (Unicode table
// 3-7).
struct Sequence {
  std::size_t length = 1;
  unsigned char low = 0x80;
  unsigned char high = 0xBF;
};

std::optional<Sequence> sequence_of(unsigned char lead) {
  if (lead < 0x80) return Sequence{};
  if (lead < 0xC2) return std::nullopt;
  if (lead < 0xE0) return Sequence{2};
  if (lead == 0xE0) return Sequence{3, 0xA0, 0xBF};
  if (lead == 0xED) return Sequence{3, 0x80, 0x9F};
  if (lead < 0xF0) return Sequence{3};
  if (lead == 0xF0) return Sequence{4, 0x90, 0xBF};
  if (lead < 0xF4) return Sequence{4};
  if (lead == 0xF4) return Sequence{4, 0x80, 0x8F};
  return std::nullopt;
}

// The value of the \uXXXX escape at `at`, if there is one.
std::optional<unsigned> unicode_escape(std::string_view json, std::size_t at) {
  if (at + 6 > json.size() || json[at] != '\\' || json[at + 1] != 'u') return std::nullopt;
  unsigned value = 0;
  const char* begin = json.data() + at + 2;
  const auto [end, error] = std::from_chars(begin, begin + 4, value, 16);
  if (error != std::errc() || end != begin + 4) return std::nullopt;
  return value;
}

bool is_high(unsigned unit) { return unit >= 0xD800 && unit < 0xDC00; }
bool is_low(unsigned unit) { return unit >= 0xDC00 && unit < 0xE000; }

}  // namespace

std::string replace_invalid_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 16);
  for (std::size_t i = 0; i < text.size();) {
    const auto sequence = sequence_of(static_cast<unsigned char>(text[i]));
    std::size_t length = 1;
    bool whole = sequence.has_value();
    while (whole && length < sequence->length) {
      const auto byte =
          i + length < text.size() ? static_cast<unsigned char>(text[i + length]) : '\0';
      whole = length == 1 ? byte >= sequence->low && byte <= sequence->high : is_continuation(byte);
      if (whole) ++length;
    }
    out.append(whole ? text.substr(i, length) : kReplacement);
    i += length;
  }
  return out;
}

std::string replace_lone_surrogates(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  for (std::size_t i = 0; i < json.size();) {
    const auto unit = unicode_escape(json, i);
    std::size_t length = unit ? 6 : json[i] == '\\' && i + 1 < json.size() ? 2 : 1;
    if (unit && is_high(*unit)) {
      const auto next = unicode_escape(json, i + 6);
      if (next && is_low(*next)) length = 12;
    }
    const bool lone = unit && length == 6 && (is_high(*unit) || is_low(*unit));
    out.append(lone ? std::string_view("\\ufffd") : json.substr(i, length));
    i += length;
  }
  return out;
}

std::string_view utf8_prefix(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  std::size_t end = max_bytes;
  for (int back = 0; back < 3 && end > 0; ++back, --end)
    if (!is_continuation(static_cast<unsigned char>(text[end]))) break;
  return text.substr(0, end);
}

}  // namespace trig::ingest
