// Text that clients send as JSON although it is not quite. Two faults are common enough that losing
// a whole batch over them would be wrong, and both have one accepted cure: U+FFFD in place of what
// cannot be read.
#pragma once

#include <string>
#include <string_view>

namespace trig::ingest {

// Every ill-formed byte sequence becomes one U+FFFD (Unicode 15, §3.9, "maximal subparts").
std::string replace_invalid_utf8(std::string_view text);

// Every \uD800…\uDFFF escape without its other half becomes \ufffd: JavaScript makes such text by
// cutting a string in the middle of an emoji (RFC 8259 §8.2).
std::string replace_lone_surrogates(std::string_view json);

// The longest prefix of at most `max_bytes` that does not end inside a UTF-8 sequence.
std::string_view utf8_prefix(std::string_view text, std::size_t max_bytes);

}  // namespace trig::ingest
