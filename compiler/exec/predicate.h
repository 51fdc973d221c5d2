// The conjuncts of a trigger's `where`, sorted by what an index can make of them. `category ==
// "tea" and total >= 20 EUR and count(…) > 3` is an equality, a range and a rest.
//
// What is said here about two values agrees with compare() in operators.h: keys are equal exactly
// where `==` holds (2 and 2.0 are; no money in two currencies is, unless both are nothing), and a
// place in a range is never outside where a comparison holds.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "compiler/ir/program.h"

namespace trig::exec {

enum class KeyKind : std::uint8_t {
  kText,
  kBoolean,
  kWhole,     // integers, and numbers without decimals
  kFraction,  // millionths
  kMoney,     // detail: the currency; 0 where the amount is 0
  kDate,
  kTime,
  kInstant,
  kDuration,
};

// A value but for its text.
struct ScalarKey {
  KeyKind kind = KeyKind::kText;
  std::uint32_t detail = 0;
  std::int64_t at = 0;
  friend auto operator<=>(const ScalarKey&, const ScalarKey&) = default;
};

struct EqualityKey {
  ScalarKey scalar;
  std::string text;  // of kText
  friend auto operator<=>(const EqualityKey&, const EqualityKey&) = default;
};
// Nothing for what is missing, a text, or neither text nor scalar.
std::optional<ScalarKey> scalar_key(const ir::Value& value);
// Nothing for what is missing, a list or a record.
std::optional<EqualityKey> equality_key(const ir::Value& value);
// The same for values whose keys are the same; 0 for what has no key.
std::uint64_t equality_hash(const ir::Value& value);
std::uint64_t hash_of(const EqualityKey& key);

// Where a value stands among those it compares with. Two that compare so are not in the opposite
// order here; they may stand at the same place though they differ.
struct OrderPlace {
  KeyKind kind = KeyKind::kWhole;  // numbers: always kWhole
  std::uint32_t currency = 0;      // of money; 0: nothing, which compares with every currency
  std::int64_t at = 0;
};
// Nothing for a boolean: ranges over them are no use.
std::optional<OrderPlace> order_place(const ScalarKey& key);

struct RangeBounds {
  KeyKind kind = KeyKind::kWhole;
  std::uint32_t currency = 0;
  std::int64_t low = std::numeric_limits<std::int64_t>::min();  // both inclusive
  std::int64_t high = std::numeric_limits<std::int64_t>::max();
};

enum class PredicateKind : std::uint8_t {
  kEquality,  // one of `keys`: also `in [..]`, `a or b` of one field, and a boolean field alone
  kRange,     // holds only within `range`
  kPrefix,    // the text begins with `prefix`
  kResidual,
};

struct Predicate {
  PredicateKind kind = PredicateKind::kResidual;
  std::uint32_t field = 0;  // of the event
  std::vector<EqualityKey> keys;
  RangeBounds range;
  std::string prefix;
  ir::NodeId node = ir::NodeId::kNone;  // the conjunct
};

// `where` holds exactly where each conjunct does.
std::vector<Predicate> split_conjuncts(const ir::Program& program, ir::NodeId where);

// The value of an expression that reads nothing: a constant, or a list of constants.
std::optional<ir::Value> constant_value(const ir::Program& program, ir::NodeId node);

}  // namespace trig::exec
