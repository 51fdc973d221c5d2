#include "compiler/check/lint/domain.h"

#include <algorithm>

namespace trig::check {

using ir::Value;

namespace {

template <typename T>
std::optional<int> order_of(const Value& a, const Value& b) {
  const T* left = a.get<T>();
  const T* right = b.get<T>();
  if (left == nullptr || right == nullptr) return std::nullopt;
  return *left < *right ? -1 : *right < *left ? 1 : 0;
}

bool holds_value(const std::vector<Value>& values, const Value& value) {
  return std::any_of(values.begin(), values.end(),
                     [&](const Value& one) { return compare_scalars(one, value) == 0; });
}

bool within(const Domain& domain, const Value& value) {
  if (domain.low) {
    auto order = compare_scalars(value, domain.low->value);
    if (order && (*order < 0 || (*order == 0 && !domain.low->inclusive))) return false;
  }
  if (domain.high) {
    auto order = compare_scalars(value, domain.high->value);
    if (order && (*order > 0 || (*order == 0 && !domain.high->inclusive))) return false;
  }
  return !holds_value(domain.excluded, value);
}

// Says whether any value is left.
void settle(Domain& domain) {
  if (domain.allowed) {
    std::erase_if(*domain.allowed, [&](const Value& value) { return !within(domain, value); });
    if (domain.allowed->empty()) domain.may_be_present = false;
  }
  if (!domain.low || !domain.high) return;
  auto order = compare_scalars(domain.low->value, domain.high->value);
  if (!order) return;
  const bool point = domain.low->inclusive && domain.high->inclusive;
  if (*order > 0 || (*order == 0 && (!point || !within(domain, domain.low->value))))
    domain.may_be_present = false;
}

// The whole number behind an open bound: more than 3 is at least 4.
void close_bound(const Domain& domain, Bound& bound, std::int64_t step) {
  const Decimal* number = bound.value.get<Decimal>();
  if (!domain.whole || bound.inclusive || number == nullptr || !number->is_whole()) return;
  if (auto next = add(*number, Decimal::from_millionths(step * Decimal::kScale)))
    bound = {*next, true};
}

}  // namespace

Value scalar_of(const Value& value) {
  if (const auto* whole = value.get<std::int64_t>())
    if (auto number = Decimal::from_integer(*whole)) return *number;
  if (const auto* money = value.get<ir::Money>()) return money->amount;
  return value;
}

std::optional<int> compare_scalars(const Value& a, const Value& b) {
  if (auto order = order_of<Decimal>(a, b)) return order;
  if (auto order = order_of<std::string>(a, b)) return order;
  if (auto order = order_of<bool>(a, b)) return order;
  if (auto order = order_of<Date>(a, b)) return order;
  if (auto order = order_of<TimeOfDay>(a, b)) return order;
  if (auto order = order_of<Instant>(a, b)) return order;
  if (auto order = order_of<Duration>(a, b)) return order;
  return order_of<std::int64_t>(a, b);
}

void narrow_low(Domain& domain, Bound bound) {
  close_bound(domain, bound, 1);
  auto order = domain.low ? compare_scalars(bound.value, domain.low->value) : std::optional<int>(1);
  if (order && (*order > 0 || (*order == 0 && !bound.inclusive))) domain.low = std::move(bound);
  settle(domain);
}

void narrow_high(Domain& domain, Bound bound) {
  close_bound(domain, bound, -1);
  auto order =
      domain.high ? compare_scalars(bound.value, domain.high->value) : std::optional<int>(-1);
  if (order && (*order < 0 || (*order == 0 && !bound.inclusive))) domain.high = std::move(bound);
  settle(domain);
}

void narrow_to(Domain& domain, const std::vector<Value>& values) {
  if (!domain.allowed)
    domain.allowed = values;
  else
    std::erase_if(*domain.allowed, [&](const Value& one) { return !holds_value(values, one); });
  settle(domain);
}

void narrow_without(Domain& domain, const Value& value) {
  if (!holds_value(domain.excluded, value)) domain.excluded.push_back(value);
  settle(domain);
}

bool same(const Domain& a, const Domain& b) {
  auto same_bound = [](const std::optional<Bound>& one, const std::optional<Bound>& other) {
    if (!one || !other) return one.has_value() == other.has_value();
    return compare_scalars(one->value, other->value) == 0 && one->inclusive == other->inclusive;
  };
  return a.may_be_missing == b.may_be_missing && a.may_be_present == b.may_be_present &&
         same_bound(a.low, b.low) && same_bound(a.high, b.high) &&
         a.allowed.has_value() == b.allowed.has_value() &&
         (!a.allowed || a.allowed->size() == b.allowed->size()) &&
         a.excluded.size() == b.excluded.size() && a.currency == b.currency;
}

Domain united(const Domain& a, const Domain& b) {
  if (!a.may_be_present || !b.may_be_present) {
    Domain one = a.may_be_present ? a : b;
    one.may_be_missing = a.may_be_missing || b.may_be_missing;
    return one;
  }
  Domain both = a;
  both.may_be_missing = a.may_be_missing || b.may_be_missing;
  auto wider = [](const std::optional<Bound>& one, const std::optional<Bound>& other, int sign) {
    auto order = one && other ? compare_scalars(one->value, other->value) : std::nullopt;
    if (!order) return std::optional<Bound>();
    if (*order == 0) return one->inclusive ? one : other;
    return *order * sign < 0 ? one : other;
  };
  both.low = wider(a.low, b.low, 1);
  both.high = wider(a.high, b.high, -1);
  if (!a.allowed || !b.allowed) {
    both.allowed.reset();
  } else {
    for (const Value& value : *b.allowed)
      if (!holds_value(*both.allowed, value)) both.allowed->push_back(value);
  }
  std::erase_if(both.excluded, [&](const Value& value) { return within(b, value); });
  if (both.currency != b.currency) both.currency.reset();
  return both;
}

}  // namespace trig::check
