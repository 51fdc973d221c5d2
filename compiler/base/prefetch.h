// Memory that will be read or written soon: the processor starts to bring it nearer and goes on.
#pragma once

#include <algorithm>
#include <cstddef>

namespace trig {

// The first KiB of it at most: more would drive out what was asked for before.
inline void prefetch(const void* begin, std::size_t bytes) {
  constexpr std::size_t kLine = 64;
  constexpr std::size_t kAtMost = 16 * kLine;
  for (std::size_t at = 0; at < std::min(bytes, kAtMost); at += kLine)
    __builtin_prefetch(static_cast<const char*>(begin) + at);
}

}  // namespace trig
