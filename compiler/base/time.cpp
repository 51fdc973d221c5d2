#include "compiler/base/time.h"

#include <date/date.h>
#include <date/tz.h>
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <functional>
#include <limits>
#include <string>
#include <unordered_map>

#include "compiler/base/check.h"
#include "compiler/base/text_hash.h"

namespace trig {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;

constexpr std::array<std::string_view, 7> kUnitNames = {"second", "minute", "hour", "day",
                                                        "week",   "month",  "year"};
constexpr std::array<std::int64_t, 7> kUnitSeconds = {1,      60,         3600,       86400,
                                                      604800, 86400 * 30, 86400 * 365};

const date::time_zone* entry_of(const void* entry) {
  return static_cast<const date::time_zone*>(entry);
}

date::local_seconds whole_seconds(LocalTime local) {
  return date::local_seconds(std::chrono::floor<seconds>(local.since_epoch));
}

// Most lines of `why` tell an instant: by hand it costs a tenth of what a format string does.
void append_two_digits(std::string& text, int number) {
  text += static_cast<char>('0' + number / 10);
  text += static_cast<char>('0' + number % 10);
}

// Reads exactly `count` digits at `position`.
std::optional<int> digits(std::string_view text, std::size_t position, std::size_t count) {
  if (position + count > text.size()) return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    char c = text[position + i];
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

// The offset at the end of an RFC 3339 time: "Z", "+02:00", "-0530".
std::optional<std::chrono::minutes> parse_offset(std::string_view text) {
  if (text == "Z" || text == "z") return std::chrono::minutes(0);
  if (text.empty() || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  bool colon = text.size() == 6 && text[3] == ':';
  if (!colon && text.size() != 5) return std::nullopt;
  auto hours = digits(text, 1, 2);
  auto minutes = digits(text, colon ? 4 : 3, 2);
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  auto offset = std::chrono::minutes(*hours * 60 + *minutes);
  return text[0] == '-' ? -offset : offset;
}

std::optional<Instant> parse_epoch_milliseconds(std::string_view text) {
  std::int64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  constexpr std::int64_t kEarliest = 100'000'000'000;    // 1973: smaller are not milliseconds
  constexpr std::int64_t kLatest = 253'402'300'800'000;  // year 10000
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (value < kEarliest || value >= kLatest) return std::nullopt;
  return Instant(std::chrono::milliseconds(value));
}

}  // namespace

TimeOfDay LocalTime::time_of_day() const {
  auto in_day = since_epoch - std::chrono::floor<std::chrono::days>(since_epoch);
  return {static_cast<std::int16_t>(std::chrono::floor<std::chrono::minutes>(in_day).count())};
}

LocalTime LocalTime::at(Date date, TimeOfDay time) {
  return {date.time_since_epoch() + std::chrono::minutes(time.minutes)};
}

Zone Zone::utc() {
  static const date::time_zone* const zone = date::locate_zone("Etc/UTC");
  return Zone(zone);
}

// Found zones are remembered by each thread, of which there are no more than the database has: a
// mail looks up its person's.
std::optional<Zone> Zone::find(std::string_view name) {
  static thread_local std::unordered_map<std::string, const date::time_zone*, TextHash,
                                         std::equal_to<>>
      known;
  if (const auto found = known.find(name); found != known.end()) return Zone(found->second);
  try {
    const date::time_zone* zone = date::locate_zone(std::string(name));
    known.emplace(name, zone);
    return Zone(zone);
  } catch (const std::runtime_error&) {  // the tz library's way to say: no such zone
    return std::nullopt;
  }
}

const std::string& Zone::name() const { return entry_of(entry_)->name(); }

LocalTime Zone::to_local(Instant instant) const {
  return {entry_of(entry_)->to_local(instant).time_since_epoch()};
}

bool Zone::exists(LocalTime local) const {
  return entry_of(entry_)->get_info(whole_seconds(local)).result != date::local_info::nonexistent;
}

Instant Zone::to_instant(LocalTime local) const {
  date::local_info info = entry_of(entry_)->get_info(whole_seconds(local));
  if (info.result == date::local_info::nonexistent)
    return Instant(info.first.end.time_since_epoch());
  return Instant(local.since_epoch - info.first.offset);  // `first` is the earlier when ambiguous
}

Duration Span::exact() const {
  return seconds(amount * kUnitSeconds[static_cast<std::size_t>(unit)]);
}

Instant add_span(Instant from, Span span, Zone zone) {
  if (!span.is_calendar()) return from + span.exact();
  LocalTime local = zone.to_local(from);
  auto in_day = local.since_epoch - std::chrono::floor<std::chrono::days>(local.since_epoch);
  date::year_month_day day{date::sys_days(local.date().time_since_epoch())};
  date::sys_days target;
  switch (span.unit) {
    case CalendarUnit::kMonth:
    case CalendarUnit::kYear: {
      auto months = date::months(span.unit == CalendarUnit::kYear ? span.amount * 12 : span.amount);
      date::year_month_day moved = day + months;
      if (!moved.ok()) moved = moved.year() / moved.month() / date::last;
      target = date::sys_days(moved);
      break;
    }
    case CalendarUnit::kWeek: target = date::sys_days(day) + date::days(span.amount * 7); break;
    case CalendarUnit::kDay: target = date::sys_days(day) + date::days(span.amount); break;
    case CalendarUnit::kSecond:
    case CalendarUnit::kMinute:
    case CalendarUnit::kHour: TRIG_CHECK(false, "an exact span took the calendar path");
  }
  return zone.to_instant({target.time_since_epoch() + in_day});
}

Instant at_local(Date date, TimeOfDay time, Zone zone) {
  return zone.to_instant(LocalTime::at(date, time));
}

Instant next_local(Instant from, TimeOfDay time, Zone zone) {
  Date today = zone.to_local(from).date();
  for (int day = 0;; ++day) {
    Instant candidate = at_local(today + std::chrono::days(day), time, zone);
    if (candidate >= from) return candidate;
    TRIG_CHECK(day < 3, "no local time found within three days");
  }
}

std::optional<Date> parse_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  auto year = digits(text, 0, 4);
  auto month = digits(text, 5, 2);
  auto day = digits(text, 8, 2);
  if (!year || !month || !day) return std::nullopt;
  date::year_month_day ymd = date::year(*year) / *month / *day;
  if (!ymd.ok()) return std::nullopt;
  return Date(date::sys_days(ymd).time_since_epoch());
}

std::optional<TimeOfDay> parse_time_of_day(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  auto hour = digits(text, 0, 2);
  auto minute = digits(text, 3, 2);
  if (!hour || !minute || *hour > 23 || *minute > 59) return std::nullopt;
  return TimeOfDay{static_cast<std::int16_t>(*hour * 60 + *minute)};
}

std::optional<Instant> parse_instant(std::string_view text) {
  if (auto epoch = parse_epoch_milliseconds(text)) return epoch;
  if (text.size() < 17 || (text[10] != 'T' && text[10] != 't' && text[10] != ' '))
    return std::nullopt;
  auto day = parse_date(text.substr(0, 10));
  auto time = parse_time_of_day(text.substr(11, 5));
  if (!day || !time) return std::nullopt;
  microseconds rest{0};
  std::size_t i = 16;
  if (i < text.size() && text[i] == ':') {
    auto second = digits(text, i + 1, 2);
    if (!second || *second > 60) return std::nullopt;
    rest = seconds(std::min(*second, 59));  // a leap second counts as the one before
    i += 3;
    if (i < text.size() && text[i] == '.') {
      std::int64_t scale = 100'000;
      for (++i; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i, scale /= 10)
        rest += microseconds((text[i] - '0') * scale);
    }
  }
  auto offset = parse_offset(text.substr(i));
  if (!offset) return std::nullopt;
  return Instant(LocalTime::at(*day, *time).since_epoch + rest - *offset);
}

std::string to_string(Date day) {
  date::year_month_day ymd{date::sys_days(day.time_since_epoch())};
  const int year = static_cast<int>(ymd.year());
  if (year < 0 || year > 9999)
    return fmt::format("{:04}-{:02}-{:02}", year, static_cast<unsigned>(ymd.month()),
                       static_cast<unsigned>(ymd.day()));
  std::string text;
  append_two_digits(text, year / 100);
  append_two_digits(text, year % 100);
  text += '-';
  append_two_digits(text, static_cast<int>(static_cast<unsigned>(ymd.month())));
  text += '-';
  append_two_digits(text, static_cast<int>(static_cast<unsigned>(ymd.day())));
  return text;
}

std::string to_string(TimeOfDay time) {
  std::string text;
  append_two_digits(text, time.minutes / 60);
  text += ':';
  append_two_digits(text, time.minutes % 60);
  return text;
}

std::string to_string(Instant instant) {
  LocalTime utc{instant.time_since_epoch()};
  auto in_day = utc.since_epoch - utc.date().time_since_epoch();
  auto second = std::chrono::floor<seconds>(in_day).count() % 60;
  auto fraction = (in_day % seconds(1)).count();
  std::string text =
      fmt::format("{}T{}:{:02}", to_string(utc.date()), to_string(utc.time_of_day()), second);
  if (fraction != 0) text += fmt::format(".{:06}", fraction);
  return text + "Z";
}

std::string to_string(LocalTime local) {
  auto second = std::chrono::floor<seconds>(local.since_epoch).count() % 60;
  std::string text = to_string(local.date());
  text += ' ';
  text += to_string(local.time_of_day());
  if (second != 0) {
    text += ':';
    append_two_digits(text, static_cast<int>(second));
  }
  return text;
}

std::string to_string(Span span) {
  return fmt::format("{} {}{}", span.amount, kUnitNames[static_cast<std::size_t>(span.unit)],
                     span.amount == 1 ? "" : "s");
}

std::string duration_text(Duration duration) {
  if (duration < Duration(0)) return "-" + duration_text(-duration);
  std::string text;
  auto rest = std::chrono::floor<seconds>(duration).count();
  for (CalendarUnit unit :
       {CalendarUnit::kDay, CalendarUnit::kHour, CalendarUnit::kMinute, CalendarUnit::kSecond}) {
    std::int64_t size = kUnitSeconds[static_cast<std::size_t>(unit)];
    if (rest < size) continue;
    if (!text.empty()) text += ' ';
    text += to_string(Span{rest / size, unit});
    rest %= size;
  }
  auto fraction = (duration % seconds(1)).count();
  if (text.empty())
    return fraction == 0 ? "0 seconds" : fmt::format("{} ms", static_cast<double>(fraction) / 1000);
  return text;
}

}  // namespace trig
