// Distinct types for distinct numbers, so that a person is never taken for a journey.
#pragma once

#include <cstdint>

namespace trig {

enum class PersonId : std::uint64_t { kNone = 0 };   // given out by the front stage, never reused
enum class JourneyId : std::uint64_t { kNone = 0 };  // unique within a data directory
enum class MessageId : std::uint64_t { kNone = 0 };  // one mail; its Message-ID derives from it
enum class Sequence : std::uint64_t { kNone = 0 };   // position of an input in the log, from 1

template <typename Id>
constexpr std::uint64_t raw(Id id) {
  return static_cast<std::uint64_t>(id);
}

// Journeys and messages are numbered per person, so that ids do not depend on how people are spread
// over shards and an id alone leads to its person: 40 bits of person, 24 bits of number.
constexpr int kNumberBits = 24;
constexpr std::uint64_t kMaxNumber = (std::uint64_t{1} << kNumberBits) - 1;

constexpr std::uint64_t numbered(PersonId person, std::uint64_t number) {
  return (raw(person) << kNumberBits) | (number & kMaxNumber);
}
// The person an id was given to; after a merge that id forwards to the survivor.
constexpr PersonId person_of(JourneyId id) { return PersonId{raw(id) >> kNumberBits}; }
constexpr PersonId person_of(MessageId id) { return PersonId{raw(id) >> kNumberBits}; }

}  // namespace trig
