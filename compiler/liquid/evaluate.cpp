// Expressions: variables, properties, ranges, filters and conditions.
#include <algorithm>

#include "compiler/liquid/number.h"
#include "compiler/liquid/order.h"
#include "compiler/liquid/renderer.h"

namespace trig::liquid {
namespace {

constexpr std::uint64_t kBytesPerStep = 64;  // what making a text costs against the step bound

Data loop_property(const Loop& loop, std::string_view name) {
  if (name == "index") return Data::integer(loop.index + 1);
  if (name == "index0") return Data::integer(loop.index);
  if (name == "rindex") return Data::integer(loop.length - loop.index);
  if (name == "rindex0") return Data::integer(loop.length - loop.index - 1);
  if (name == "first") return Data::boolean(loop.index == 0);
  if (name == "last") return Data::boolean(loop.index == loop.length - 1);
  if (name == "length") return Data::integer(loop.length);
  if (!loop.table) {
    if (name == "name") return Data::text(loop.name);
    if (name == "parentloop" && loop.parent) return {loop.parent};
    return {};
  }
  if (name == "col") return Data::integer(loop.column);
  if (name == "col0") return Data::integer(loop.column - 1);
  if (name == "col_first") return Data::boolean(loop.column == 1);
  if (name == "col_last") return Data::boolean(loop.column == loop.columns);
  if (name == "row") return Data::integer(loop.row);
  return {};
}

Data command(const Data& data, std::string_view name) {
  if (name == "size") return size_of(data).value_or(Data{});
  if (name == "first") return first_of(data);
  if (name == "last") return last_of(data);
  return {};
}

// A property that stands in `data` itself, without a copy; null if it is none or made on demand.
const Data* stored_property(const Data& data, const Segment& segment, const Data& key) {
  if (const Map* map = data.as_map()) {
    if (segment.key && !key.as_text()) return nullptr;
    return find_entry(*map, segment.key ? *key.as_text() : segment.name);
  }
  const List* list = data.as_list();
  auto index = key.get<std::int64_t>();
  if (!list || !index) return nullptr;
  auto size = static_cast<std::int64_t>(list->size());
  std::int64_t at = *index < 0 ? *index + size : *index;
  return at >= 0 && at < size ? &(*list)[static_cast<std::size_t>(at)] : nullptr;
}

std::string_view kind_name(const Data& data) {
  if (is_number(data)) return "a number";
  if (data.as_text()) return "text";
  if (data.get<ir::Money>()) return "money";
  return data.get<Date>() ? "a date" : "a date and time";
}

bool has_order(const Data& data) {
  return is_number(data) || data.as_text() || data.get<ir::Money>() || data.get<Date>() ||
         data.get<Instant>();
}

// <, <=, >, >=: false for what has no order, an error for two that do not compare.
bool ordered(const Data& left, Comparison comparison, const Data& right) {
  if (!has_order(left) || !has_order(right)) return false;
  std::optional<int> order = compare(left, right);
  if (!order) throw_error("cannot compare {} with {}", kind_name(left), kind_name(right));
  switch (comparison) {
    case Comparison::kLess: return *order < 0;
    case Comparison::kLessOrEqual: return *order <= 0;
    case Comparison::kGreater: return *order > 0;
    case Comparison::kGreaterOrEqual: return *order >= 0;
    case Comparison::kNone:
    case Comparison::kEqual:
    case Comparison::kNotEqual:
    case Comparison::kContains: break;
  }
  return false;
}

bool contains(const Data& left, const Data& right) {
  if (!left.truthy() || !right.truthy()) return false;
  if (const std::string* text = left.as_text())
    return text->find(to_text(right)) != std::string::npos;
  if (const List* list = left.as_list())
    return std::any_of(list->begin(), list->end(),
                       [&](const Data& item) { return equal(item, right); });
  if (const Map* map = left.as_map()) return right.as_text() && find_entry(*map, *right.as_text());
  auto range = left.get<IntegerRange>();
  return range && is_number(right) && compare_numbers(Data::integer(range->first), right) <= 0 &&
         compare_numbers(right, Data::integer(range->last)) <= 0;
}

// An end of a range. Between literals a float is cut off; a computed one must be whole.
std::int64_t range_end(const Data& data, bool literal) {
  if (data.is_nil() || data.as_text() || literal)
    return *round_number(to_number(data), Rounding::kFloor, 0).get<std::int64_t>();
  return to_integer(data);
}

std::uint64_t size_in_steps(const Data& data) {
  if (const std::string* text = data.as_text()) return text->size() / kBytesPerStep;
  if (const List* list = data.as_list()) return list->size();
  return 0;
}

}  // namespace

const Data* Renderer::find(std::string_view name) const {
  for (auto scope = frame_->scopes.rbegin(); scope != frame_->scopes.rend(); ++scope)
    if (const Data* data = find_entry(*scope, name)) return data;
  if (const Data* counter = find_entry(frame_->counters, name)) return counter;
  if (frame_->arguments)
    if (const Data* data = find_entry(*frame_->arguments, name)) return data;
  return find_entry(*frame_->globals, name);
}

void Renderer::assign(Map& scope, std::string_view name, Data value) {
  for (auto& [key, data] : scope) {
    if (key != name) continue;
    data = std::move(value);
    return;
  }
  scope.emplace_back(std::string(name), std::move(value));
}

Data Renderer::evaluate(const Expression& expression) {
  if (const auto* literal = std::get_if<Literal>(&expression.kind)) return literal->value;
  if (const auto* lookup = std::get_if<Lookup>(&expression.kind)) return evaluate(*lookup);
  return evaluate(std::get<RangeExpression>(expression.kind));
}

Data Renderer::evaluate(const Lookup& lookup) {
  const Data* at = nullptr;
  if (lookup.name_key) {
    Data name = evaluate(*lookup.name_key);
    at = name.as_text() ? find(*name.as_text()) : nullptr;
  } else {
    at = find(lookup.name);
  }
  if (!at) return {};
  Data made;  // holds what `at` points to when it is not stored anywhere
  for (const Segment& segment : lookup.path) {
    Data key = segment.key ? evaluate(*segment.key) : Data{};
    if (const Data* stored = stored_property(*at, segment, key)) {
      if (at == &made) {
        Data kept = *stored;
        made = std::move(kept);
      } else {
        at = stored;
      }
      continue;
    }
    Data next;
    if (auto loop = at->get<std::shared_ptr<const Loop>>()) {
      next = loop_property(**loop, key.as_text() ? *key.as_text() : segment.name);
    } else if (segment.dotted) {
      next = command(*at, segment.name);
    }
    if (next.is_nil()) return {};
    made = std::move(next);
    at = &made;
  }
  return *at;
}

Data Renderer::evaluate(const RangeExpression& range) {
  auto is_literal = [](const Expression& e) { return std::holds_alternative<Literal>(e.kind); };
  bool literal = is_literal(*range.first) && is_literal(*range.last);
  std::int64_t first = range_end(evaluate(*range.first), literal);
  return {IntegerRange{first, range_end(evaluate(*range.last), literal)}};
}

Data Renderer::evaluate(const Filtered& filtered) {
  if (!filtered.base) return {};
  Data data = evaluate(*filtered.base);
  for (const FilterCall& call : filtered.filters) {
    if (!call.filter) continue;
    FilterArguments arguments;
    for (const Expression& argument : call.arguments)
      arguments.values.push_back(evaluate(argument));
    for (const auto& [name, argument] : call.named)
      arguments.named.emplace_back(name, evaluate(argument));
    charge(1 + size_in_steps(data));
    data = call.filter->function(data, arguments, filter_context_);
    charge(size_in_steps(data));
  }
  return data;
}

bool Renderer::holds(const Term& term) {
  Data left = evaluate(term.left);
  if (term.comparison == Comparison::kNone) return left.truthy();
  Data right = evaluate(*term.right);
  switch (term.comparison) {
    case Comparison::kEqual: return equal(left, right);
    case Comparison::kNotEqual: return !equal(left, right);
    case Comparison::kContains: return contains(left, right);
    case Comparison::kNone:
    case Comparison::kLess:
    case Comparison::kLessOrEqual:
    case Comparison::kGreater:
    case Comparison::kGreaterOrEqual: break;
  }
  return ordered(left, term.comparison, right);
}

bool Renderer::holds(const Condition& condition) {
  bool result = false;
  for (std::size_t i = 0; i < condition.terms.size(); ++i) {
    result = holds(condition.terms[i]);
    if (i + 1 == condition.terms.size()) break;
    if (condition.terms[i + 1].joined_by_or == result) break;  // decided: true or …, false and …
  }
  return result;
}

}  // namespace trig::liquid
