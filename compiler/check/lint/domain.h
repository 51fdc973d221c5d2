// Arithmetic of Domains. Internal to compiler/check.
#pragma once

#include <optional>

#include "compiler/check/lint/facts.h"

namespace trig::check {

// Numbers as Decimal, money as its amount, so that bounds of one value compare.
ir::Value scalar_of(const ir::Value& value);
// -1, 0, 1; nullopt where two scalars have no order.
std::optional<int> compare_scalars(const ir::Value& a, const ir::Value& b);

// Each takes from what the value can be where it is present; `possible` says what is left.
void narrow_low(Domain& domain, Bound bound);
void narrow_high(Domain& domain, Bound bound);
void narrow_to(Domain& domain, const std::vector<ir::Value>& values);
void narrow_without(Domain& domain, const ir::Value& value);

// Whether both know the same, whoever said so. Sets only ever shrink, so their sizes tell.
bool same(const Domain& a, const Domain& b);

// What a value can be that is in one or the other.
Domain united(const Domain& a, const Domain& b);

}  // namespace trig::check
