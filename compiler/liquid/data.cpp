#include "compiler/liquid/data.h"

#include <algorithm>

#include "compiler/liquid/number.h"

namespace trig::liquid {
namespace {

std::string inspect_text(const std::string& text) {
  std::string out = "\"";
  for (char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\t': out += "\\t"; break;
      case '\r': out += "\\r"; break;
      default: out += c;
    }
  }
  return out + '"';
}

std::string inspect_list(const List& list) {
  std::string out = "[";
  for (const Data& item : list) {
    if (out.size() > 1) out += ", ";
    out += inspect(item);
  }
  return out + "]";
}

std::string inspect_map(const Map& map) {
  std::string out = "{";
  for (const auto& [key, item] : map) {
    if (out.size() > 1) out += ", ";
    out += inspect_text(key) + "=>" + inspect(item);
  }
  return out + "}";
}

bool is_space_only(const std::string& text) {
  return text.find_first_not_of(" \t\r\n\f\v") == std::string::npos;
}

bool matches_special(Special special, const Data& data) {
  if (const std::string* text = data.as_text())
    return special == Special::kBlank ? is_space_only(*text) : text->empty();
  if (const List* list = data.as_list()) return list->empty();
  if (const Map* map = data.as_map()) return map->empty();
  return special == Special::kBlank && !data.truthy();
}

bool equal_maps(const Map& a, const Map& b) {
  if (a.size() != b.size()) return false;
  return std::all_of(a.begin(), a.end(), [&](const auto& entry) {
    const Data* other = find_entry(b, entry.first);
    return other && equal(entry.second, *other);
  });
}

struct ToText {
  std::string operator()(Nil) const { return {}; }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const { return std::to_string(value); }
  std::string operator()(double value) const { return float_text(value); }
  std::string operator()(Decimal value) const { return value.to_string(); }
  std::string operator()(const ir::Money& value) const { return value.to_string(); }
  std::string operator()(const Text& value) const { return value.text; }
  std::string operator()(Date value) const { return trig::to_string(value); }
  std::string operator()(Instant value) const { return trig::to_string(value); }
  std::string operator()(const IntegerRange& value) const { return value.to_string(); }
  std::string operator()(const std::shared_ptr<const List>& value) const {
    return inspect_list(*value);
  }
  std::string operator()(const std::shared_ptr<const Map>& value) const {
    return inspect_map(*value);
  }
  std::string operator()(Special) const { return {}; }
  std::string operator()(const std::shared_ptr<const Loop>& value) const {
    return value->table ? "Liquid::TablerowloopDrop" : "Liquid::ForloopDrop";
  }
};

Data from_record(const ir::Record& record, ir::Type type, const ir::TypeTable& types) {
  const std::vector<ir::Field>& fields = types.record_at(type).fields;
  Map map;
  map.reserve(fields.size());
  for (std::size_t i = 0; i < fields.size() && i < record.fields->size(); ++i)
    map.emplace_back(fields[i].name, from_value((*record.fields)[i], fields[i].type, types));
  return Data::map(std::move(map));
}

}  // namespace

std::string IntegerRange::to_string() const { return fmt::format("{}..{}", first, last); }

const Data* find_entry(const Map& map, std::string_view key) {
  for (const auto& [name, data] : map)
    if (name == key) return &data;
  return nullptr;
}

std::string to_text(const Data& data) { return std::visit(ToText{}, data.value); }

std::string inspect(const Data& data) {
  if (const std::string* text = data.as_text()) return inspect_text(*text);
  if (data.is_nil()) return "nil";
  return to_text(data);
}

bool equal(const Data& a, const Data& b) {
  if (const Special* special = a.get<Special>()) return matches_special(*special, b);
  if (const Special* special = b.get<Special>()) return matches_special(*special, a);
  if (is_number(a) && is_number(b)) return compare_numbers(a, b) == 0;
  if (a.value.index() != b.value.index()) return false;
  if (a.is_nil()) return true;
  if (auto x = a.get<bool>()) return *x == *b.get<bool>();
  if (auto x = a.as_text()) return *x == *b.as_text();
  if (auto x = a.as_list())
    return std::equal(x->begin(), x->end(), b.as_list()->begin(), b.as_list()->end(), equal);
  if (auto x = a.as_map()) return equal_maps(*x, *b.as_map());
  if (auto x = a.get<ir::Money>()) return *x == *b.get<ir::Money>();
  if (auto x = a.get<Date>()) return *x == *b.get<Date>();
  if (auto x = a.get<Instant>()) return *x == *b.get<Instant>();
  if (auto x = a.get<IntegerRange>())
    return x->first == b.get<IntegerRange>()->first && x->last == b.get<IntegerRange>()->last;
  return *a.get<std::shared_ptr<const Loop>>() == *b.get<std::shared_ptr<const Loop>>();
}

Data from_value(const ir::Value& value, ir::Type type, const ir::TypeTable& types) {
  if (auto x = value.get<bool>()) return {*x};
  if (auto x = value.get<std::int64_t>()) return {*x};
  if (auto x = value.get<Decimal>()) return {*x};
  if (auto x = value.get<ir::Money>()) return {*x};
  if (auto x = value.get<std::string>()) return Data::text(*x);
  if (auto x = value.get<Date>()) return {*x};
  if (auto x = value.get<TimeOfDay>()) return Data::text(trig::to_string(*x));
  if (auto x = value.get<Instant>()) return {*x};
  if (auto x = value.get<Duration>()) return Data::text(duration_text(*x));
  if (auto x = value.get<ir::List>()) {
    List items;
    items.reserve(x->items->size());
    ir::Type element = type.kind == ir::Kind::kList ? types.element(type) : ir::Type{};
    for (const ir::Value& item : *x->items) items.push_back(from_value(item, element, types));
    return Data::list(std::move(items));
  }
  if (auto x = value.get<ir::Record>(); x && type.kind == ir::Kind::kRecord)
    return from_record(*x, type, types);
  return {};
}

std::size_t character_count(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

std::string_view characters(std::string_view text, std::size_t begin, std::size_t count) {
  auto skip = [&](std::size_t at, std::size_t n) {
    for (; n > 0 && at < text.size(); --n) {
      ++at;
      while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80) ++at;
    }
    return at;
  };
  std::size_t from = skip(0, begin);
  return text.substr(from, skip(from, count) - from);
}

}  // namespace trig::liquid
