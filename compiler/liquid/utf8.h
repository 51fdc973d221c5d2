// UTF-8, one character at a time.
#pragma once

#include <string>
#include <string_view>

namespace trig::liquid {

// The character at `at`, which moves behind it; an invalid byte stands for itself.
char32_t decode_utf8(std::string_view text, std::size_t& at);
void append_utf8(std::string& out, char32_t code);
bool is_utf8(std::string_view text);

}  // namespace trig::liquid
