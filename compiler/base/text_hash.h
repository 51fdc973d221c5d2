// Lets a hash table of texts be asked by a std::string_view (with std::equal_to<>).
#pragma once

#include <functional>
#include <string_view>

namespace trig {

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>()(text);
  }
};

}  // namespace trig
