// Time as trig means it. Nothing in the compiler or the engine reads a clock: instants come in as
// values. Calendar and zone arithmetic is over the system's tz database (IANA).
//
// Rules of DESIGN (and docs/reference/semantics.md): a local time that does not exist (spring) is
// the next instant that does, one that exists twice (autumn) is the first.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "compiler/base/result.h"

namespace trig {

using Duration = std::chrono::microseconds;
using Instant = std::chrono::sys_time<Duration>;  // UTC, microseconds since 1970
using Date = std::chrono::sys_days;               // a calendar day, no zone

// Minutes since local midnight, 0 to 1439.
struct TimeOfDay {
  std::int16_t minutes = 0;
  friend auto operator<=>(TimeOfDay, TimeOfDay) = default;
};

// A date and wall-clock time in some zone that is not named here; seconds since 1970-01-01 00:00.
struct LocalTime {
  std::chrono::microseconds since_epoch{0};
  Date date() const { return Date(std::chrono::floor<std::chrono::days>(since_epoch)); }
  TimeOfDay time_of_day() const;
  static LocalTime at(Date date, TimeOfDay time);
  friend auto operator<=>(LocalTime, LocalTime) = default;
};

// A time zone of the tz database. Cheap to copy; the database entry lives as long as the process.
class Zone {
 public:
  static Zone utc();
  static std::optional<Zone> find(std::string_view name);  // "Europe/Paris"

  LocalTime to_local(Instant instant) const;
  Instant to_instant(LocalTime local) const;
  bool exists(LocalTime local) const;  // false inside a spring gap
  const std::string& name() const;
  friend bool operator==(Zone, Zone) = default;

 private:
  explicit Zone(const void* entry) : entry_(entry) {}
  const void* entry_;
};

enum class CalendarUnit : std::uint8_t { kSecond, kMinute, kHour, kDay, kWeek, kMonth, kYear };

// A duration as written: seconds to hours are exact, days to years are calendar units.
struct Span {
  std::int64_t amount = 0;
  CalendarUnit unit = CalendarUnit::kSecond;

  bool is_calendar() const { return unit >= CalendarUnit::kDay; }
  // Exact length; a day is 24 h, a month 30 days, a year 365 days (used by windows).
  Duration exact() const;
  friend bool operator==(Span, Span) = default;
};

// The instant `span` after `from`: exact for seconds to hours; for days to years the same wall
// clock time on the later date in `zone` (31 January + 1 month is 28 or 29 February).
Instant add_span(Instant from, Span span, Zone zone);

// The first instant at `time` in `zone` that is not before `from` (`from` itself if exactly that).
Instant next_local(Instant from, TimeOfDay time, Zone zone);

// `date` at `time` in `zone`.
Instant at_local(Date date, TimeOfDay time, Zone zone);

// Parsing and printing: ISO 8601 / RFC 3339 for instants, YYYY-MM-DD, HH:MM.
std::optional<Instant> parse_instant(std::string_view text);  // needs an offset or Z; or epoch ms
std::optional<Date> parse_date(std::string_view text);
std::optional<TimeOfDay> parse_time_of_day(std::string_view text);
std::string to_string(Instant instant);  // "2026-03-28T12:00:00Z", with .ffffff if not whole
std::string to_string(Date date);
std::string to_string(TimeOfDay time);
std::string to_string(Span span);              // "30 minutes", "1 day"
std::string to_string(LocalTime local);        // "2026-03-28 12:00"
std::string duration_text(Duration duration);  // "1 hour 30 minutes"

}  // namespace trig
