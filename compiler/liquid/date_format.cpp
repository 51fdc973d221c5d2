#include "compiler/liquid/date_format.h"

#include <algorithm>

#include "compiler/liquid/filter_support.h"

namespace trig::liquid {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::year_month_day;

constexpr std::string_view kMonths[] = {"January",   "February", "March",    "April",
                                        "May",       "June",     "July",     "August",
                                        "September", "October",  "November", "December"};
constexpr std::string_view kWeekdays[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                          "Thursday", "Friday", "Saturday"};
constexpr std::size_t kMaxWidth = 1024;

// The parts of a moment that directives print.
struct Parts {
  int year;
  unsigned month, day, weekday;  // weekday 0 is Sunday
  int day_of_year;               // from 1
  int hour, minute, second;
  std::int64_t micros;
  int iso_year, iso_week;
};

Parts parts_of(const Moment& moment) {
  auto date = floor<days>(moment.local.since_epoch);
  std::chrono::sys_days day{date};
  year_month_day ymd{day};
  auto rest = moment.local.since_epoch - date;
  Parts parts{};
  parts.year = static_cast<int>(ymd.year());
  parts.month = static_cast<unsigned>(ymd.month());
  parts.day = static_cast<unsigned>(ymd.day());
  parts.weekday = std::chrono::weekday{day}.c_encoding();
  parts.day_of_year =
      static_cast<int>((day - std::chrono::sys_days{ymd.year() / 1 / 1}).count()) + 1;
  auto seconds = std::chrono::duration_cast<std::chrono::seconds>(rest).count();
  parts.hour = static_cast<int>(seconds / 3600);
  parts.minute = static_cast<int>(seconds / 60 % 60);
  parts.second = static_cast<int>(seconds % 60);
  parts.micros = rest.count() % 1'000'000;
  // ISO 8601: the week belongs to the year of its Thursday.
  auto thursday = day - days((parts.weekday + 6) % 7) + days(3);
  year_month_day iso{thursday};
  parts.iso_year = static_cast<int>(iso.year());
  parts.iso_week =
      static_cast<int>((thursday - std::chrono::sys_days{iso.year() / 1 / 1}).count()) / 7 + 1;
  return parts;
}

struct Directive {
  char letter = 0;
  char pad = 0;  // '-', '0', '_' or none given
  bool upper = false;
  bool swap_case = false;
  int colons = 0;
  std::size_t width = 0;
};

std::string padded(std::string text, const Directive& directive, std::size_t width, char fill) {
  if (directive.pad == '-') return text;
  if (directive.pad == '0') fill = '0';
  if (directive.pad == '_') fill = ' ';
  width = directive.width > 0 ? directive.width : width;
  bool negative = fill == '0' && !text.empty() && text[0] == '-';
  if (text.size() < width) text.insert(negative ? 1 : 0, width - text.size(), fill);
  return text;
}

std::string number(std::int64_t value, const Directive& directive, std::size_t width,
                   char fill = '0') {
  return padded(std::to_string(value), directive, width, fill);
}

std::string word(std::string_view text, const Directive& directive) {
  std::string out(text);
  if (directive.upper || directive.swap_case)
    for (char& c : out) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return padded(std::move(out), directive, 0, ' ');
}

std::string offset_text(const Moment& moment, int colons) {
  std::int64_t seconds = moment.offset.count();
  char sign = seconds < 0 ? '-' : '+';
  std::int64_t magnitude = seconds < 0 ? -seconds : seconds;
  std::string text = fmt::format("{}{:02}{}{:02}", sign, magnitude / 3600, colons > 0 ? ":" : "",
                                 magnitude / 60 % 60);
  if (colons > 1) text += fmt::format(":{:02}", magnitude % 60);
  return text;
}

std::string fraction(const Parts& parts, const Directive& directive) {
  std::size_t digits = directive.width > 0 ? directive.width : directive.letter == 'L' ? 3 : 9;
  std::string text = fmt::format("{:06}", parts.micros);
  text.resize(digits, '0');
  return text;
}

int week_of_year(const Parts& parts, unsigned first_weekday) {
  int days_since_first = static_cast<int>((parts.weekday + 7 - first_weekday) % 7);
  return (parts.day_of_year + 6 - days_since_first) / 7;
}

std::string_view compound(char letter) {
  switch (letter) {
    case 'c': return "%a %b %e %H:%M:%S %Y";
    case 'D':
    case 'x': return "%m/%d/%y";
    case 'F': return "%Y-%m-%d";
    case 'T':
    case 'X': return "%H:%M:%S";
    case 'R': return "%H:%M";
    case 'r': return "%I:%M:%S %p";
    case 'v': return "%e-%^b-%Y";
    case '+': return "%a %b %e %H:%M:%S %Z %Y";
    default: return {};
  }
}

std::string date_part(const Parts& parts, const Directive& directive) {
  switch (directive.letter) {
    case 'Y': return number(parts.year, directive, parts.year < 0 ? 5 : 4);
    case 'C': return number(parts.year / 100, directive, 2);
    case 'y': return number(parts.year % 100, directive, 2);
    case 'm': return number(parts.month, directive, 2);
    case 'B': return word(kMonths[parts.month - 1], directive);
    case 'b':
    case 'h': return word(kMonths[parts.month - 1].substr(0, 3), directive);
    case 'd': return number(parts.day, directive, 2);
    case 'e': return number(parts.day, directive, 2, ' ');
    case 'j': return number(parts.day_of_year, directive, 3);
    case 'A': return word(kWeekdays[parts.weekday], directive);
    case 'a': return word(kWeekdays[parts.weekday].substr(0, 3), directive);
    case 'u': return number(parts.weekday == 0 ? 7 : parts.weekday, directive, 1);
    case 'w': return number(parts.weekday, directive, 1);
    case 'G': return number(parts.iso_year, directive, 4);
    case 'g': return number(parts.iso_year % 100, directive, 2);
    case 'V': return number(parts.iso_week, directive, 2);
    case 'U': return number(week_of_year(parts, 0), directive, 2);
    case 'W': return number(week_of_year(parts, 1), directive, 2);
    default: return {};
  }
}

std::string time_part(const Moment& moment, const Parts& parts, const Directive& directive) {
  int twelve = parts.hour % 12 == 0 ? 12 : parts.hour % 12;
  bool morning = parts.hour < 12;
  switch (directive.letter) {
    case 'H': return number(parts.hour, directive, 2);
    case 'k': return number(parts.hour, directive, 2, ' ');
    case 'I': return number(twelve, directive, 2);
    case 'l': return number(twelve, directive, 2, ' ');
    case 'M': return number(parts.minute, directive, 2);
    case 'S': return number(parts.second, directive, 2);
    case 'L':
    case 'N': return fraction(parts, directive);
    case 'p':
      if (directive.swap_case) return morning ? "am" : "pm";
      return word(morning ? "AM" : "PM", directive);
    case 'P': return word(morning ? "am" : "pm", directive);
    case 'z': return padded(offset_text(moment, directive.colons), directive, 0, '0');
    case 'Z': return word(moment.zone, directive);
    case 's':
      return number(floor<std::chrono::seconds>(moment.local.since_epoch - moment.offset).count(),
                    directive, 1);
    case 'n': return "\n";
    case 't': return "\t";
    case '%': return "%";
    default: return {};
  }
}

// Reads flags, width and letter behind the % at `at`, which moves behind them.
Directive read_directive(std::string_view pattern, std::size_t& at) {
  Directive directive;
  for (++at; at < pattern.size(); ++at) {
    char c = pattern[at];
    if (c == '-' || c == '_' || (c == '0' && directive.width == 0)) {
      directive.pad = c;
    } else if (c == '^') {
      directive.upper = true;
    } else if (c == '#') {
      directive.swap_case = true;
    } else if (c == ':') {
      ++directive.colons;
    } else if (c >= '0' && c <= '9') {
      directive.width = directive.width * 10 + static_cast<std::size_t>(c - '0');
      if (directive.width > kMaxWidth) throw_error("a width in the date pattern is too large");
    } else if (c != 'E' && c != 'O') {
      directive.letter = c;
      ++at;
      break;
    }
  }
  return directive;
}

}  // namespace

Moment moment_at(Instant instant, Zone zone) {
  LocalTime local = zone.to_local(instant);
  auto offset = std::chrono::duration_cast<std::chrono::seconds>(local.since_epoch -
                                                                 instant.time_since_epoch());
  Moment moment{local, offset, "UTC"};
  if (!(zone == Zone::utc())) moment.zone = offset_text(moment, 1);
  return moment;
}

std::string format_moment(const Moment& moment, std::string_view pattern) {
  Parts parts = parts_of(moment);
  std::string out;
  for (std::size_t at = 0; at < pattern.size();) {
    if (pattern[at] != '%') {
      out += pattern[at++];
      continue;
    }
    std::size_t begin = at;
    Directive directive = read_directive(pattern, at);
    std::string_view longer = compound(directive.letter);
    std::string text = longer.empty() ? date_part(parts, directive)
                                      : word(format_moment(moment, longer), directive);
    if (text.empty()) text = time_part(moment, parts, directive);
    out += text.empty() ? std::string(pattern.substr(begin, at - begin)) : text;
    check_text_size(out.size());
  }
  return out;
}

std::optional<Moment> to_moment(const Data& data, const FilterContext& context) {
  if (auto date = data.get<Date>()) return Moment{LocalTime::at(*date, {}), {}, "UTC"};
  if (auto instant = data.get<Instant>()) return moment_at(*instant, context.zone);
  constexpr std::int64_t kMaxSeconds = 200'000'000'000;  // the year 8307
  if (auto seconds = data.get<std::int64_t>()) {
    if (*seconds > kMaxSeconds || *seconds < -kMaxSeconds) return std::nullopt;
    return moment_at(Instant(std::chrono::seconds(*seconds)), context.zone);
  }
  const std::string* text = data.as_text();
  if (!text || text->empty()) return std::nullopt;
  bool digits = text->find_first_not_of("0123456789") == std::string::npos;
  if (digits && text->size() <= 12) return to_moment(Data::integer(std::stoll(*text)), context);
  if (digits) return std::nullopt;
  return parse_moment(*text, context);
}

namespace filters {

Data date(const Data& input, const FilterArguments& arguments, const FilterContext& context) {
  std::string pattern = to_text(arguments[0]);
  if (pattern.empty()) return input;
  std::optional<Moment> moment = to_moment(input, context);
  if (!moment) return input;
  return Data::text(format_moment(*moment, pattern), arguments[0].trust());
}

}  // namespace filters
}  // namespace trig::liquid
