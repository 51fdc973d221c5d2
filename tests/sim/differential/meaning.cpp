#include "tests/sim/differential/meaning.h"

#include <algorithm>
#include <regex>

namespace trig::sim {
namespace {

bool missing(const Val& value) { return value.index() == 0; }

Val field_of(const Fields* fields, const std::string& name) {
  if (fields == nullptr) return {};
  auto found = fields->find(name);
  if (found != fields->end()) return found->second;
  // Declared defaults.
  if (name == "rank" || name == "points") return std::int64_t{0};
  if (name == "tags") return Texts{};
  return {};
}

// Zero is zero in every currency.
bool comparable(const Amount& a, const Amount& b) {
  return a.currency == b.currency || a.cents == 0 || b.cents == 0;
}

// Semantics 13: what is missing, or money of two currencies, never compares.
bool compares(const std::string& op, const Val& a, const Val& b) {
  if (missing(a) || missing(b)) return false;
  std::strong_ordering order = std::strong_ordering::equal;
  if (const auto* left = std::get_if<Amount>(&a)) {
    const Amount& right = std::get<Amount>(b);
    if (!comparable(*left, right)) return false;
    order = left->cents <=> right.cents;
  } else if (const auto* number = std::get_if<std::int64_t>(&a)) {
    order = *number <=> std::get<std::int64_t>(b);
  } else {
    order = std::get<std::string>(a).compare(std::get<std::string>(b)) <=> 0;
  }
  if (op == "==") return order == 0;
  if (op == "!=") return order != 0;
  if (op == "<") return order < 0;
  if (op == "<=") return order <= 0;
  if (op == ">") return order > 0;
  return order >= 0;
}

bool contains(const Val& whole, const Val& part) {
  if (missing(whole) || missing(part)) return false;
  const std::string& wanted = std::get<std::string>(part);
  if (const auto* list = std::get_if<Texts>(&whole))
    return std::find(list->begin(), list->end(), wanted) != list->end();
  return std::get<std::string>(whole).find(wanted) != std::string::npos;
}

// Newest by occurrence last.
std::vector<const Event*> in_window(const Window& window, const View& view) {
  std::vector<const Event*> found;
  for (const Event& event : view.facts->events) {
    if (event.person != view.person || event.type != window.event || event.occurred > view.now)
      continue;
    if (window.span && event.occurred <= view.now - window.span->exact()) continue;
    View of_row = view;
    of_row.event = &event.fields;
    if (holds(window.where, of_row)) found.push_back(&event);
  }
  std::sort(found.begin(), found.end(),
            [](const Event* a, const Event* b) { return moment_of(*a) < moment_of(*b); });
  return found;
}

// A sum of money is of the currency it is compared with: the stories compare with EUR.
Val sum(const std::vector<const Event*>& rows, const std::string& field) {
  std::int64_t total = 0;
  for (const Event* row : rows) {
    Val value = field_of(&row->fields, field);
    if (const auto* number = std::get_if<std::int64_t>(&value)) total += *number;
    if (const auto* amount = std::get_if<Amount>(&value))
      if (amount->currency == "EUR") total += amount->cents;
  }
  if (field == "total") return Amount{total, "EUR"};
  return total;
}

Val window_value(const Window& window, const View& view) {
  std::vector<const Event*> rows = in_window(window, view);
  if (window.function == "count") return static_cast<std::int64_t>(rows.size());
  if (window.function == "sum") return sum(rows, window.field);
  Val result;
  for (const Event* row : rows) {
    Val value = field_of(&row->fields, window.field);
    if (missing(value)) continue;
    bool better = missing(result) || window.function == "last" ||
                  (window.function == "min" && compares("<", value, result)) ||
                  (window.function == "max" && compares(">", value, result));
    if (better) result = value;
  }
  return result;
}

// Counted from the last of them or from when the person became known.
bool silent(const Condition& condition, const View& view) {
  Instant since = view.known_since;
  for (const Event& event : view.facts->events) {
    bool one = std::find(condition.events.begin(), condition.events.end(), event.type) !=
               condition.events.end();
    if (one && event.person == view.person && event.occurred <= view.now)
      since = std::max(since, event.occurred);
  }
  return view.now - since >= condition.span.exact();
}

bool in_segment(const std::string& name, const View& view) {
  for (const Segment& segment : view.facts->program->segments) {
    if (segment.name != name) continue;
    View of_person = view;
    of_person.event = of_person.trigger = nullptr;
    return holds(segment.condition, of_person);
  }
  return false;
}

bool in_list(const std::vector<Val>& values) {
  return std::any_of(values.begin() + 1, values.end(),
                     [&](const Val& one) { return compares("==", values[0], one); });
}

}  // namespace

Val value_of(const Operand& operand, const View& view) {
  Val value;
  switch (operand.source) {
    case Source::kConstant: value = operand.value; break;
    case Source::kEvent: value = field_of(view.event, operand.field); break;
    case Source::kTrigger: value = field_of(view.trigger, operand.field); break;
    case Source::kAnswer:
      value = field_of(&view.answers->at(operand.binding), operand.field);
      break;
    case Source::kPerson: value = field_of(view.fields, operand.field); break;
    case Source::kWindow: value = window_value(operand.window.front(), view); break;
  }
  return missing(value) ? operand.fallback : value;
}

bool holds(const Condition& condition, const View& view) {
  std::vector<Val> values;
  for (const Operand& operand : condition.operands) values.push_back(value_of(operand, view));
  switch (condition.test) {
    case Test::kCompare: return compares(condition.op, values[0], values[1]);
    case Test::kIn: return in_list(values);
    case Test::kNotIn: return !missing(values[0]) && !in_list(values);
    case Test::kBetween:
      return compares(">=", values[0], values[1]) && compares("<=", values[0], values[2]);
    case Test::kContains: return contains(values[0], values[1]);
    case Test::kStartsWith:
      return !missing(values[0]) &&
             std::get<std::string>(values[0]).starts_with(std::get<std::string>(values[1]));
    case Test::kMatches:
      return !missing(values[0]) && std::regex_search(std::get<std::string>(values[0]),
                                                      std::regex(std::get<std::string>(values[1])));
    case Test::kIsThere: return !missing(values[0]);
    case Test::kAnd: return holds(condition.parts[0], view) && holds(condition.parts[1], view);
    case Test::kOr: return holds(condition.parts[0], view) || holds(condition.parts[1], view);
    case Test::kNot: return !holds(condition.parts[0], view);
    case Test::kSegment: return in_segment(condition.segment, view);
    case Test::kSilent: return silent(condition, view);
  }
  return false;
}

bool holds(const std::vector<Condition>& where, const View& view) {
  return where.empty() || holds(where.front(), view);
}

void spans_of(const Condition& condition, std::vector<Duration>& spans) {
  if (condition.test == Test::kSilent) spans.push_back(condition.span.exact());
  for (const Operand& operand : condition.operands)
    for (const Window& window : operand.window)
      if (window.span) spans.push_back(window.span->exact());
  for (const Condition& part : condition.parts) spans_of(part, spans);
}

bool reads(const Condition& condition, const std::string& event) {
  bool silence =
      condition.test == Test::kSilent &&
      std::find(condition.events.begin(), condition.events.end(), event) != condition.events.end();
  auto window_reads = [&](const Operand& operand) {
    return !operand.window.empty() && operand.window.front().event == event;
  };
  return silence ||
         std::any_of(condition.operands.begin(), condition.operands.end(), window_reads) ||
         std::any_of(condition.parts.begin(), condition.parts.end(),
                     [&](const Condition& part) { return reads(part, event); });
}

std::int64_t count_in(const View& view, const std::string& event, Duration span) {
  std::int64_t count = 0;
  for (const Event& one : view.facts->events)
    if (one.person == view.person && one.type == event && one.occurred <= view.now &&
        one.occurred > view.now - span)
      ++count;
  return count;
}

std::string shown(const Val& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  return "";
}

}  // namespace trig::sim
