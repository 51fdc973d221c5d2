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

#include <cstdint>
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

class JsonTokens {
 public:
  // The tokens of `text`; of one text a thread at a time.
  bool index(std::string_view text);

  std::uint32_t count() const { return count_; }
  // '\0' past the end.
  char at(std::uint32_t token) const { return token < count_ ? text_[starts_[token]] : '\0'; }
  const char* start(std::uint32_t token) const { return text_ + starts_[token]; }

  // What stands between the quotes, escapes and all.
  std::string_view raw_text(std::uint32_t token) const {
    return {start(token) + 1, static_cast<std::size_t>(end(token) - start(token) - 2)};
  }
  bool has_escapes(std::string_view raw) const {
    return any_escapes_ && raw.find('\\') != std::string_view::npos;
  }
  bool number(std::uint32_t token, JsonNumber& number) const;
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
