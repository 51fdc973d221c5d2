// Numbers of the stored forms of PersonState and Message: the first byte of each record. A reader
// knows every form that was ever released; a higher number is of a newer release.
#pragma once

#include <cstdint>

namespace trig::exec {

constexpr std::uint8_t kPersonForm = 6;
constexpr std::uint8_t kMessageForm = 3;

}  // namespace trig::exec
