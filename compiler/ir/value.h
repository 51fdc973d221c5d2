// Value: one datum at run time. Its type is known from the program, so a Value does not carry one;
// text, e-mail, URL, country … are all std::string here, percent is the Decimal of its hundredth
// (10 % is 0.1). A missing value is Missing; it never compares equal to anything.
//
// Lists and records are shared and never change. A record's fields stand in the order of its
// RecordType.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "compiler/base/codec.h"
#include "compiler/base/decimal.h"
#include "compiler/base/time.h"

namespace trig::ir {

struct Missing {
  friend bool operator==(Missing, Missing) { return true; }
};

// ISO 4217 code packed into three bytes: 'E' << 16 | 'U' << 8 | 'R'.
struct Currency {
  std::uint32_t code = 0;
  static bool parse(std::string_view text, Currency& currency);  // any three capital letters
  std::string to_string() const;
  int decimal_places() const;  // minor units: 2, but 0 for JPY and 3 for KWD and their kin
  friend bool operator==(Currency, Currency) = default;
};

struct Money {
  Decimal amount;
  Currency currency;
  std::string to_string() const;  // "19.90 EUR"
  friend bool operator==(const Money&, const Money&) = default;
};

struct Value;
using Items = std::vector<Value>;

struct List {
  std::shared_ptr<const Items> items;
};
struct Record {
  std::shared_ptr<const Items> fields;
};

struct Value {
  std::variant<Missing, bool, std::int64_t, Decimal, Money, std::string, Date, TimeOfDay, Instant,
               Duration, List, Record>
      data;

  Value() = default;
  template <typename T>
  requires(!std::is_same_v<std::decay_t<T>, Value>) Value(T&& value)
      : data(std::forward<T>(value)) {}  // NOLINT: a Value is any of its kinds

  bool missing() const { return std::holds_alternative<Missing>(data); }
  template <typename T>
  const T* get() const {
    return std::get_if<T>(&data);
  }

  static Value list(Items items) { return List{std::make_shared<const Items>(std::move(items))}; }
  static Value record(Items fields) {
    return Record{std::make_shared<const Items>(std::move(fields))};
  }
};

// Structural identity: same kind, same content; two Missing are the same. This is the equality of
// keys and tests; the language's `==` (where missing equals nothing) is in exec.
bool same(const Value& a, const Value& b);

// As a user writes it: 40 EUR, "c1", 2026-03-28, [{"a", 1}]; Missing is `missing`.
std::string to_string(const Value& value);

// Self-describing bytes for stored state; a kind tag, then the content. Depth is bounded by
// kMaxValueDepth when reading.
void encode(const Value& value, ByteWriter& writer);
Value decode_value(ByteReader& reader);

}  // namespace trig::ir
