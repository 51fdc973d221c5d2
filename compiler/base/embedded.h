// Text files of the source tree that are built into the program (see trig_embed in CMakeLists.txt).
#pragma once

#include <cstddef>
#include <string_view>

namespace trig {

struct EmbeddedFile {
  std::string_view name;  // file name without folders
  std::string_view text;
};

}  // namespace trig
