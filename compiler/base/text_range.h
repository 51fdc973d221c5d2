// Places in source text. A range is half open, in bytes of UTF-8, within one source.
#pragma once

#include <cstdint>

namespace trig {

enum class SourceId : std::uint32_t { kNone = 0xffffffff };

struct TextRange {
  SourceId source = SourceId::kNone;
  std::uint32_t begin = 0;  // byte offset of the first byte
  std::uint32_t end = 0;    // byte offset one past the last byte

  bool valid() const { return source != SourceId::kNone; }
  friend bool operator==(const TextRange&, const TextRange&) = default;
};

// The smallest range that covers both; either may be invalid.
inline TextRange cover(TextRange a, TextRange b) {
  if (!a.valid()) return b;
  if (!b.valid()) return a;
  return {a.source, a.begin < b.begin ? a.begin : b.begin, a.end > b.end ? a.end : b.end};
}

}  // namespace trig
