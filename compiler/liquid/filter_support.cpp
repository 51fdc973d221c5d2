#include "compiler/liquid/filter_support.h"

#include <algorithm>

#include "compiler/base/limits.h"

namespace trig::liquid {
namespace {

void flatten(const List& list, List& out) {
  for (const Data& item : list) {
    if (const List* nested = item.as_list())
      flatten(*nested, out);
    else
      out.push_back(item);
    check_item_count(out.size());
  }
}

const FilterInfo kFilters[] = {
#define TRIG_LIQUID_FILTER(name, function, least, most, result) \
  {#name, filters::function, least, most, FilterResult::result},
#include "compiler/liquid/filters.def"
#undef TRIG_LIQUID_FILTER
};

}  // namespace

const FilterInfo* find_filter(std::string_view name) {
  for (const FilterInfo& filter : kFilters)
    if (filter.name == name) return &filter;
  return nullptr;
}

const std::vector<std::string>& filter_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const FilterInfo& filter : kFilters) all.emplace_back(filter.name);
    return all;
  }();
  return names;
}

const Data& FilterArguments::operator[](std::size_t index) const {
  static const Data nil;
  return index < values.size() ? values[index] : nil;
}

void check_text_size(std::size_t bytes) {
  if (bytes > kMaxTemplateOutputBytes)
    throw BoundError(
        fmt::format("a text in the template has more than {} bytes", kMaxTemplateOutputBytes));
}

void check_item_count(std::uint64_t items) {
  if (items > kMaxTemplateSteps)
    throw BoundError(
        fmt::format("a list in the template has more than {} items", kMaxTemplateSteps));
}

List items_of(const Data& input) {
  List items;
  if (const List* list = input.as_list()) {
    flatten(*list, items);
  } else if (auto range = input.get<IntegerRange>()) {
    check_item_count(range->size());
    for (std::uint64_t i = 0; i < range->size(); ++i)
      items.push_back(Data::integer(range->first + static_cast<std::int64_t>(i)));
  } else if (!input.is_nil()) {
    items.push_back(input);
  }
  return items;
}

Data text_result(std::string text, const Data& input) {
  check_text_size(text.size());
  return Data::text(std::move(text), input.trust());
}

Data text_result(std::string text, const Data& input, const Data& other) {
  check_text_size(text.size());
  return Data::text(std::move(text), std::min(input.trust(), other.trust()));
}

std::string escape_html(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  for (char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

Data property_of(const Data& item, const Data& property, bool& has_properties) {
  has_properties = true;
  if (const Map* map = item.as_map()) {
    const std::string* key = property.as_text();
    const Data* entry = key ? find_entry(*map, *key) : nullptr;
    return entry ? *entry : Data{};
  }
  if (const std::string* text = item.as_text()) {
    if (const std::string* part = property.as_text())
      return text->find(*part) != std::string::npos ? property : Data{};
    if (auto index = property.get<std::int64_t>()) {
      auto size = static_cast<std::int64_t>(character_count(*text));
      std::int64_t at = *index < 0 ? *index + size : *index;
      if (at < 0 || at >= size) return {};
      return Data::text(std::string(characters(*text, static_cast<std::size_t>(at), 1)),
                        item.trust());
    }
  } else if (!item.get<std::int64_t>()) {
    has_properties = false;
    return {};
  }
  throw_error("cannot select the property '{}'", to_text(property));
}

}  // namespace trig::liquid
