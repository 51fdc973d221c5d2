// The shapes of expressions, and the mistakes in them.
#include <algorithm>

#include "compiler/liquid/checker.h"

namespace trig::liquid {
namespace {

// Filters whose first argument names a field of their items.
bool takes_property(std::string_view filter) {
  constexpr std::string_view kFilters[] = {"map",        "where", "reject", "find",
                                           "find_index", "has",   "sort",   "sort_natural",
                                           "sum",        "uniq",  "compact"};
  return std::find(std::begin(kFilters), std::end(kFilters), filter) != std::end(kFilters);
}

std::vector<std::string> field_names(const ir::RecordType& record) {
  std::vector<std::string> names;
  for (const ir::Field& field : record.fields) names.push_back(field.name);
  return names;
}

const std::string* literal_text(const std::vector<Expression>& arguments) {
  if (arguments.empty()) return nullptr;
  const auto* literal = std::get_if<Literal>(&arguments[0].kind);
  return literal ? literal->value.as_text() : nullptr;
}

Shape literal_shape(const Data& data) {
  if (data.as_text()) return text_shape();
  if (data.get<std::int64_t>()) return scalar_shape(ir::Kind::kInteger);
  if (data.get<double>()) return scalar_shape(ir::Kind::kNumber);
  if (data.get<bool>()) return scalar_shape(ir::Kind::kBoolean);
  return unknown_shape();
}

void suggest(Diagnostic& diagnostic, std::string_view word, TextRange range,
             const std::vector<std::string>& names) {
  std::string best = closest(word, names);
  if (!best.empty()) diagnostic.hint("did you mean `{}`?", best).replace(range, best);
}

}  // namespace

std::string path_of(const Lookup& lookup) {
  if (lookup.name_key) return {};
  std::string path = lookup.name;
  for (const Segment& segment : lookup.path) {
    if (segment.key) return {};
    path += "." + segment.name;
  }
  return path;
}

std::vector<std::string> Checker::visible_names() const {
  std::vector<std::string> names = {std::string(kPersonVariable), std::string(kUnsubscribeUrl),
                                    std::string(kPostalAddress)};
  for (const Variables& scope : place_->scopes)
    for (const auto& [name, shape] : scope) names.push_back(name);
  return names;
}

Shape Checker::variable(const Lookup& lookup) {
  if (lookup.name_key) {
    shape(*lookup.name_key);
    return unknown_shape();
  }
  for (auto scope = place_->scopes.rbegin(); scope != place_->scopes.rend(); ++scope)
    if (auto found = scope->find(lookup.name); found != scope->end()) return found->second;
  if (lookup.name == kPersonVariable) return shape_of(signature_.person);
  if (lookup.name == kUnsubscribeUrl) {
    read_.unsubscribe_url = true;
    return scalar_shape(ir::Kind::kUrl);
  }
  if (lookup.name == kPostalAddress) {
    read_.postal_address = true;
    return text_shape();
  }
  // A later turn of a loop sees what an earlier one assigned further down.
  if (place_->loops > 0 && place_->assigned.count(lookup.name)) return unknown_shape();
  suggest(diagnostics_.report(Code::kTemplateUnknownVariable, lookup.name_range, {lookup.name}),
          lookup.name, lookup.name_range, visible_names());
  return unknown_shape();
}

Shape Checker::field(const Shape& from, const Segment& segment, bool optional) {
  if (segment.key) shape(*segment.key);
  if (!from.known()) return unknown_shape();
  if (from.is_list() && segment.key) {
    Shape item = item_of(from, types_);
    item.optional = item.optional || optional;
    return item;
  }
  bool is_text = !from.list_of && ir::is_textual(from.type.kind);
  if (segment.dotted && (from.is_list() || is_text)) {
    if (segment.name == "size") return scalar_shape(ir::Kind::kInteger, optional);
    if (segment.name == "first" || segment.name == "last") {
      Shape item = is_text ? text_shape() : item_of(from, types_);
      item.optional = item.optional || optional;
      return item;
    }
  }
  if (from.is(ir::Kind::kRecord)) {
    if (segment.key) return unknown_shape();
    const ir::RecordType& record = types_.record_at(from.type);
    int index = record.find(segment.name);
    if (index >= 0) {
      Shape result = shape_of(record.fields[static_cast<std::size_t>(index)].type);
      result.optional = result.optional || optional;
      return result;
    }
    suggest(diagnostics_.report(Code::kTemplateUnknownField, segment.range,
                                {"`" + record.name + "`", segment.name}),
            segment.name, segment.range, field_names(record));
    return unknown_shape();
  }
  std::string name = segment.key ? "[…]" : segment.name;
  Diagnostic& diagnostic = diagnostics_.report(Code::kTemplateUnknownField, segment.range,
                                               {describe(from, types_), name});
  if (from.is_list()) diagnostic.hint("go through its items with `for`");
  return unknown_shape();
}

Shape Checker::shape(const Lookup& lookup) {
  Shape result = variable(lookup);
  std::string path = lookup.name;
  bool named = !lookup.name_key;
  auto settle = [&] {
    if (named && place_->present.count(path)) result.optional = false;
  };
  settle();
  for (const Segment& segment : lookup.path) {
    result = field(result, segment, result.optional);
    named = named && !segment.key;
    path += "." + segment.name;
    settle();
  }
  return result;
}

Shape Checker::shape(const Expression& expression) {
  if (const auto* literal = std::get_if<Literal>(&expression.kind))
    return literal_shape(literal->value);
  if (const auto* lookup = std::get_if<Lookup>(&expression.kind)) return shape(*lookup);
  const auto& range = std::get<RangeExpression>(expression.kind);
  shape(*range.first);
  shape(*range.last);
  return list_of(scalar_shape(ir::Kind::kInteger));
}

Shape Checker::shape(const Filtered& filtered) {
  if (!filtered.base) return unknown_shape();
  Shape result = shape(*filtered.base);
  for (const FilterCall& call : filtered.filters) result = apply(call, result, filtered);
  return result;
}

std::string Checker::source_name(const Filtered& filtered) const {
  const auto* lookup = filtered.base ? std::get_if<Lookup>(&filtered.base->kind) : nullptr;
  std::string path = lookup ? path_of(*lookup) : "";
  return path.empty() ? "this value" : path;
}

// Gives the shape of the first argument.
Shape Checker::arguments(const FilterCall& call) {
  Shape first;
  for (const Expression& argument : call.arguments) {
    Shape given = shape(argument);
    if (&argument == &call.arguments.front()) first = given;
    if (!given.optional || call.name == "default") continue;
    const auto* lookup = std::get_if<Lookup>(&argument.kind);
    std::string name = lookup ? path_of(*lookup) : "this value";
    diagnostics_.report(Code::kMissingFallback, argument.range, {name})
        .hint("assign it first, with a fallback: `{{% assign value = {} | default: \"…\" %}}`",
              name);
  }
  for (const auto& [name, argument] : call.named) shape(argument);
  return first;
}

Shape Checker::apply(const FilterCall& call, const Shape& input, const Filtered& filtered) {
  Shape fallback = arguments(call);
  if (!call.filter) return unknown_shape();
  if (call.name == "money" && input.known() && !input.is(ir::Kind::kMoney))
    diagnostics_.report(Code::kFilterInput, call.range,
                        {call.name, "money", describe(input, types_)});
  if (call.name == "default") {
    Shape result = input;
    if (call.arguments.empty()) return result;
    result.optional = fallback.optional;
    return fallback.known() && fallback.is_list() == input.is_list() ? result : Shape{};
  }
  bool list_only = takes_property(call.name) || call.name == "concat" || call.name == "join";
  if (list_only && input.known() && !input.is_list()) {
    diagnostics_
        .report(Code::kTemplateNotAList, filtered.base->range,
                {source_name(filtered), describe(input, types_)})
        .label(call.range, "this filter works on a list");
    return unknown_shape();
  }
  Shape result = filtered_shape(*call.filter, input, types_);
  return takes_property(call.name) ? property_filter(call, input, result) : result;
}

Shape Checker::property_filter(const FilterCall& call, const Shape& input, const Shape& result) {
  const std::string* name = literal_text(call.arguments);
  Shape item = item_of(input, types_);
  if (!name || !item.is(ir::Kind::kRecord)) {
    bool sums = call.name == "sum" && call.arguments.empty() && item.is(ir::Kind::kMoney);
    return sums ? item : result;
  }
  Segment segment{*name, false, nullptr, call.arguments[0].range};
  segment.range.begin += 1;  // without the quotes
  segment.range.end -= 1;
  Shape value = field(item, segment, false);
  if (call.name == "map") return list_of(value);
  if (call.name == "sum" && value.is(ir::Kind::kMoney)) return value;
  return result;
}

}  // namespace trig::liquid
