#include "compiler/exec/json_tokens.h"

#include <simdjson.h>

#include <memory>

namespace trig::exec {
namespace {

using Indexer = simdjson::internal::dom_parser_implementation;

// What is larger or deeper takes the slow way.
constexpr std::size_t kMaxIndexedBytes = 64 * 1024;
constexpr int kMaxSkippedDepth = 32;

// One a thread: it keeps its buffers between texts.
Indexer* indexer() {
  thread_local std::unique_ptr<Indexer> instance;
  if (instance == nullptr) {
    simdjson::error_code error =
        simdjson::get_active_implementation()->create_dom_parser_implementation(
            kMaxIndexedBytes, kMaxSkippedDepth, instance);
    if (error != simdjson::SUCCESS) instance.reset();
  }
  return instance.get();
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// \uXXXX of the basic plane, but no half of a pair.
bool append_code_point(std::string_view digits, std::string& out) {
  int code = 0;
  for (char c : digits) {
    int digit = hex_digit(c);
    if (digit < 0) return false;
    code = code * 16 + digit;
  }
  if (code >= 0xd800 && code < 0xe000) return false;
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xc0 | code >> 6);
    out += static_cast<char>(0x80 | (code & 0x3f));
  } else {
    out += static_cast<char>(0xe0 | code >> 12);
    out += static_cast<char>(0x80 | (code >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (code & 0x3f));
  }
  return true;
}

char unescaped(char c) {
  switch (c) {
    case '"':
    case '\\':
    case '/': return c;
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return '\0';  // NOLINT: of all characters
  }
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

bool JsonTokens::index(std::string_view text) {
  Indexer* stage = indexer();
  if (stage == nullptr || text.empty() || text.size() > kMaxIndexedBytes) return false;
  if (stage->stage1(reinterpret_cast<const std::uint8_t*>(text.data()), text.size(),
                    simdjson::stage1_mode::regular) != simdjson::SUCCESS)
    return false;
  text_ = text.data();
  size_ = static_cast<std::uint32_t>(text.size());
  starts_ = stage->structural_indexes.get();
  count_ = stage->n_structural_indexes;
  any_escapes_ = text.find('\\') != std::string_view::npos;
  return true;
}

bool JsonTokens::number(std::uint32_t token, JsonNumber& number) const {
  const char* at = start(token);
  const char* stop = end(token);
  number = {};
  number.text = {at, static_cast<std::size_t>(stop - at)};
  constexpr std::size_t kLongest = 20;  // sign, point, and 18 digits that any 64 bits can hold
  if (number.text.size() > kLongest) return false;
  if (*at == '-') {
    number.negative = true;
    ++at;
  }
  const char* first = at;
  while (at < stop && is_digit(*at)) number.digits = number.digits * 10 + (*at++ - '0');
  auto whole = static_cast<std::uint32_t>(at - first);
  if (whole == 0 || (whole > 1 && *first == '0')) return false;
  if (at < stop && *at == '.') {
    const char* point = at++;
    while (at < stop && is_digit(*at)) number.digits = number.digits * 10 + (*at++ - '0');
    number.decimals = static_cast<std::uint32_t>(at - point - 1);
    if (number.decimals == 0) return false;
  }
  number.digit_count = whole + number.decimals;
  constexpr std::uint32_t kMostDigits = 18;
  return at == stop && number.digit_count <= kMostDigits;
}

bool JsonTokens::skip_scalar(std::uint32_t token) const {
  switch (at(token)) {
    case '"': {
      std::string_view raw = raw_text(token);
      if (!has_escapes(raw)) return true;
      std::string text;
      return unescape(raw, text);
    }
    case 't': return is(token, "true");
    case 'f': return is(token, "false");
    case 'n': return is(token, "null");
    default: {  // NOLINT: of all characters
      JsonNumber number_there;
      return token < count_ && number(token, number_there);
    }
  }
}

bool JsonTokens::skip(std::uint32_t& token, int depth) const {
  const char open = at(token);
  if (open != '{' && open != '[') return skip_scalar(token++);
  if (depth >= kMaxSkippedDepth) return false;
  const char close = open == '{' ? '}' : ']';
  if (at(++token) == close) {
    ++token;
    return true;
  }
  for (;; ++token) {
    if (open == '{') {
      if (at(token) != '"' || !skip_scalar(token) || at(token + 1) != ':') return false;
      token += 2;
    }
    if (!skip(token, depth + 1)) return false;
    if (at(token) == close) break;
    if (at(token) != ',') return false;
  }
  ++token;
  return true;
}

bool JsonTokens::skip_unjudged(std::uint32_t& token) const {
  int open = 0;
  for (; token < count_; ++token) {
    char c = text_[starts_[token]];
    // Brackets and braces differ in 0x20 only in their lower bits: [ { are 5b 7b, ] } are 5d 7d.
    char kind = static_cast<char>(c | 0x20);
    if (kind == '{') ++open;
    if (kind == '}' && --open == 0) {
      ++token;
      return true;
    }
  }
  return false;
}

bool unescape(std::string_view raw, std::string& out) {
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] != '\\') {
      out += raw[i];
      continue;
    }
    if (++i == raw.size()) return false;
    if (raw[i] == 'u') {
      constexpr std::size_t kDigits = 4;
      if (raw.size() - i <= kDigits || !append_code_point(raw.substr(i + 1, kDigits), out))
        return false;
      i += kDigits;
      continue;
    }
    const char c = unescaped(raw[i]);
    if (c == '\0') return false;
    out += c;
  }
  return true;
}

}  // namespace trig::exec
