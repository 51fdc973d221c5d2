// Distinct types for distinct numbers, so that a person is never taken for a journey.
#pragma once

#include <cstdint>
#include <functional>

namespace trig {

enum class PersonId : std::uint64_t { kNone = 0 };   // given out by the front stage, never reused
enum class JourneyId : std::uint64_t { kNone = 0 };  // unique within a data directory
enum class MessageId : std::uint64_t { kNone = 0 };  // one mail; the Message-ID header derives from it
enum class Sequence : std::uint64_t { kNone = 0 };   // position of an input in the log, from 1

template <typename Id>
constexpr std::uint64_t raw(Id id) {
  return static_cast<std::uint64_t>(id);
}

}  // namespace trig
