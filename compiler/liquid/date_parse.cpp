// Reads dates as people write them. Parts that are not said are those of today (year, day) or zero
// (time). A number pair with slashes is day/month, as in the reference.
#include <algorithm>
#include <array>

#include "compiler/base/ascii.h"
#include "compiler/liquid/date_format.h"

namespace trig::liquid {
namespace {

struct Found {
  std::optional<int> year, month, day, hour, minute, second;
  std::int64_t micros = 0;
  bool afternoon = false;
  bool morning = false;
  std::optional<std::chrono::seconds> offset;
  std::string zone;
};

class DateReader {
 public:
  explicit DateReader(std::string text) : text_(std::move(text)) {}

  std::optional<Found> read() {
    while (at_ < text_.size()) {
      char c = text_[at_];
      if (is_digit(c) ? !number() : is_letter(c) ? !word() : !sign()) return std::nullopt;
    }
    bool said = found_.month || found_.hour || (found_.day && found_.year);
    return said ? std::optional(found_) : std::nullopt;
  }

 private:
  // A run of at most 9 digits.
  std::optional<int> digits() {
    std::size_t begin = at_;
    int value = 0;
    while (at_ < text_.size() && is_digit(text_[at_])) {
      if (at_ - begin == 9) return std::nullopt;
      value = value * 10 + (text_[at_++] - '0');
    }
    return at_ > begin ? std::optional(value) : std::nullopt;
  }

  bool skip(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  bool digit_follows(std::size_t ahead = 1) const {
    return at_ + ahead < text_.size() && is_digit(text_[at_ + ahead]);
  }

  bool number() {
    std::size_t begin = at_;
    std::optional<int> value = digits();
    if (!value) return false;
    std::size_t size = at_ - begin;
    char next = at_ < text_.size() ? text_[at_] : ' ';
    if (next == ':' && digit_follows()) return clock(*value);
    if ((next == '-' || next == '/' || next == '.') && digit_follows())
      return numeric_date(*value, size, next);
    if (size == 8 && !found_.year)
      return set_date(*value / 10000, *value / 100 % 100, *value % 100);
    skip_ordinal();
    if (meridian_follows()) return set_hour(*value);
    if (size >= 3 || *value > 31 || found_.day)
      return set_once(found_.year, full_year(*value, size));
    return set_once(found_.day, *value);
  }

  void skip_ordinal() {
    for (std::string_view ending : {"st", "nd", "rd", "th"})
      if (text_.compare(at_, 2, ending) == 0) {
        at_ += 2;
        return;
      }
  }

  bool meridian_follows() const {
    std::size_t at = text_.find_first_not_of(' ', at_);
    if (at == std::string::npos) return false;
    std::string_view word = std::string_view(text_).substr(at, 2);
    return (word == "am" || word == "pm") && (at + 2 >= text_.size() || !is_letter(text_[at + 2]));
  }

  static int full_year(int year, std::size_t size) {
    return size > 2 ? year : year + (year < 69 ? 2000 : 1900);
  }

  static bool set_once(std::optional<int>& part, int value) {
    if (part) return false;
    part = value;
    return true;
  }

  bool set_hour(int value) { return value <= 24 && set_once(found_.hour, value); }

  bool set_date(int year, int month, int day) {
    return set_once(found_.year, year) && set_once(found_.month, month) &&
           set_once(found_.day, day);
  }

  // 2016-03-14, 2016/03/14, 14.3.2016, 14/03/2016
  bool numeric_date(int first, std::size_t first_size, char separator) {
    skip(separator);
    std::optional<int> second = digits();
    if (!second) return false;
    std::optional<int> third;
    std::size_t third_size = 0;
    if (at_ < text_.size() && text_[at_] == separator && digit_follows()) {
      skip(separator);
      std::size_t begin = at_;
      third = digits();
      third_size = at_ - begin;
    }
    skip('t');  // between date and time
    if (first_size > 2) return set_date(first, *second, third.value_or(1));
    if (!third) return set_once(found_.day, first) && set_once(found_.month, *second);
    return set_date(full_year(*third, third_size), *second, first);
  }

  bool clock(int hour) {
    skip(':');
    found_.minute = digits();
    if (!found_.minute || *found_.minute > 59 || !set_hour(hour)) return false;
    if (at_ < text_.size() && text_[at_] == ':' && digit_follows()) {
      skip(':');
      found_.second = digits();
      if (!found_.second || *found_.second > 60) return false;
    }
    if (at_ < text_.size() && text_[at_] == '.' && digit_follows()) {
      skip('.');
      std::int64_t scale = 100'000;
      for (; at_ < text_.size() && is_digit(text_[at_]); ++at_, scale /= 10)
        found_.micros += (text_[at_] - '0') * scale;
    }
    return true;
  }

  bool word() {
    std::size_t begin = at_;
    while (at_ < text_.size() && is_letter(text_[at_])) ++at_;
    std::string_view word = std::string_view(text_).substr(begin, at_ - begin);
    static constexpr std::array<std::string_view, 12> kMonths = {
        "january", "february", "march",     "april",   "may",      "june",
        "july",    "august",   "september", "october", "november", "december"};
    static constexpr std::array<std::string_view, 7> kDays = {
        "sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"};
    auto names = [&](std::string_view full) {
      return word.size() >= 3 && full.substr(0, word.size()) == word;
    };
    for (std::size_t i = 0; i < kMonths.size(); ++i)
      if (names(kMonths[i])) return set_once(found_.month, static_cast<int>(i) + 1);
    if (std::any_of(kDays.begin(), kDays.end(), names)) return true;
    if (word == "am" || word == "pm") {
      found_.afternoon = word == "pm";
      found_.morning = word == "am";
      return found_.hour.has_value();
    }
    if (word == "utc" || word == "gmt" || word == "z") {
      found_.offset = std::chrono::seconds(0);
      found_.zone = "UTC";
      return true;
    }
    return word == "at" || word == "of" || word == "t" || word == "on" || word == "the";
  }

  // Separators, and +01:00 after a time.
  bool sign() {
    char c = text_[at_++];
    if ((c != '+' && c != '-') || !found_.hour || found_.offset || !digit_follows(0))
      return c == ' ' || c == ',' || c == '.' || c == '-' || c == '/' || c == '\t' || c == '\n' ||
             c == '\'' || c == '(' || c == ')';
    std::size_t begin = at_;
    std::optional<int> value = digits();
    if (!value) return false;
    bool hours_only = at_ - begin <= 2;
    int hours = hours_only ? *value : *value / 100;
    int minutes = hours_only ? 0 : *value % 100;
    if (hours_only && skip(':')) {
      std::optional<int> rest = digits();
      if (!rest) return false;
      minutes = *rest;
    }
    if (hours > 23 || minutes > 59) return false;
    std::chrono::seconds offset = std::chrono::hours(hours) + std::chrono::minutes(minutes);
    found_.offset = c == '-' ? -offset : offset;
    return true;
  }

  std::string text_;
  std::size_t at_ = 0;
  Found found_;
};

}  // namespace

std::optional<Moment> parse_moment(std::string_view written, const FilterContext& context) {
  constexpr std::size_t kMaxDateText = 128;
  if (written.size() > kMaxDateText) return std::nullopt;
  std::string text(written);
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  Moment now = moment_at(context.now, context.zone);
  if (text == "now" || text == "today") return now;
  std::optional<Found> found = DateReader(text).read();
  if (!found) return std::nullopt;

  std::chrono::year_month_day today{now.local.date()};
  int year = found->year.value_or(static_cast<int>(today.year()));
  bool dated = found->year || found->month;
  int month = found->month.value_or(dated ? 1 : static_cast<int>(unsigned(today.month())));
  int day = found->day.value_or(dated ? 1 : static_cast<int>(unsigned(today.day())));
  if (year < -9999 || year > 9999 || month < 1 || month > 12 || day < 1) return std::nullopt;
  std::chrono::year_month_day ymd{std::chrono::year(year),
                                  std::chrono::month(static_cast<unsigned>(month)),
                                  std::chrono::day(static_cast<unsigned>(day))};
  if (!ymd.ok()) return std::nullopt;
  int hour = found->hour.value_or(0);
  if (found->afternoon && hour < 12) hour += 12;
  if (found->morning && hour == 12) hour = 0;
  auto since_midnight = std::chrono::hours(hour) + std::chrono::minutes(found->minute.value_or(0)) +
                        std::chrono::seconds(found->second.value_or(0)) +
                        std::chrono::microseconds(found->micros);
  Moment moment;
  moment.local.since_epoch = std::chrono::sys_days{ymd}.time_since_epoch() + since_midnight;
  if (found->offset) {
    moment.offset = *found->offset;
    moment.zone = found->zone;
    return moment;
  }
  return moment_at(context.zone.to_instant(moment.local), context.zone);
}

}  // namespace trig::liquid
