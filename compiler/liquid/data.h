// Data: one value inside a Liquid template. Liquid is dynamically typed, so a Data carries its
// kind, unlike ir::Value, whose type is known from the program; from_value makes one out of the
// other.
//
// Lists and maps are shared and never change, so that copying a Data is cheap. Text remembers how
// far it can be trusted: what the template's author wrote is markup, what came from an event or a
// person is not, and HTML output escapes the latter.
//
//   Data person = Data::map({{"first_name", Data::text("Ada")}});
//   to_text(person)   // {"first_name"=>"Ada"}
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "compiler/base/decimal.h"
#include "compiler/base/time.h"
#include "compiler/ir/type.h"
#include "compiler/ir/value.h"

namespace trig::liquid {

enum class Trust : std::uint8_t {
  kData,      // from outside: escaped where it is printed
  kMarkup,    // already HTML: captured output, the result of `escape`
  kTemplate,  // written by the template's author, or marked `| raw`
};

struct Nil {};

struct Text {
  std::string text;
  Trust trust = Trust::kData;
};

// (first..last), both included; empty if last < first. Not materialised until a filter needs items.
struct IntegerRange {
  std::int64_t first = 0;
  std::int64_t last = -1;

  std::uint64_t size() const {
    return last < first ? 0
                        : static_cast<std::uint64_t>(last) - static_cast<std::uint64_t>(first) + 1;
  }
  std::string to_string() const;  // "1..5"
};

// `empty` and `blank` beside a comparison: what they equal is a property, not a value.
enum class Special : std::uint8_t { kEmpty, kBlank };

// forloop and tablerowloop: changes while its loop runs, so it is shared.
struct Loop {
  std::string name;  // "item-items"
  std::int64_t length = 0;
  std::int64_t index = 0;  // from 0
  std::shared_ptr<const Loop> parent;
  bool table = false;  // a tablerowloop, which has columns and no parent
  std::int64_t columns = 0;
  std::int64_t row = 1;
  std::int64_t column = 1;
};

struct Data;
using List = std::vector<Data>;
using Map = std::vector<std::pair<std::string, Data>>;  // in the order of insertion

struct Data {
  std::variant<Nil, bool, std::int64_t, double, Decimal, ir::Money, Text, Date, Instant,
               IntegerRange, std::shared_ptr<const List>, std::shared_ptr<const Map>, Special,
               std::shared_ptr<const Loop>>
      value;

  static Data boolean(bool value) { return {value}; }
  static Data integer(std::int64_t value) { return {value}; }
  static Data real(double value) { return {value}; }
  static Data text(std::string text, Trust trust = Trust::kData) {
    return {Text{std::move(text), trust}};
  }
  static Data list(List items) { return {std::make_shared<const List>(std::move(items))}; }
  static Data map(Map entries) { return {std::make_shared<const Map>(std::move(entries))}; }

  template <typename T>
  const T* get() const {
    return std::get_if<T>(&value);
  }
  const std::string* as_text() const {
    const Text* text = get<Text>();
    return text ? &text->text : nullptr;
  }
  const List* as_list() const {
    auto list = get<std::shared_ptr<const List>>();
    return list ? list->get() : nullptr;
  }
  const Map* as_map() const {
    auto map = get<std::shared_ptr<const Map>>();
    return map ? map->get() : nullptr;
  }

  bool is_nil() const { return std::holds_alternative<Nil>(value); }
  // Only nil and false are not true; 0, "" and [] are.
  bool truthy() const { return !is_nil() && (!get<bool>() || *get<bool>()); }
  Trust trust() const { return get<Text>() ? get<Text>()->trust : Trust::kData; }
};

// The entry of a map, or null.
const Data* find_entry(const Map& map, std::string_view key);

// As an output prints it: nil is "", a list its items without separator inside an output only, here
// its inspected form ["a", 1] as the reference does for text filters.
std::string to_text(const Data& data);
std::string inspect(const Data& data);  // "a" in quotes, nil as nil
// How `==` compares; empty and blank compare by property. 1 == 1.0.
bool equal(const Data& a, const Data& b);

// A value of the program as a template sees it. Records become maps of their fields' names, missing
// values nil; a time of day becomes text "09:00" and a duration "1 hour 30 minutes".
Data from_value(const ir::Value& value, ir::Type type, const ir::TypeTable& types);

// Unicode characters of UTF-8 text: length, and [begin, begin + count) clipped to the text.
std::size_t character_count(std::string_view text);
std::string_view characters(std::string_view text, std::size_t begin, std::size_t count);

}  // namespace trig::liquid
