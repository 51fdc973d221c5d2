#include "compiler/diagram/words.h"

#include <fmt/format.h>

#include <regex>

#include "compiler/ast/printer.h"
#include "compiler/ast/visit.h"

namespace trig::diagram {
namespace {

std::string joined(const std::vector<ast::Name>& names, std::string_view between) {
  std::string out;
  for (const ast::Name& name : names) {
    if (!out.empty()) out += between;
    out += plain(name.text);
  }
  return out;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

// A stretch of an expression that is no text in quotes.
std::string said(std::string code) {
  static const std::regex kSame("\\b(\\w+) == (?:\\w+\\.)+\\1\\b");
  code = std::regex_replace(code, kSame, "same $1");
  static const std::regex kMail("\\bmessage == (\\w+)");
  code = std::regex_replace(code, kMail, "mail “$1”");
  code = replaced(std::move(code), " == ", " = ");
  code = replaced(std::move(code), " != ", " ≠ ");
  code = replaced(std::move(code), " >= ", " ≥ ");
  code = replaced(std::move(code), " <= ", " ≤ ");
  static const std::regex kMember("\\b([a-z_]\\w*)\\.([a-z])");
  for (std::string before; before != code;) {
    before = code;
    code = std::regex_replace(code, kMember, "$1 $2");
  }
  static const std::regex kAggregate("\\b(count|sum|min|max|first|last|distinct)\\(");
  code = std::regex_replace(code, kAggregate, "$1 of (");
  code = replaced(std::move(code), " where ", " with ");
  static const std::regex kPresent("(\\w)\\?");
  code = std::regex_replace(code, kPresent, "$1 is known");
  return plain(code);
}

std::string where_of(const ast::ExprPtr& where) {
  return where ? " with " + words_of(*where) : std::string();
}

std::string words_of(const ast::SequenceTrigger& trigger) {
  std::string out;
  for (const ast::SequenceTrigger::Part& part : trigger.parts) {
    if (!out.empty()) out += ", then ";
    out += plain(part.event.text);
    if (part.within) out += " within " + to_string(part.within->span);
  }
  return out;
}

std::string words_of(const ast::DateTrigger& trigger) {
  std::string out = joined(trigger.date.names, " ");
  if (trigger.offset)
    out = to_string(trigger.offset->span) + (trigger.before ? " before " : " after ") + out;
  if (trigger.every_year) out += ", every year";
  return out + ", at " + to_string(trigger.at) + " local time";
}

std::string audience(const ast::Name& name) {
  return " for " + (name.text == "everyone" ? name.text : "people in “" + plain(name.text) + "”");
}

}  // namespace

std::string plain(const std::string& name) { return replaced(name, "_", " "); }

std::string upper_first(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 32);
  return text;
}

std::string words_of(const ast::Expr& expr) {
  const std::string code = ast::print(expr);
  std::string out;
  std::size_t at = 0;
  while (at < code.size()) {
    const std::size_t open = code.find('"', at);
    out += said(code.substr(at, open - at));
    if (open == std::string::npos) break;
    std::size_t close = open + 1;
    while (close < code.size() && code[close] != '"') close += code[close] == '\\' ? 2 : 1;
    out += "“" + code.substr(open + 1, close - open - 1) + "”";
    at = close + 1;
  }
  return out;
}

std::string words_of(const ast::Occurrence& occurrence) {
  return joined(occurrence.events, " or ") + where_of(occurrence.where);
}

std::string words_of(const ast::Moment& moment) {
  std::string out = moment.base ? words_of(*moment.base) : std::string();
  if (!moment.time) return out;
  if (!out.empty()) out += " at ";
  return out + to_string(*moment.time) + " local time";
}

std::string words_of(const ast::Trigger& trigger) {
  return ast::visit(
      trigger.node, [](const ast::EventTrigger& t) { return joined(t.events, " or "); },
      [](const ast::CountTrigger& t) {
        return fmt::format("{} × {} within {}", t.count, joined(t.events, " or "),
                           to_string(t.within.span));
      },
      [](const ast::SequenceTrigger& t) { return words_of(t); },
      [](const ast::SilenceTrigger& t) {
        return "no " + joined(t.events, " or ") + " for " + to_string(t.span.span);
      },
      [](const ast::DateTrigger& t) { return words_of(t); },
      [](const ast::SegmentTrigger& t) {
        return std::string(t.entering ? "enters" : "leaves") + " “" + plain(t.segment.text) + "”";
      },
      [](const ast::RecurringTrigger& t) {
        return "every " + t.day.text + " at " + to_string(t.at) + " local time" +
               audience(t.audience);
      },
      [](const ast::OnceTrigger& t) {
        return to_string(t.date) + " at " + to_string(t.at) + " local time" + audience(t.audience);
      });
}

namespace {

std::string_view unit_word(CalendarUnit unit) {
  switch (unit) {
    case CalendarUnit::kSecond: return "second";
    case CalendarUnit::kMinute: return "minute";
    case CalendarUnit::kHour: return "hour";
    case CalendarUnit::kDay: return "day";
    case CalendarUnit::kWeek: return "week";
    case CalendarUnit::kMonth: return "month";
    case CalendarUnit::kYear: return "year";
  }
  return "";
}

}  // namespace

std::string words_of(const ir::Cap& cap) {
  return fmt::format("{} mail{} a {}", cap.count, cap.count == 1 ? "" : "s", unit_word(cap.unit));
}

std::string words_of(const ir::Rate& rate) {
  return fmt::format("{} a {}", rate.count, unit_word(rate.unit));
}

}  // namespace trig::diagram
