// How the codec of programs (codec.h) writes and reads what they are made of: numbers, texts,
// times, lists. Each kind of thing has a function `pass`; that of a struct passes its members on,
// and is the same for writing and reading:
//
//   template <typename A>
//   void pass(A& a, typename A::template Of<Slot> slot) {
//     auto& [name, record, read] = slot;   // all its members: a new one does not compile without
//     a(name, record, read);
//   }
//
// Internal to compiler/ir.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "compiler/base/codec.h"
#include "compiler/ir/program.h"

namespace trig::ir {

// The parts of a TypeTable, which nobody else sees.
struct TypeTableParts {
  template <typename Archive, typename Table>
  static void pass_all(Archive& archive, Table& table) {
    auto& [elements, choices, records] = table;
    archive(elements, choices, records);
  }
  template <typename Visit>
  static void each_type(const TypeTable& table, Visit&& visit) {
    for (const Type& element : table.elements_) visit(element);
    for (const RecordType& record : table.records_)
      for (const Field& field : record.fields) visit(field.type);
  }
  static bool knows(const TypeTable& table, Type type) {
    if (type.kind == Kind::kList) return type.detail < table.elements_.size();
    if (type.kind == Kind::kOneOf) return type.detail < table.choices_.size();
    return type.kind != Kind::kRecord || type.detail < table.records_.size();
  }
};

namespace coding {

// How many values an enumeration has, from 0 on: the compiler prints another one with a cast.
template <auto value>
constexpr std::string_view text_of() {
  return __PRETTY_FUNCTION__;
}
template <typename Enum, std::size_t at = 0>
constexpr std::size_t enumerators() {
  if constexpr (text_of<static_cast<Enum>(at)>().find("value = (") != std::string_view::npos)
    return at;
  else
    return enumerators<Enum, at + 1>();
}
static_assert(enumerators<CalendarUnit>() == static_cast<std::size_t>(CalendarUnit::kYear) + 1);

struct ProgramWriter {
  template <typename T>
  using Of = const T&;
  ByteWriter& bytes;
  template <typename... Parts>
  void operator()(const Parts&... parts) {
    (pass(*this, parts), ...);
  }
};

struct ProgramReader {
  template <typename T>
  using Of = T&;
  ByteReader& bytes;
  const TypeTable* types = nullptr;  // which details must lie in, once it is read
  template <typename... Parts>
  void operator()(Parts&... parts) {
    (pass(*this, parts), ...);
  }
};

// ------------------------------------------------------------------------------ what all is made
// of

template <typename T>
concept Number = std::is_integral_v<T> && !std::is_same_v<T, bool>;

inline void pass(ProgramWriter& w, bool value) { w.bytes.u8(value ? 1 : 0); }
inline void pass(ProgramReader& r, bool& value) { value = r.bytes.u8() != 0; }

template <Number T>
void pass(ProgramWriter& w, T value) {
  if constexpr (std::is_signed_v<T>)
    w.bytes.zigzag(value);
  else
    w.bytes.varint(value);
}
template <Number T>
void pass(ProgramReader& r, T& value) {
  if constexpr (std::is_signed_v<T>) {
    const std::int64_t read = r.bytes.zigzag();
    if (std::in_range<T>(read)) value = static_cast<T>(read);
    if (!std::in_range<T>(read)) r.bytes.mark_bad();
  } else {
    const std::uint64_t read = r.bytes.varint();
    if (std::in_range<T>(read)) value = static_cast<T>(read);
    if (!std::in_range<T>(read)) r.bytes.mark_bad();
  }
}

template <typename Enum>
requires std::is_enum_v<Enum>
void pass(ProgramWriter& w, Enum value) { w.bytes.u8(static_cast<std::uint8_t>(value)); }
template <typename Enum>
requires std::is_enum_v<Enum>
void pass(ProgramReader& r, Enum& value) {
  const std::uint8_t read = r.bytes.u8();
  if (read >= enumerators<Enum>()) return r.bytes.mark_bad();
  value = static_cast<Enum>(read);
}

// "None" is the highest number, and common: it takes one byte as 0.
template <typename Id>
void pass_id(ProgramWriter& w, Id id) {
  w.bytes.varint(static_cast<std::uint32_t>(static_cast<std::uint32_t>(id) + 1));
}
template <typename Id>
void pass_id(ProgramReader& r, Id& id) {
  std::uint32_t number = 0;
  pass(r, number);
  id = static_cast<Id>(number - 1);
}
inline void pass(ProgramWriter& w, NodeId id) { pass_id(w, id); }
inline void pass(ProgramReader& r, NodeId& id) { pass_id(r, id); }
inline void pass(ProgramWriter& w, SourceId id) { pass_id(w, id); }
inline void pass(ProgramReader& r, SourceId& id) { pass_id(r, id); }

inline void pass(ProgramWriter& w, NameHash hash) {
  w.bytes.fixed64(static_cast<std::uint64_t>(hash));
}
inline void pass(ProgramReader& r, NameHash& hash) { hash = NameHash{r.bytes.fixed64()}; }

inline void pass(ProgramWriter& w, const std::string& text) { w.bytes.text(text); }
inline void pass(ProgramReader& r, std::string& text) { text = r.bytes.text(); }

inline void pass(ProgramWriter& w, const Value& value) { encode(value, w.bytes); }
inline void pass(ProgramReader& r, Value& value) { value = decode_value(r.bytes); }

inline void pass(ProgramWriter& w, Zone zone) { w.bytes.text(zone.name()); }
inline void pass(ProgramReader& r, Zone& zone) {
  const std::optional<Zone> found = Zone::find(r.bytes.text_view());
  if (!found) return r.bytes.mark_bad();
  zone = *found;
}

inline void pass(ProgramWriter& w, Duration value) { w.bytes.zigzag(value.count()); }
inline void pass(ProgramReader& r, Duration& value) { value = Duration(r.bytes.zigzag()); }
inline void pass(ProgramWriter& w, Instant value) { pass(w, value.time_since_epoch()); }
inline void pass(ProgramReader& r, Instant& value) {
  Duration since{};
  pass(r, since);
  value = Instant(since);
}
inline void pass(ProgramWriter& w, Date value) { pass(w, value.time_since_epoch().count()); }
inline void pass(ProgramReader& r, Date& value) {
  Date::rep days = 0;
  pass(r, days);
  value = Date(Date::duration(days));
}

template <typename A>
void pass(A& a, typename A::template Of<TimeOfDay> time) {
  auto& [minutes] = time;
  a(minutes);
}
template <typename A>
void pass(A& a, typename A::template Of<Span> span) {
  auto& [amount, unit] = span;
  a(amount, unit);
}
template <typename A>
void pass(A& a, typename A::template Of<Currency> currency) {
  auto& [code] = currency;
  a(code);
}
template <typename A>
void pass(A& a, typename A::template Of<Hash128> hash) {
  auto& [high, low] = hash;
  a(high, low);
}

inline void pass(ProgramWriter& w, const TextRange& range) {
  const auto& [source, begin, end] = range;
  w(source, begin, static_cast<std::uint32_t>(end - begin));
}
inline void pass(ProgramReader& r, TextRange& range) {
  auto& [source, begin, end] = range;
  r(source, begin, end);
  end += begin;
}

inline void pass(ProgramWriter& w, const Type& type) {
  const auto& [kind, optional, detail] = type;
  w(kind, optional, detail);
}
inline void pass(ProgramReader& r, Type& type) {
  auto& [kind, optional, detail] = type;
  r(kind, optional, detail);
  if (r.types != nullptr && !TypeTableParts::knows(*r.types, type)) r.bytes.mark_bad();
}

template <typename Items>
concept Sequence = requires(Items items) {
  items.size();
  items.emplace_back();
}
&&!std::is_same_v<Items, std::string>;

template <Sequence Items>
void pass(ProgramWriter& w, const Items& items) {
  w.bytes.varint(items.size());
  for (const auto& item : items) pass(w, item);
}
// Grows with what is read, not with what the bytes announce.
template <Sequence Items>
void pass(ProgramReader& r, Items& items) {
  std::uint64_t left = r.bytes.varint();
  if constexpr (requires { items.reserve(left); }) {
    constexpr std::uint64_t kLikelyBytes = 16;  // of one
    items.reserve(std::min(left, r.bytes.rest().size() / kLikelyBytes));
  }
  for (; left > 0 && r.bytes.ok(); --left) pass(r, items.emplace_back());
}

inline void pass(ProgramWriter& w, const std::vector<bool>& bits) {
  w.bytes.varint(bits.size());
  for (const bool bit : bits) pass(w, bit);
}
inline void pass(ProgramReader& r, std::vector<bool>& bits) {
  std::uint64_t left = r.bytes.varint();
  for (; left > 0 && r.bytes.ok(); --left) bits.push_back(r.bytes.u8() != 0);
}

template <typename T>
void pass(ProgramWriter& w, const std::optional<T>& value) {
  pass(w, value.has_value());
  if (value) pass(w, *value);
}
template <typename T>
void pass(ProgramReader& r, std::optional<T>& value) {
  if (r.bytes.u8() != 0) pass(r, value.emplace());
}

template <typename A, typename B>
void pass(ProgramWriter& w, const std::pair<A, B>& both) {
  w(both.first, both.second);
}
template <typename A, typename B>
void pass(ProgramReader& r, std::pair<A, B>& both) {
  r(both.first, both.second);
}

template <typename... Kinds>
void pass(ProgramWriter& w, const std::variant<Kinds...>& kinds) {
  w.bytes.u8(static_cast<std::uint8_t>(kinds.index()));
  std::visit([&](const auto& kind) { pass(w, kind); }, kinds);
}
template <std::size_t at = 0, typename... Kinds>
void pass_kind(ProgramReader& r, std::variant<Kinds...>& kinds, std::size_t index) {
  if constexpr (at == sizeof...(Kinds))
    r.bytes.mark_bad();
  else if (at == index)
    pass(r, kinds.template emplace<at>());
  else
    pass_kind<at + 1>(r, kinds, index);
}
template <typename... Kinds>
void pass(ProgramReader& r, std::variant<Kinds...>& kinds) {
  pass_kind(r, kinds, r.bytes.u8());
}

}  // namespace coding
}  // namespace trig::ir
