#include "compiler/parse/builder.h"

#include <charconv>

#include "compiler/base/check.h"
#include "compiler/base/limits.h"

namespace trig::parse {

TextRange Builder::range(const antlr4::Token* token) const {
  return {id_, static_cast<std::uint32_t>(token->getStartIndex()),
          static_cast<std::uint32_t>(token->getStopIndex() + 1)};
}

TextRange Builder::range(antlr4::ParserRuleContext* tree) const {
  return cover(range(tree->getStart()), range(tree->getStop()));
}

std::string_view Builder::words(TextRange range) const {
  return std::string_view(source_.text()).substr(range.begin, range.end - range.begin);
}

ast::Name Builder::name(antlr4::ParserRuleContext* tree) const {
  TextRange place = range(tree);
  return {std::string(words(place)), place};
}

// `place` is the escape with its backslash.
void Builder::escape(char letter, TextRange place, std::string& value) {
  switch (letter) {
    case '"': value += '"'; return;
    case '\\': value += '\\'; return;
    case 'n': value += '\n'; return;
    case 't': value += '\t'; return;
  }
  diagnostics_.report(Code::kInvalidLiteral, place, {words(place), "escape"})
      .hint("a text knows `\\\"`, `\\\\`, `\\n` and `\\t`; write `\\\\` for a backslash");
}

ast::TextLiteral Builder::text(Grammar::TextContext* tree) {
  TextRange place = range(tree);
  std::string_view written = words(place);
  written.remove_prefix(1);
  // A mended text (single quotes, unclosed) may lack its closing quote.
  if (!written.empty() && (written.back() == '"' || written.back() == '\''))
    written.remove_suffix(1);
  std::string value;
  for (std::size_t i = 0; i < written.size(); ++i) {
    if (written[i] != '\\' || i + 1 == written.size()) {
      value += written[i];
      continue;
    }
    auto begin = static_cast<std::uint32_t>(place.begin + 1 + i);
    escape(written[++i], {id_, begin, begin + 2}, value);
  }
  return {std::move(value), place};
}

std::optional<ast::TextLiteral> Builder::text_if(Grammar::TextContext* tree) {
  if (!tree) return std::nullopt;
  return text(tree);
}

std::vector<ast::TextLiteral> Builder::texts(const std::vector<Grammar::TextContext*>& trees) {
  std::vector<ast::TextLiteral> all;
  for (auto* tree : trees) all.push_back(text(tree));
  return all;
}

CalendarUnit Builder::unit(Grammar::UnitContext* tree) const {
  switch (tree->getStart()->getType()) {
    case Grammar::SECOND:
    case Grammar::SECONDS: return CalendarUnit::kSecond;
    case Grammar::MINUTE:
    case Grammar::MINUTES: return CalendarUnit::kMinute;
    case Grammar::HOUR:
    case Grammar::HOURS: return CalendarUnit::kHour;
    case Grammar::DAY:
    case Grammar::DAYS: return CalendarUnit::kDay;
    case Grammar::WEEK:
    case Grammar::WEEKS: return CalendarUnit::kWeek;
    case Grammar::MONTH:
    case Grammar::MONTHS: return CalendarUnit::kMonth;
    case Grammar::YEAR:
    case Grammar::YEARS: return CalendarUnit::kYear;
  }
  TRIG_CHECK(false, "the grammar's rule `unit` has a word that the builder does not know");
}

ast::SpanLiteral Builder::span(Grammar::SpanContext* tree) {
  TextRange place = range(tree);
  Span value{0, unit(tree->unit())};
  std::string_view digits = words(range(tree->NUMBER()));
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value.amount);
  bool whole = error == std::errc() && end == digits.data() + digits.size();
  constexpr Span kLongest{kMaxSpanYears, CalendarUnit::kYear};
  if (!whole || value.amount > kLongest.exact() / Span{1, value.unit}.exact()) {
    auto& report = diagnostics_.report(Code::kInvalidLiteral, place, {words(place), "duration"});
    if (whole || error != std::errc())
      report.hint("a duration is at most {} years", kMaxSpanYears);
    else
      report.hint("a duration is a whole number of units, as in `90 minutes`");
    value.amount = 1;
  }
  return {value, place};
}

std::optional<ast::SpanLiteral> Builder::span_if(Grammar::SpanContext* tree) {
  if (!tree) return std::nullopt;
  return span(tree);
}

std::int64_t Builder::count(antlr4::tree::TerminalNode* number) {
  TextRange place = range(number);
  std::string_view digits = words(place);
  std::int64_t value = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size())
    diagnostics_.report(Code::kInvalidLiteral, place, {digits, "count"})
        .hint("a count is a whole number, as in `3`");
  return value;
}

Date Builder::date(antlr4::tree::TerminalNode* node) {
  TextRange place = range(node);
  if (std::optional<Date> date = parse_date(words(place))) return *date;
  diagnostics_.report(Code::kInvalidLiteral, place, {words(place), "date"})
      .hint("a date is year, month and day, as in `2026-07-01`");
  return {};
}

TimeOfDay Builder::time(antlr4::tree::TerminalNode* node) {
  TextRange place = range(node);
  if (std::optional<TimeOfDay> time = parse_time_of_day(words(place))) return *time;
  auto& report = diagnostics_.report(Code::kInvalidLiteral, place, {words(place), "time"});
  std::string padded = "0" + std::string(words(place));
  if (parse_time_of_day(padded))
    report.hint("write `{}`", padded).replace(place, padded);
  else
    report.hint("a time is from `00:00` to `23:59`");
  return {};
}

bool Builder::bounded(TextRange place, std::size_t below) {
  if (below < kMaxNesting) return true;
  if (!too_deep_)
    diagnostics_.report(Code::kTooDeep, place, {std::to_string(kMaxNesting)})
        .hint("name a part as a `segment`, or write a long choice as `in [ … ]`");
  too_deep_ = true;
  return false;
}

}  // namespace trig::parse
