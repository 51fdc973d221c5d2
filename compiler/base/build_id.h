// Which build of trig this is: what one build keeps for itself, another must not read.
#pragma once

#include <string>

namespace trig {

// The build id that the linker wrote into the running program (an ELF note, NT_GNU_BUILD_ID): a
// hash of all that is linked into it. Empty where there is none.
std::string build_id();

}  // namespace trig
