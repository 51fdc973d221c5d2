#include "runtime/delivery/header_encoding.h"

#include <algorithm>
#include <cctype>
#include <vector>

#include "compiler/base/hash.h"
#include "runtime/delivery/address.h"
#include "runtime/delivery/quoted_printable.h"
#include "runtime/delivery/utf8.h"
#include "runtime/ports/limits.h"

namespace trig::delivery {
namespace {

constexpr std::size_t kFoldAt = 76;  // RFC 5322 §2.1.1 says 78, RFC 2047 76 beside encoded words
constexpr std::size_t kMaxHeaderLine = 998;    // RFC 5322 §2.1.1
constexpr std::size_t kMaxEncodedWord = 75;    // RFC 2047 §2
constexpr std::size_t kEncodedWordFrame = 12;  // =?UTF-8?Q??=
constexpr std::size_t kMaxPlainWord = 70;      // a longer one is encoded, so that it can be broken
constexpr std::size_t kMaxNameBytes = 50;      // leaves room for an encoded word on the first line

// A field that grows word by word and breaks before the word that would not fit.
class FoldedField {
 public:
  explicit FoldedField(std::string_view name) : text_(name), column_(name.size() + 1) {
    text_ += ':';
  }

  void add(std::string_view word) {
    if (!fits(word)) {
      text_ += "\r\n";
      column_ = 0;
    }
    text_ += ' ';
    text_ += word;
    column_ += 1 + word.size();
  }

  bool fits(std::string_view word) const { return column_ + 1 + word.size() <= kFoldAt; }

  // How long an encoded word may be on this line.
  std::size_t room() const { return column_ < kMaxEncodedWord ? kMaxEncodedWord - column_ : 0; }

  std::string take() { return std::move(text_) + "\r\n"; }

 private:
  std::string text_;
  std::size_t column_;
};

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> split_at_spaces(std::string_view text) {
  std::vector<std::string_view> words;
  while (true) {
    std::size_t space = text.find(' ');
    words.push_back(text.substr(0, space));
    if (space == std::string_view::npos) return words;
    text.remove_prefix(space + 1);
  }
}

Status check_field(std::string_view name, std::string_view value) {
  bool good_name =
      !name.empty() && name.size() <= kMaxNameBytes &&
      std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < 0x7f && c != ':'; });
  if (!good_name) return fail("a header needs a name of printable ASCII without a colon");
  if (has_control(value)) return fail("header `{}` has a control character in its value", name);
  if (!is_utf8(value)) return fail("header `{}` is not UTF-8", name);
  if (value.size() > kMaxMailHeaderBytes) {
    return fail("header `{}` has more than {} bytes", name, kMaxMailHeaderBytes);
  }
  return {};
}

// The characters that stand for themselves in every place an encoded word may stand.
bool is_plain_in_q(char c) {
  return c > 0 && (std::isalnum(static_cast<unsigned char>(c)) || c == '!' || c == '*' ||
                   c == '+' || c == '-' || c == '/');
}

std::size_t q_width(std::string_view text) {
  std::size_t width = 0;
  for (char c : text) width += is_plain_in_q(c) || c == ' ' ? 1 : 3;
  return width;
}

std::size_t b_width(std::string_view text) { return (text.size() + 2) / 3 * 4; }

std::string encoded_word(std::string_view text, bool as_q) {
  if (!as_q) return "=?UTF-8?B?" + base64(text) + "?=";
  std::string word = "=?UTF-8?Q?";
  for (char c : text) {
    if (is_plain_in_q(c)) {
      word += c;
    } else if (c == ' ') {
      word += '_';
    } else {
      append_quoted_octet(word, c);
    }
  }
  return word + "?=";
}

// `text` as encoded words, cut between code points; the white space between them means nothing.
void add_encoded(FoldedField& field, std::string_view text) {
  bool as_q = q_width(text) <= b_width(text);
  auto width = [&](std::string_view piece) { return as_q ? q_width(piece) : b_width(piece); };
  // An encoded word has room for at least one code point: 4 bytes are 12 characters.
  constexpr std::size_t kLeast = kEncodedWordFrame + 12;
  while (!text.empty()) {
    std::size_t room = field.room() < kLeast ? kMaxEncodedWord : field.room();
    std::size_t end = utf8_length(text);
    while (end < text.size()) {
      std::size_t next = end + utf8_length(text.substr(end));
      if (kEncodedWordFrame + width(text.substr(0, next)) > room) break;
      end = next;
    }
    field.add(encoded_word(text.substr(0, end), as_q));
    text.remove_prefix(end);
  }
}

bool must_be_encoded(std::string_view word) {
  return word.empty() || word.size() > kMaxPlainWord || !is_ascii(word) ||
         word.find("=?") != std::string_view::npos;
}

// Plain words stay; from the first to the last that must be encoded all is, spaces included. `text`
// has no space at its ends.
void add_text(FoldedField& field, std::string_view text) {
  if (text.empty()) return;
  std::vector<std::string_view> words = split_at_spaces(text);
  auto first = std::find_if(words.begin(), words.end(), must_be_encoded);
  auto last = std::find_if(words.rbegin(), words.rend(), must_be_encoded).base();
  if (!field.fits(words[0])) {
    // Some readers take a line break right after the colon for a space of the value.
    if (first == words.end()) last = words.begin() + 1;
    first = words.begin();
  }
  if (first != words.end()) {
    // An empty word stands between two spaces: they are kept only inside an encoded word.
    while (first->empty()) --first;
    while ((last - 1)->empty()) ++last;
  }
  for (auto word = words.begin(); word != first; ++word) field.add(*word);
  if (first == words.end()) return;
  const char* begin = first->data();
  const char* end = (last - 1)->data() + (last - 1)->size();
  add_encoded(field, {begin, static_cast<std::size_t>(end - begin)});
  for (auto word = last; word != words.end(); ++word) field.add(*word);
}

std::string quoted_string(std::string_view text) {
  std::string quoted = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

bool is_atom(std::string_view text) { return std::all_of(text.begin(), text.end(), is_atext); }

}  // namespace

Result<std::string> text_header(std::string_view name, std::string_view value) {
  if (Status checked = check_field(name, value); !checked) {
    return tl::unexpected(checked.error());
  }
  FoldedField field(name);
  add_text(field, trim(value));
  return field.take();
}

Result<std::string> structured_header(std::string_view name, std::string_view value) {
  if (Status checked = check_field(name, value); !checked) {
    return tl::unexpected(checked.error());
  }
  if (!is_ascii(value)) return fail("header `{}` has to be ASCII", name);
  FoldedField field(name);
  for (std::string_view word : split_at_spaces(value)) {
    if (word.empty()) continue;  // in these fields many spaces mean the same as one
    if (word.size() + 1 > kMaxHeaderLine)
      return fail("header `{}` has a word too long for a line", name);
    field.add(word);
  }
  return field.take();
}

Result<std::string> mailbox_header(std::string_view name, const Mailbox& mailbox) {
  if (Status checked = check_field(name, mailbox.name); !checked) {
    return tl::unexpected(checked.error());
  }
  Result<Address> address = parse_address(mailbox.address);
  if (!address) return fail("header `{}`: {}", name, address.error().message);
  FoldedField field(name);
  std::string_view phrase = trim(mailbox.name);
  if (phrase.empty()) {
    field.add(address->text());
    return field.take();
  }
  std::string quoted = is_atom(phrase) ? std::string(phrase) : quoted_string(phrase);
  bool encode =
      !field.fits(quoted) || !is_ascii(phrase) || phrase.find("=?") != std::string_view::npos;
  if (encode) {
    add_encoded(field, phrase);
  } else {
    field.add(quoted);
  }
  field.add("<" + address->text() + ">");
  return field.take();
}

Result<std::string> mailbox_text(const Mailbox& mailbox) {
  Result<Address> address = parse_address(mailbox.address);
  if (!address) return tl::unexpected(address.error());
  std::string_view phrase = trim(mailbox.name);
  if (phrase.empty()) return address->text();
  return fmt::format("{} <{}>", quoted_string(phrase), address->text());
}

}  // namespace trig::delivery
