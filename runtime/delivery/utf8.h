// Steps through UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing past U+10FFFF).
//
//   for (std::size_t at = 0; at < text.size(); at += utf8_length(text.substr(at))) …  // if valid
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace trig::delivery {

// Bytes of the code point that `text` begins with; 0 if it does not begin with a well-formed one.
std::size_t utf8_length(std::string_view text);

bool is_utf8(std::string_view text);
bool is_ascii(std::string_view text);

// True if `text` holds one of U+0000 to U+001F or U+007F.
bool has_control(std::string_view text);

// What a peer said, fit for a log: control characters and broken UTF-8 as "?", bounded.
std::string printable(std::string_view text, std::size_t max_bytes = 500);

}  // namespace trig::delivery
