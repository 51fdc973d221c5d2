// The tokens of a JSON text, by simdjson's index of where each begins (its first stage, which also
// judges UTF-8, unclosed texts and control characters in them). Nothing is built: what a token
// says is read where it stands.
//
// What is rare is not read here but turned down: numbers with an exponent or of very many digits,
// surrogate escapes, deep nesting. Who asks then takes the slow way, a whole document. So `false`
// never means that a text is not JSON; only `true` means that it is.
//
// Source: RFC 8259; Langdale and Lemire, "Parsing Gigabytes of JSON per Second", 2019.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace trig::exec {

struct JsonNumber {
  std::string_view text;
  bool negative = false;
  std::uint64_t digits = 0;  // all of them, without the point
  std::uint32_t digit_count = 0;
  std::uint32_t decimals = 0;
};

inline constexpr std::ptrdiff_t kShortNumber = 8;

// Eight characters are one word whose lowest byte is the first. Zeros are put before the digits,
// and the point is closed up.
// The number stands from `first` to `last`, and the text goes on to `end`.
inline bool read_short_number(const char* first, const char* last, const char* end,
                              std::uint32_t& digits, std::uint32_t& decimals) {
  constexpr std::uint64_t kZeros = 0x3030303030303030;
  constexpr std::uint64_t kPoints = 0x2e2e2e2e2e2e2e2e;
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr unsigned kLast = 7;  // byte
  const std::ptrdiff_t size = last - first;
  if (size > kShortNumber || end - first < kShortNumber) return false;
  const auto padding = static_cast<unsigned>(kShortNumber - size);
  std::uint64_t word = 0;
  std::memcpy(&word, first, sizeof word);
  word = word << padding * 8 | (kZeros >> (kLast - padding) * 8) >> 8;
  const std::uint64_t differs = word ^ kPoints;
  const std::uint64_t points = (differs - kOnes) & ~differs & kOnes << 7;
  decimals = 0;
  if (points != 0) {
    const unsigned point = static_cast<unsigned>(std::countr_zero(points)) / 8;
    if (point == padding || point == kLast) return false;
    const std::uint64_t before = (std::uint64_t{1} << point * 8) - 1;
    word = (word & ~before & ~(std::uint64_t{0xff} << point * 8)) | (word & before) << 8 | '0';
    decimals = kLast - point;
  }
  const std::uint64_t tens =
      (word & 0xf0f0f0f0f0f0f0f0) | ((word + kOnes * 6) & (kOnes * 0xf0)) >> 4;
  if (tens != kOnes * 0x33) return false;
  if (*first == '0' && size > 1 && first[1] != '.') return false;
  word = (word & kOnes * 0xf) * 2561 >> 8;  // pairs, then fours, then all
  word = (word & 0x00ff00ff00ff00ff) * 6553601 >> 16;
  digits = static_cast<std::uint32_t>((word & 0x0000ffff0000ffff) * 42949672960001 >> 32);
  return true;
}

class JsonTokens {
 public:
  // The tokens of `text`; of one text a thread at a time.
  bool index(std::string_view text);

  std::uint32_t count() const { return count_; }
  // '\0' past the end.
  char at(std::uint32_t token) const { return token < count_ ? text_[starts_[token]] : '\0'; }
  const char* start(std::uint32_t token) const { return text_ + starts_[token]; }
  const std::uint32_t* starts() const { return starts_; }  // of all tokens, from start_of_text()
  const char* start_of_text() const { return text_; }
  const char* end_of_text() const { return text_ + size_; }

  // What stands between the quotes, escapes and all.
  std::string_view raw_text(std::uint32_t token) const {
    return {start(token) + 1, static_cast<std::size_t>(end(token) - start(token) - 2)};
  }
  bool has_escapes(std::string_view raw) const {
    return any_escapes_ && raw.find('\\') != std::string_view::npos;
  }
  bool any_escapes() const { return any_escapes_; }
  bool number(std::uint32_t token, JsonNumber& number) const;
  // The same of an unsigned number of at most kShortNumber characters, all at once; false: of
  // others, and of what is no number.
  bool short_number(std::uint32_t token, std::uint32_t& digits, std::uint32_t& decimals) const {
    return token < count_ &&
           read_short_number(start(token), end(token), end_of_text(), digits, decimals);
  }
  bool is(std::uint32_t token, std::string_view literal) const {
    return std::string_view(start(token), static_cast<std::size_t>(end(token) - start(token))) ==
           literal;
  }
  // Past a whole value, which it judges.
  bool skip(std::uint32_t& token, int depth = 0) const;
  // Past a list or object that somebody else will judge.
  bool skip_unjudged(std::uint32_t& token) const;

 private:
  // Where the token ends: spaces may follow.
  const char* end(std::uint32_t token) const {
    const char* end = text_ + (token + 1 < count_ ? starts_[token + 1] : size_);
    while (is_space(end[-1])) --end;
    return end;
  }
  static bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }
  bool skip_scalar(std::uint32_t token) const;

  const char* text_ = nullptr;
  std::uint32_t size_ = 0;
  const std::uint32_t* starts_ = nullptr;
  std::uint32_t count_ = 0;
  bool any_escapes_ = false;
};

// Appends the text that `raw` stands for. `out` never becomes longer than `raw` is.
bool unescape(std::string_view raw, std::string& out);

}  // namespace trig::exec
