// Filters between text and its encodings: base64 and URLs.
#include <algorithm>

#include "compiler/base/hash.h"
#include "compiler/liquid/filter_support.h"
#include "compiler/liquid/utf8.h"

namespace trig::liquid::filters {
namespace {

// What decoding uncovers was not escaped, even if the text it came from was.
Data decoded(std::string text, const Data& input) {
  check_text_size(text.size());
  return Data::text(std::move(text),
                    input.trust() == Trust::kMarkup ? Trust::kData : input.trust());
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_plain_in_url(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.' || c == '*' || c == '~';
}

}  // namespace

Data base64_encode(const Data& input, const FilterArguments&, const FilterContext&) {
  return text_result(base64(to_text(input)), input);
}

Data base64_url_safe_encode(const Data& input, const FilterArguments&, const FilterContext&) {
  std::string text = base64(to_text(input));
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text_result(std::move(text), input);
}

Data base64_decode_filter(const Data& input, const FilterArguments&, const FilterContext&) {
  std::string text = to_text(input);
  std::string bytes;
  if (text.size() % 4 != 0 || !base64_decode(text, bytes))
    throw_error("invalid base64 provided to base64_decode");
  return decoded(std::move(bytes), input);
}

Data base64_url_safe_decode(const Data& input, const FilterArguments&, const FilterContext&) {
  std::string text = to_text(input);
  while (!text.empty() && text.back() == '=') text.pop_back();
  std::string bytes;
  if (!base64_url_decode(text, bytes))
    throw_error("invalid base64 provided to base64_url_safe_decode");
  return decoded(std::move(bytes), input);
}

Data url_encode(const Data& input, const FilterArguments&, const FilterContext&) {
  if (input.is_nil()) return {};
  std::string out;
  for (char c : to_text(input)) {
    if (is_plain_in_url(c))
      out += c;
    else if (c == ' ')
      out += '+';
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return text_result(std::move(out), input);
}

Data url_decode(const Data& input, const FilterArguments&, const FilterContext&) {
  if (input.is_nil()) return {};
  std::string text = to_text(input);
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    int high = text[i] == '%' && i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
    if (low >= 0) {
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  if (!is_utf8(out)) throw_error("invalid byte sequence in UTF-8");
  return decoded(std::move(out), input);
}

}  // namespace trig::liquid::filters
