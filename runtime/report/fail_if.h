// Conditions of `trig backtest --fail-if`:
//
//   abandoned_cart.sends > 2 × before
//   total.suppressed >= 0.1 * total.sends
//
// A side is a product (× or *) of numbers, fields and `before`. A field is CAMPAIGN.FIELD or
// total.FIELD; the fields are sends, people, suppressed, journeys and goals. `before` is the field
// that stands on the left, in the version before. Comparisons are > >= < <= == !=. All of it is
// exact: numbers have up to six decimal places.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/result.h"
#include "runtime/report/backtest.h"

namespace trig::report {

struct Condition {
  struct Factor {
    enum class Kind : std::uint8_t { kNumber, kField, kBefore } kind = Kind::kNumber;
    std::int64_t millionths = 0;  // kNumber
    std::string campaign;         // kField: or "total"
    std::string field;
  };
  enum class Comparison : std::uint8_t {
    kLess,
    kLessOrEqual,
    kGreater,
    kGreaterOrEqual,
    kEqual,
    kNotEqual
  };
  std::string text;
  std::vector<Factor> left;
  std::vector<Factor> right;
  Comparison comparison = Comparison::kGreater;
};

// A Failure shows the place in the text. `campaigns` are those of either version.
Result<Condition> parse_condition(std::string_view text, const std::vector<std::string>& campaigns,
                                  bool has_before);

// The finding, with the values, if the condition holds; nullopt if it does not. Failure: a product
// is too large to be exact.
Result<std::optional<Finding>> check_condition(const Condition& condition,
                                               const Backtest& backtest);

}  // namespace trig::report
