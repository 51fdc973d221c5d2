#include "compiler/exec/operators.h"

#include <optional>

#include "compiler/base/check.h"

namespace trig::exec {
namespace {

using ir::Missing;
using ir::Money;
using ir::Op;
using ir::Value;
using std::chrono::days;

std::optional<Decimal> decimal_of(const Value& value) {
  if (const Decimal* decimal = value.get<Decimal>()) return *decimal;
  if (const std::int64_t* integer = value.get<std::int64_t>())
    return Decimal::from_integer(*integer);
  return std::nullopt;
}

// Nothing is nothing in every currency: so the sum of no orders compares with 10 EUR.
bool same_currency(const Money& a, const Money& b) {
  return a.currency == b.currency || a.amount == Decimal() || b.amount == Decimal();
}

// The order of two values of one kind; nullopt where there is none.
std::optional<std::partial_ordering> order(const Value& a, const Value& b) {
  if (a.missing() || b.missing()) return std::nullopt;
  if (a.data.index() != b.data.index()) {
    auto left = decimal_of(a);
    auto right = decimal_of(b);
    if (!left || !right) return std::nullopt;
    return *left <=> *right;
  }
  if (const Money* money = a.get<Money>()) {
    const Money& other = *b.get<Money>();
    if (!same_currency(*money, other)) return std::nullopt;
    return money->amount <=> other.amount;
  }
  return std::visit(
      [&](const auto& left) -> std::optional<std::partial_ordering> {
        using T = std::decay_t<decltype(left)>;
        if constexpr (std::is_same_v<T, Missing> || std::is_same_v<T, Money>) {
          return std::nullopt;
        } else if constexpr (std::is_same_v<T, ir::List> || std::is_same_v<T, ir::Record>) {
          return ir::same(a, b) ? std::partial_ordering::equivalent
                                : std::partial_ordering::unordered;
        } else {
          return left <=> std::get<T>(b.data);
        }
      },
      a.data);
}

template <typename T>
Value from_optional(const std::optional<T>& value) {
  return value ? Value(*value) : Value();
}

std::optional<Decimal> decimal_arithmetic(Op op, Decimal a, Decimal b) {
  switch (op) {
    case Op::kAdd: return add(a, b);
    case Op::kSubtract: return subtract(a, b);
    case Op::kMultiply: return multiply(a, b);
    case Op::kDivide: return divide(a, b);
    default: TRIG_CHECK(false, "not an arithmetic operator");
  }
}

Value integer_arithmetic(Op op, std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  bool overflow = op == Op::kAdd        ? __builtin_add_overflow(a, b, &result)
                  : op == Op::kSubtract ? __builtin_sub_overflow(a, b, &result)
                                        : __builtin_mul_overflow(a, b, &result);
  return overflow ? Value() : Value(result);
}

Value money_arithmetic(Op op, const Value& a, const Value& b) {
  const Money* left = a.get<Money>();
  const Money* right = b.get<Money>();
  if (left && right) {
    if (!same_currency(*left, *right)) return {};
    auto amount = decimal_arithmetic(op, left->amount, right->amount);
    if (!amount) return {};
    if (op == Op::kDivide) return *amount;
    return Money{*amount, left->amount == Decimal() ? right->currency : left->currency};
  }
  const Money& money = left ? *left : *right;
  auto factor = decimal_of(left ? b : a);
  if (!factor || (!left && op == Op::kDivide)) return {};
  auto amount = decimal_arithmetic(op, money.amount, *factor);
  return amount ? Value(Money{*amount, money.currency}) : Value();
}

Value duration_scaled(Op op, Duration duration, Decimal factor) {
  auto count = Decimal::from_millionths(duration.count());  // microseconds are millionths
  auto scaled = op == Op::kDivide ? divide(count, factor) : multiply(count, factor);
  return scaled ? Value(Duration(scaled->millionths())) : Value();
}

// Dates, datetimes and durations with each other.
Value time_arithmetic(Op op, const Value& a, const Value& b) {
  const Duration* a_duration = a.get<Duration>();
  const Duration* b_duration = b.get<Duration>();
  Duration shift = b_duration ? (op == Op::kSubtract ? -*b_duration : *b_duration) : Duration(0);
  if (const Date* date = a.get<Date>()) {
    if (b_duration) return Date(*date + std::chrono::floor<days>(shift));
    if (const Date* other = b.get<Date>()) return Duration(*date - *other);
  }
  if (const Instant* instant = a.get<Instant>()) {
    if (b_duration) return *instant + shift;
    if (const Instant* other = b.get<Instant>()) return *instant - *other;
  }
  if (a_duration && b_duration) {
    if (op == Op::kAdd || op == Op::kSubtract) return *a_duration + shift;
    auto ratio = divide(Decimal::from_millionths(a_duration->count()),
                        Decimal::from_millionths(b_duration->count()));
    return from_optional(ratio);
  }
  if (a_duration && op == Op::kAdd) return time_arithmetic(op, b, a);  // 2 days + date
  if (a_duration) {
    auto factor = decimal_of(b);
    return factor ? duration_scaled(op, *a_duration, *factor) : Value();
  }
  if (b_duration && op == Op::kMultiply) return time_arithmetic(op, b, a);
  return {};
}

}  // namespace

bool compare(Op op, const Value& a, const Value& b) {
  auto found = order(a, b);
  if (!found) return false;
  switch (op) {
    case Op::kEqual: return *found == 0;
    case Op::kNotEqual: return *found != 0;
    case Op::kLess: return *found < 0;
    case Op::kLessOrEqual: return *found <= 0;
    case Op::kGreater: return *found > 0;
    case Op::kGreaterOrEqual: return *found >= 0;
    default: TRIG_CHECK(false, "not a comparison");
  }
}

bool contains(const Value& container, const Value& item) {
  if (const ir::List* list = container.get<ir::List>()) {
    for (const Value& candidate : *list->items)
      if (compare(Op::kEqual, candidate, item)) return true;
    return false;
  }
  const std::string* text = container.get<std::string>();
  const std::string* part = item.get<std::string>();
  return text && part && text->find(*part) != std::string::npos;
}

bool starts_with(const Value& text, const Value& prefix) {
  const std::string* whole = text.get<std::string>();
  const std::string* start = prefix.get<std::string>();
  return whole && start && whole->starts_with(*start);
}

Value negate(const Value& a) {
  if (const std::int64_t* integer = a.get<std::int64_t>())
    return integer_arithmetic(Op::kSubtract, 0, *integer);
  if (const Decimal* decimal = a.get<Decimal>())
    return from_optional(subtract(Decimal(), *decimal));
  if (const Money* money = a.get<Money>()) {
    auto amount = subtract(Decimal(), money->amount);
    return amount ? Value(Money{*amount, money->currency}) : Value();
  }
  if (const Duration* duration = a.get<Duration>()) return -*duration;
  return {};
}

Value arithmetic(Op op, ir::Type type, const Value& a, const Value& b) {
  if (a.missing() || b.missing()) return {};
  if (a.get<Money>() || b.get<Money>()) return money_arithmetic(op, a, b);
  const std::string* left = a.get<std::string>();
  const std::string* right = b.get<std::string>();
  if (left && right && op == Op::kAdd) return *left + *right;
  const std::int64_t* a_integer = a.get<std::int64_t>();
  const std::int64_t* b_integer = b.get<std::int64_t>();
  if (a_integer && b_integer && type.kind == ir::Kind::kInteger)
    return integer_arithmetic(op, *a_integer, *b_integer);
  auto a_decimal = decimal_of(a);
  auto b_decimal = decimal_of(b);
  if (a_decimal && b_decimal) return from_optional(decimal_arithmetic(op, *a_decimal, *b_decimal));
  return time_arithmetic(op, a, b);
}

Value to_number(const Value& a) { return from_optional(decimal_of(a)); }

Value add_months(const Value& to, const Value& months, Zone zone) {
  const std::int64_t* count = months.get<std::int64_t>();
  if (count == nullptr) return {};
  Span span{*count, CalendarUnit::kMonth};
  if (const Instant* instant = to.get<Instant>()) return add_span(*instant, span, zone);
  const Date* date = to.get<Date>();
  if (date == nullptr) return {};
  return Date(std::chrono::floor<days>(add_span(Instant(*date), span, Zone::utc())));
}

Value whole_units_since(CalendarUnit unit, const Value& from, Instant now, Zone zone) {
  Instant start;
  if (const Instant* instant = from.get<Instant>())
    start = *instant;
  else if (const Date* date = from.get<Date>())
    start = at_local(*date, TimeOfDay{0}, zone);
  else
    return {};
  bool ahead = start > now;
  Instant early = ahead ? now : start;
  Instant late = ahead ? start : now;
  // A guess from the unit's mean length, corrected by the calendar.
  std::int64_t count = (late - early) / Span{1, unit}.exact();
  while (add_span(early, {count, unit}, zone) > late) --count;
  while (add_span(early, {count + 1, unit}, zone) <= late) ++count;
  return ahead ? -count : count;
}

}  // namespace trig::exec
