// The version of the language that this compiler knows. Trig N.0 and newer know language N; what
// the promise is stands in docs/reference/semantics.md (34). It is part of every campaign's
// version: what the same text means may change with the language.
#pragma once

#include <cstdint>

namespace trig {

constexpr std::int64_t kLanguageVersion = 1;

}  // namespace trig
