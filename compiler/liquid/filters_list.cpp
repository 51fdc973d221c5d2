// Filters on lists. A map counts as a list of itself, nil as an empty one, any other value as a
// list of one.
#include <strings.h>

#include <algorithm>
#include <functional>

#include "compiler/liquid/filter_support.h"
#include "compiler/liquid/number.h"
#include "compiler/liquid/order.h"

namespace trig::liquid::filters {
namespace {

// Stable and bounded; a comparison that throws leaves nothing half done that anyone sees.
Data sorted(List items, const std::function<int(const Data&, const Data&)>& compare) {
  std::stable_sort(items.begin(), items.end(),
                   [&](const Data& a, const Data& b) { return compare(a, b) < 0; });
  return Data::list(std::move(items));
}

Data sort_by(const Data& input, const Data& property,
             const std::function<int(const Data&, const Data&)>& compare) {
  List items = items_of(input);
  if (property.is_nil()) return sorted(std::move(items), compare);
  struct Keyed {
    Data key;
    Data item;
  };
  std::vector<Keyed> keyed;
  for (Data& item : items) {
    bool has_properties = true;
    Data key = property_of(item, property, has_properties);
    if (!has_properties) return {};
    keyed.push_back({std::move(key), std::move(item)});
  }
  std::stable_sort(keyed.begin(), keyed.end(),
                   [&](const Keyed& a, const Keyed& b) { return compare(a.key, b.key) < 0; });
  List out;
  for (Keyed& entry : keyed) out.push_back(std::move(entry.item));
  return Data::list(std::move(out));
}

int compare_nil_last(const Data& a, const Data& b) {
  if (std::optional<int> order = compare(a, b)) return *order;
  if (a.is_nil()) return 1;
  if (b.is_nil()) return -1;
  throw_error("cannot sort values of incompatible types");
}

int compare_ignoring_case(const Data& a, const Data& b) {
  if (a.is_nil() || b.is_nil()) return static_cast<int>(a.is_nil()) - static_cast<int>(b.is_nil());
  return strcasecmp(to_text(a).c_str(), to_text(b).c_str());
}

enum class Found { kNo, kYes, kNoProperties };

// Does item[property] equal the target, or without a target: is it true?
Found matches(const Data& item, const FilterArguments& arguments) {
  bool has_properties = true;
  Data value = property_of(item, arguments[0], has_properties);
  if (!has_properties) return Found::kNoProperties;
  bool yes = arguments[1].is_nil() ? value.truthy() : equal(value, arguments[1]);
  return yes ? Found::kYes : Found::kNo;
}

Data keep(const Data& input, const FilterArguments& arguments, Found wanted) {
  List out;
  for (Data& item : items_of(input)) {
    Found found = matches(item, arguments);
    if (found == Found::kNoProperties) return {};
    if (found == wanted) out.push_back(std::move(item));
  }
  return Data::list(std::move(out));
}

// The index of the first match, -1 without one; nothing if an item has no properties at all.
std::optional<std::int64_t> first_match(const List& items, const FilterArguments& arguments) {
  for (std::size_t i = 0; i < items.size(); ++i) {
    Found found = matches(items[i], arguments);
    if (found == Found::kNoProperties) return std::nullopt;
    if (found == Found::kYes) return static_cast<std::int64_t>(i);
  }
  return -1;
}

}  // namespace

Data where(const Data& input, const FilterArguments& arguments, const FilterContext&) {
  return keep(input, arguments, Found::kYes);
}

Data reject(const Data& input, const FilterArguments& arguments, const FilterContext&) {
  return keep(input, arguments, Found::kNo);
}

Data has(const Data& input, const FilterArguments& arguments, const FilterContext&) {
  std::optional<std::int64_t> index = first_match(items_of(input), arguments);
  return index ? Data::boolean(*index >= 0) : Data{};
}

Data find(const Data& input, const FilterArguments& arguments, const FilterContext&) {
  List items = items_of(input);
  std::optional<std::int64_t> index = first_match(items, arguments);
  if (!index || *index < 0) return {};
  return items[static_cast<std::size_t>(*index)];
}

Data find_index(const Data& input, const FilterArguments& arguments, const FilterContext&) {
  std::optional<std::int64_t> index = first_match(items_of(input), arguments);
  if (!index || *index < 0) return {};
  return Data::integer(*index);
}

Data map(const Data& input, const FilterArguments& arguments, const FilterContext&) {
  List out;
  for (const Data& item : items_of(input)) {
    bool has_properties = true;
    out.push_back(property_of(item, arguments[0], has_properties));
  }
  return Data::list(std::move(out));
}

Data compact(const Data& input, const FilterArguments& arguments, const FilterContext&) {
  List out;
  for (Data& item : items_of(input)) {
    bool has_properties = true;
    bool gone = arguments[0].is_nil() ? item.is_nil()
                                      : property_of(item, arguments[0], has_properties).is_nil();
    if (!has_properties) return {};
    if (!gone) out.push_back(std::move(item));
  }
  return Data::list(std::move(out));
}

Data uniq(const Data& input, const FilterArguments& arguments, const FilterContext&) {
  List keys;
  List out;
  for (Data& item : items_of(input)) {
    bool has_properties = true;
    Data key = arguments[0].is_nil() ? item : property_of(item, arguments[0], has_properties);
    if (!has_properties) return {};
    auto same = [&](const Data& other) {
      return key.value.index() == other.value.index() && equal(key, other);
    };
    if (std::any_of(keys.begin(), keys.end(), same)) continue;
    keys.push_back(std::move(key));
    out.push_back(std::move(item));
  }
  return Data::list(std::move(out));
}

Data sum(const Data& input, const FilterArguments& arguments, const FilterContext& context) {
  List values;
  for (Data& item : items_of(input)) {
    bool has_properties = true;
    values.push_back(arguments[0].is_nil() ? std::move(item)
                                           : property_of(item, arguments[0], has_properties));
  }
  Data total = Data::integer(0);
  bool first = true;
  for (const Data& value : items_of(Data::list(std::move(values)))) {
    total = first && value.get<ir::Money>() ? value : plus(total, {{value}, {}}, context);
    first = false;
  }
  return total;
}

Data sort(const Data& input, const FilterArguments& arguments, const FilterContext&) {
  return sort_by(input, arguments[0], compare_nil_last);
}

Data sort_natural(const Data& input, const FilterArguments& arguments, const FilterContext&) {
  return sort_by(input, arguments[0], compare_ignoring_case);
}

Data reverse(const Data& input, const FilterArguments&, const FilterContext&) {
  List items = items_of(input);
  std::reverse(items.begin(), items.end());
  return Data::list(std::move(items));
}

Data concat(const Data& input, const FilterArguments& arguments, const FilterContext&) {
  bool range = arguments[0].get<IntegerRange>();
  if (!arguments[0].as_list() && !range) throw_error("concat filter requires an array argument");
  List out = items_of(input);
  List more = range ? items_of(arguments[0]) : *arguments[0].as_list();
  check_item_count(out.size() + more.size());
  out.insert(out.end(), more.begin(), more.end());
  return Data::list(std::move(out));
}

Data join(const Data& input, const FilterArguments& arguments, const FilterContext&) {
  std::string glue = arguments.size() > 0 ? to_text(arguments[0]) : " ";
  std::string out;
  Trust trust = arguments.size() > 0 ? arguments[0].trust() : Trust::kTemplate;
  bool first = true;
  for (const Data& item : items_of(input)) {
    if (!first) out += glue;
    first = false;
    out += to_text(item);
    trust = std::min(trust, item.trust());
    check_text_size(out.size());
  }
  return Data::text(std::move(out), trust);
}

Data first(const Data& input, const FilterArguments&, const FilterContext&) {
  return first_of(input);
}

Data last(const Data& input, const FilterArguments&, const FilterContext&) {
  return last_of(input);
}

Data size(const Data& input, const FilterArguments&, const FilterContext&) {
  return size_of(input).value_or(Data::integer(0));
}

Data default_value(const Data& input, const FilterArguments& arguments, const FilterContext&) {
  bool allow_false = false;
  for (const auto& [name, value] : arguments.named)
    if (name == "allow_false") allow_false = value.truthy();
  bool absent = allow_false ? input.is_nil() : !input.truthy();
  if (!absent && !equal(input, Data{Special::kEmpty})) return input;
  return arguments.size() > 0 ? arguments[0] : Data::text("", Trust::kTemplate);
}

}  // namespace trig::liquid::filters
