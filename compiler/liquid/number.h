// Numbers in templates: integers, binary floats (what a template's literals and JSON hold) and
// Decimals (what trig's own numbers are). Sums and products are computed in base ten, so that
// 10.1 plus 2.2 is 12.3; integers divide to integers, rounding down, as the reference does.
#pragma once

#include <string>
#include <string_view>

#include "compiler/liquid/data.h"

namespace trig::liquid {

// The shortest text that reads back as the same float, with at least one decimal: "5.0", "1.0e+20".
std::string float_text(double value);

bool is_number(const Data& data);
// Below 0, 0 or above 0. Both must be numbers.
int compare_numbers(const Data& a, const Data& b);

// The number a value stands for in arithmetic: text by its digits ("5.1" is 5.1, "12 cm" is 12),
// anything without a number 0. Gives integer, float or Decimal data.
Data to_number(const Data& data);
// An integer strictly: text must be one in full; throws RenderError otherwise.
std::int64_t to_integer(const Data& data);

enum class Operation : std::uint8_t { kPlus, kMinus, kTimes, kDividedBy, kModulo };
// Both must come from to_number. Throws RenderError on division by zero and on overflow.
Data calculate(const Data& a, Operation operation, const Data& b);

enum class Rounding : std::uint8_t { kFloor, kCeil, kNearest };
// To `places` decimals (halves away from zero); with places < 1 the result is an integer.
Data round_number(const Data& number, Rounding rounding, std::int64_t places);

}  // namespace trig::liquid
