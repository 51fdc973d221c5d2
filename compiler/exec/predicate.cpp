#include "compiler/exec/predicate.h"

#include <algorithm>

#include "compiler/exec/operators.h"

namespace trig::exec {
namespace {

using ir::Node;
using ir::NodeId;
using ir::Op;

std::int64_t millionths_of(std::int64_t whole) {
  std::int64_t scaled = 0;
  if (!__builtin_mul_overflow(whole, Decimal::kScale, &scaled)) return scaled;
  return whole < 0 ? std::numeric_limits<std::int64_t>::min()
                   : std::numeric_limits<std::int64_t>::max();
}

// The event's field that a node reads, or -1. `to_number` does not change what it equals, but for
// integers larger than any number.
int field_read(const ir::Program& program, NodeId id) {
  if (id == NodeId::kNone) return -1;
  const Node& node = program.node(id);
  if (node.op == Op::kToNumber) return field_read(program, node.a);
  return node.op == Op::kEventField ? static_cast<int>(node.index) : -1;
}

bool is_number(const ir::Value& value) {
  const std::int64_t* whole = value.get<std::int64_t>();
  return whole == nullptr || Decimal::from_integer(*whole).has_value();
}

std::uint64_t hash_of_text(std::string_view text) {
  return std::hash<std::string_view>()(text) | 1;
}

std::uint64_t hash_of_scalar(const ScalarKey& key) {
  constexpr std::uint64_t kSpread = 0x9e3779b97f4a7c15;
  std::uint64_t hash = static_cast<std::uint64_t>(key.at) * kSpread + key.detail;
  return (hash * kSpread + static_cast<std::uint64_t>(key.kind)) | 1;
}

class Splitter {
 public:
  explicit Splitter(const ir::Program& program) : program_(program) {}

  void split(NodeId id, std::vector<Predicate>& predicates) const {
    if (id == NodeId::kNone) return;
    const Node& node = program_.node(id);
    if (node.op == Op::kAnd) {
      split(node.a, predicates);
      split(node.b, predicates);
      return;
    }
    Predicate predicate;
    predicate.node = id;
    if (equality(node, predicate))
      predicate.kind = PredicateKind::kEquality;
    else if (range(node, predicate))
      predicate.kind = PredicateKind::kRange;
    else if (prefix(node, predicate))
      predicate.kind = PredicateKind::kPrefix;
    predicates.push_back(std::move(predicate));
  }

 private:
  bool equality(const Node& node, Predicate& found) const {
    if (node.op == Op::kEventField && node.type.kind == ir::Kind::kBoolean)
      return add_key(node.index, true, found);
    if (node.op == Op::kEqual) {
      int field = field_read(program_, node.a);
      auto value = constant_value(program_, field < 0 ? node.a : node.b);
      if (field < 0) field = field_read(program_, node.b);
      return field >= 0 && value && add_key(static_cast<std::uint32_t>(field), *value, found);
    }
    if (node.op == Op::kIn) return membership(node, found);
    if (node.op != Op::kOr) return false;
    Predicate other;
    if (!equality(program_.node(node.a), found) || !equality(program_.node(node.b), other) ||
        found.field != other.field)
      return false;
    for (EqualityKey& key : other.keys) insert(std::move(key), found);
    return true;
  }

  bool membership(const Node& node, Predicate& found) const {
    int field = field_read(program_, node.a);
    auto list = constant_value(program_, node.b);
    if (field < 0 || !list || list->get<ir::List>() == nullptr) return false;
    found.field = static_cast<std::uint32_t>(field);
    const ir::Items& items = *list->get<ir::List>()->items;
    return std::all_of(items.begin(), items.end(), [&](const ir::Value& item) {
      return item.missing() || add_key(found.field, item, found);
    });
  }

  static bool add_key(std::uint32_t field, const ir::Value& value, Predicate& found) {
    auto key = equality_key(value);
    if (!key || !is_number(value)) return false;
    found.field = field;
    insert(std::move(*key), found);
    return true;
  }

  static void insert(EqualityKey key, Predicate& found) {
    auto place = std::lower_bound(found.keys.begin(), found.keys.end(), key);
    if (place == found.keys.end() || *place != key) found.keys.insert(place, std::move(key));
  }

  bool range(const Node& node, Predicate& found) const {
    if (node.op == Op::kBetween) {
      int field = field_read(program_, node.a);
      return field >= 0 && bound(field, true, node.b, found) && bound(field, false, node.c, found);
    }
    bool less = node.op == Op::kLess || node.op == Op::kLessOrEqual;
    bool greater = node.op == Op::kGreater || node.op == Op::kGreaterOrEqual;
    if (!less && !greater) return false;
    int field = field_read(program_, node.a);
    if (field >= 0) return bound(field, greater, node.b, found);
    field = field_read(program_, node.b);
    return field >= 0 && bound(field, less, node.a, found);
  }

  bool bound(int field, bool low, NodeId id, Predicate& found) const {
    auto value = constant_value(program_, id);
    auto key = value ? scalar_key(*value) : std::nullopt;
    auto place = key ? order_place(*key) : std::nullopt;
    if (!place) return false;
    RangeBounds& range = found.range;
    bool first = range.low == RangeBounds().low && range.high == RangeBounds().high;
    // `between 5 EUR and 5 USD` is no range; `between 0 EUR and 5 USD` is one of dollars.
    if (!first && (range.kind != place->kind || (range.currency != place->currency &&
                                                 range.currency != 0 && place->currency != 0)))
      return false;
    found.field = static_cast<std::uint32_t>(field);
    range.kind = place->kind;
    range.currency = std::max(range.currency, place->currency);
    (low ? range.low : range.high) = place->at;
    return true;
  }

  bool prefix(const Node& node, Predicate& found) const {
    if (node.op != Op::kStartsWith) return false;
    int field = field_read(program_, node.a);
    auto value = constant_value(program_, node.b);
    const std::string* text = value ? value->get<std::string>() : nullptr;
    if (field < 0 || text == nullptr) return false;
    found.field = static_cast<std::uint32_t>(field);
    found.prefix = *text;
    return true;
  }

  const ir::Program& program_;
};

}  // namespace

std::optional<ScalarKey> scalar_key(const ir::Value& value) {
  if (const bool* boolean = value.get<bool>()) return ScalarKey{KeyKind::kBoolean, 0, *boolean};
  if (const std::int64_t* whole = value.get<std::int64_t>())
    return ScalarKey{KeyKind::kWhole, 0, *whole};
  if (const Decimal* decimal = value.get<Decimal>()) {
    if (decimal->is_whole())
      return ScalarKey{KeyKind::kWhole, 0, decimal->millionths() / Decimal::kScale};
    return ScalarKey{KeyKind::kFraction, 0, decimal->millionths()};
  }
  if (const ir::Money* money = value.get<ir::Money>()) {
    std::int64_t amount = money->amount.millionths();
    return ScalarKey{KeyKind::kMoney, amount == 0 ? 0 : money->currency.code, amount};
  }
  if (const Date* date = value.get<Date>())
    return ScalarKey{KeyKind::kDate, 0, date->time_since_epoch().count()};
  if (const TimeOfDay* time = value.get<TimeOfDay>())
    return ScalarKey{KeyKind::kTime, 0, time->minutes};
  if (const Instant* instant = value.get<Instant>())
    return ScalarKey{KeyKind::kInstant, 0, instant->time_since_epoch().count()};
  if (const Duration* duration = value.get<Duration>())
    return ScalarKey{KeyKind::kDuration, 0, duration->count()};
  return std::nullopt;
}

std::optional<EqualityKey> equality_key(const ir::Value& value) {
  if (const std::string* text = value.get<std::string>()) return EqualityKey{{}, *text};
  if (auto scalar = scalar_key(value)) return EqualityKey{*scalar, {}};
  return std::nullopt;
}

std::uint64_t equality_hash(const ir::Value& value) {
  if (const std::string* text = value.get<std::string>()) return hash_of_text(*text);
  auto key = scalar_key(value);
  return key ? hash_of_scalar(*key) : 0;
}

std::uint64_t hash_of(const EqualityKey& key) {
  return key.scalar.kind == KeyKind::kText ? hash_of_text(key.text) : hash_of_scalar(key.scalar);
}

std::optional<OrderPlace> order_place(const ScalarKey& key) {
  switch (key.kind) {
    case KeyKind::kText:
    case KeyKind::kBoolean: return std::nullopt;
    case KeyKind::kWhole: return OrderPlace{KeyKind::kWhole, 0, millionths_of(key.at)};
    case KeyKind::kFraction: return OrderPlace{KeyKind::kWhole, 0, key.at};
    case KeyKind::kMoney:
    case KeyKind::kDate:
    case KeyKind::kTime:
    case KeyKind::kInstant:
    case KeyKind::kDuration: return OrderPlace{key.kind, key.detail, key.at};
  }
  return std::nullopt;
}

namespace {

// `total >= 10 EUR and total < 20 EUR`: each of the two says as much as both.
void narrow_ranges(std::vector<Predicate>& predicates) {
  for (Predicate& one : predicates)
    for (Predicate& other : predicates) {
      if (one.kind != PredicateKind::kRange || other.kind != PredicateKind::kRange ||
          one.field != other.field || one.range.kind != other.range.kind ||
          one.range.currency != other.range.currency)
        continue;
      one.range.low = other.range.low = std::max(one.range.low, other.range.low);
      one.range.high = other.range.high = std::min(one.range.high, other.range.high);
    }
}

}  // namespace

std::vector<Predicate> split_conjuncts(const ir::Program& program, NodeId where) {
  std::vector<Predicate> predicates;
  Splitter(program).split(where, predicates);
  narrow_ranges(predicates);
  return predicates;
}

std::optional<ir::Value> constant_value(const ir::Program& program, NodeId id) {
  if (id == NodeId::kNone) return std::nullopt;
  const Node& node = program.node(id);
  if (node.op == Op::kConstant) return node.value;
  if (node.op == Op::kNegate || node.op == Op::kToNumber) {
    auto value = constant_value(program, node.a);
    if (!value) return std::nullopt;
    return node.op == Op::kNegate ? negate(*value) : to_number(*value);
  }
  if (node.op != Op::kList) return std::nullopt;
  ir::Items items;
  for (NodeId operand : node.operands) {
    auto item = constant_value(program, operand);
    if (!item) return std::nullopt;
    items.push_back(std::move(*item));
  }
  return ir::Value::list(std::move(items));
}

}  // namespace trig::exec
