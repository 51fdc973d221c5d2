// Memory that will be read or written soon is read now, along with other memory of its kind: a
// processor waits for many such reads together as long as for one. (Prefetch instructions may be
// dropped where the page is unknown, which memory that was last used long ago mostly is.)
#pragma once

#include <algorithm>
#include <cstddef>

namespace trig {

// The first KiB of it at most: more would drive out what was read before.
inline void touch(const void* begin, std::size_t bytes) {
  constexpr std::size_t kLine = 64;
  constexpr std::size_t kAtMost = 16 * kLine;
  const char* const from = static_cast<const char*>(begin);
  for (std::size_t at = 0; at < std::min(bytes, kAtMost); at += kLine)
    asm volatile("" : : "r"(from[at]));
}

}  // namespace trig
