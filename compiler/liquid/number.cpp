#include "compiler/liquid/number.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "compiler/liquid/render_error.h"

namespace trig::liquid {
namespace {

using Wide = __int128;

// digits / 10^scale; digits of at most 64 bits and a scale of at most 18, so that products and
// aligned sums fit in Wide.
struct Exact {
  Wide digits = 0;
  int scale = 0;
};

constexpr int kMaxExactScale = 18;
constexpr Wide kMaxExactDigits = 1'000'000'000'000'000'000;

Wide power_of_ten(int exponent) {
  Wide power = 1;
  for (; exponent > 0; --exponent) power *= 10;
  return power;
}

std::optional<Exact> exact_of(const Data& number) {
  if (auto integer = number.get<std::int64_t>()) return Exact{*integer, 0};
  if (auto decimal = number.get<Decimal>()) return Exact{decimal->millionths(), 6};
  double value = *number.get<double>();
  if (!std::isfinite(value)) return std::nullopt;
  std::string text = fmt::format("{}", value);  // shortest form: at most 17 digits
  Exact exact;
  bool negative = text[0] == '-';
  bool point = false;
  std::size_t i = negative ? 1 : 0;
  for (; i < text.size() && text[i] != 'e'; ++i) {
    if (text[i] == '.') {
      point = true;
      continue;
    }
    exact.digits = exact.digits * 10 + (text[i] - '0');
    if (point) ++exact.scale;
  }
  if (i < text.size()) exact.scale -= std::stoi(text.substr(i + 1));
  if (exact.scale > kMaxExactScale || exact.scale < -kMaxExactScale) return std::nullopt;
  for (; exact.scale < 0; ++exact.scale) exact.digits *= 10;
  if (exact.digits > kMaxExactDigits) return std::nullopt;
  if (negative) exact.digits = -exact.digits;
  return exact;
}

double as_double(const Data& number) {
  if (auto integer = number.get<std::int64_t>()) return static_cast<double>(*integer);
  if (auto decimal = number.get<Decimal>()) return decimal->to_double();
  return *number.get<double>();
}

std::string wide_text(Wide value) {
  if (value == 0) return "0";
  bool negative = value < 0;
  std::string text;
  for (; value != 0; value /= 10) {
    int digit = static_cast<int>(value % 10);
    text.insert(text.begin(), static_cast<char>('0' + (digit < 0 ? -digit : digit)));
  }
  return negative ? "-" + text : text;
}

double parse_double(const std::string& text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

Data integer_result(Wide value) {
  if (value > std::numeric_limits<std::int64_t>::max() ||
      value < std::numeric_limits<std::int64_t>::min())
    throw_error("a number in the template is too large");
  return Data::integer(static_cast<std::int64_t>(value));
}

Data exact_result(Exact value, bool decimal) {
  std::string text = wide_text(value.digits) + "e" + std::to_string(-value.scale);
  if (!decimal) return Data::real(parse_double(text));
  while (value.scale >
         6) {  // half away from zero on the way to six places is close enough to money
    Wide half = value.scale == 7 ? (value.digits < 0 ? -5 : 5) : 0;
    value.digits = (value.digits + half) / 10;
    --value.scale;
  }
  Wide units = value.digits * power_of_ten(6 - value.scale);
  if (units > std::numeric_limits<std::int64_t>::max() ||
      units < std::numeric_limits<std::int64_t>::min())
    throw_error("a number in the template is too large");
  return {Decimal::from_millionths(static_cast<std::int64_t>(units))};
}

Wide floor_divide(Wide a, Wide b) {
  Wide quotient = a / b;
  if (a % b != 0 && ((a < 0) != (b < 0))) --quotient;
  return quotient;
}

void align(Exact& a, Exact& b) {
  int scale = std::max(a.scale, b.scale);
  a.digits *= power_of_ten(scale - a.scale);
  b.digits *= power_of_ten(scale - b.scale);
  a.scale = b.scale = scale;
}

Data calculate_integers(Wide a, Operation operation, Wide b) {
  switch (operation) {
    case Operation::kPlus: return integer_result(a + b);
    case Operation::kMinus: return integer_result(a - b);
    case Operation::kTimes: return integer_result(a * b);
    case Operation::kDividedBy: return integer_result(floor_divide(a, b));
    case Operation::kModulo: return integer_result(a - floor_divide(a, b) * b);
  }
  return {};
}

Data calculate_floats(double a, Operation operation, double b) {
  switch (operation) {
    case Operation::kPlus: return Data::real(a + b);
    case Operation::kMinus: return Data::real(a - b);
    case Operation::kTimes: return Data::real(a * b);
    case Operation::kDividedBy: return Data::real(a / b);
    case Operation::kModulo: return Data::real(a - std::floor(a / b) * b);
  }
  return {};
}

Data divide_exact(Exact a, Exact b, bool decimal) {
  align(a, b);
  auto quotient =
      static_cast<double>(static_cast<long double>(a.digits) / static_cast<long double>(b.digits));
  if (!decimal) return Data::real(quotient);
  auto places = Decimal::parse(fmt::format("{:.6f}", quotient));
  if (!places) throw_error("a number in the template is too large");
  return {*places};
}

bool is_zero(const Data& number) { return as_double(number) == 0.0; }

// The leading integer of a text: "12 cm" is 12, "abc" is 0.
Data leading_integer(std::string_view text) {
  std::size_t i = text.find_first_not_of(" \t\r\n\f\v");
  if (i == std::string_view::npos) return Data::integer(0);
  bool negative = text[i] == '-';
  if (text[i] == '-' || text[i] == '+') ++i;
  Wide value = 0;
  for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i) {
    value = value * 10 + (text[i] - '0');
    if (value > std::numeric_limits<std::int64_t>::max())
      throw_error("a number in the template is too large");
  }
  return integer_result(negative ? -value : value);
}

std::string_view strip(std::string_view text) {
  std::size_t first = text.find_first_not_of(" \t\r\n\f\v");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n\f\v") - first + 1);
}

// "-12.5" in full: digits on both sides of one point.
bool is_decimal_text(std::string_view text) {
  std::size_t i = !text.empty() && text[0] == '-' ? 1 : 0;
  std::size_t point = text.find('.');
  if (point == std::string_view::npos || point == i || point + 1 == text.size()) return false;
  for (; i < text.size(); ++i)
    if (i != point && (text[i] < '0' || text[i] > '9')) return false;
  return true;
}

}  // namespace

std::string float_text(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  double magnitude = std::fabs(value);
  if (magnitude != 0 && (magnitude < 1e-4 || magnitude >= 1e16)) {
    char buffer[40];
    auto end =
        std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific).ptr;
    std::string text(buffer, end);
    std::size_t exponent = text.find('e');
    if (text.find('.') == std::string::npos) text.insert(exponent, ".0");
    return text;
  }
  char buffer[40];
  auto end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed).ptr;
  std::string text(buffer, end);
  if (text.find('.') == std::string::npos) text += ".0";
  return text;
}

bool is_number(const Data& data) {
  return data.get<std::int64_t>() || data.get<double>() || data.get<Decimal>();
}

int compare_numbers(const Data& a, const Data& b) {
  std::optional<Exact> x = exact_of(a);
  std::optional<Exact> y = exact_of(b);
  if (x && y) {
    align(*x, *y);
    return x->digits < y->digits ? -1 : x->digits > y->digits ? 1 : 0;
  }
  double p = as_double(a);
  double q = as_double(b);
  return p < q ? -1 : p > q ? 1 : 0;
}

Data to_number(const Data& data) {
  if (is_number(data)) return data;
  const std::string* text = data.as_text();
  if (!text) return Data::integer(0);
  std::string_view stripped = strip(*text);
  if (is_decimal_text(stripped)) return Data::real(parse_double(std::string(stripped)));
  return leading_integer(*text);
}

std::int64_t to_integer(const Data& data) {
  if (auto integer = data.get<std::int64_t>()) return *integer;
  if (auto decimal = data.get<Decimal>(); decimal && decimal->is_whole())
    return decimal->millionths() / Decimal::kScale;
  std::string text = to_text(data);
  std::string_view digits = strip(text);
  if (!digits.empty() && digits[0] == '+') digits.remove_prefix(1);
  std::int64_t value = 0;
  auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (digits.empty() || result.ec != std::errc() || result.ptr != digits.data() + digits.size())
    throw_error("invalid integer");
  return value;
}

Data calculate(const Data& a, Operation operation, const Data& b) {
  bool divides = operation == Operation::kDividedBy || operation == Operation::kModulo;
  if (divides && is_zero(b)) throw_error("divided by 0");
  auto p = a.get<std::int64_t>();
  auto q = b.get<std::int64_t>();
  if (p && q) return calculate_integers(*p, operation, *q);
  std::optional<Exact> x = exact_of(a);
  std::optional<Exact> y = exact_of(b);
  if (!x || !y) return calculate_floats(as_double(a), operation, as_double(b));
  bool decimal = a.get<Decimal>() || b.get<Decimal>();
  switch (operation) {
    case Operation::kPlus:
      align(*x, *y);
      return exact_result({x->digits + y->digits, x->scale}, decimal);
    case Operation::kMinus:
      align(*x, *y);
      return exact_result({x->digits - y->digits, x->scale}, decimal);
    case Operation::kTimes:
      return exact_result({x->digits * y->digits, x->scale + y->scale}, decimal);
    case Operation::kDividedBy: return divide_exact(*x, *y, decimal);
    case Operation::kModulo:
      align(*x, *y);
      return exact_result({x->digits - floor_divide(x->digits, y->digits) * y->digits, x->scale},
                          decimal);
  }
  return {};
}

Data round_number(const Data& number, Rounding rounding, std::int64_t places) {
  if (number.get<std::int64_t>() && places >= 0) return number;
  std::optional<Exact> exact = exact_of(number);
  if (!exact) {
    double value = as_double(number);
    if (!std::isfinite(value) || std::fabs(value) > 9e18)
      throw_error("a number in the template is too large");
    return places > 0 ? number : Data::integer(static_cast<std::int64_t>(value));
  }
  if (places >= exact->scale && places > 0) return number;
  if (places < -kMaxExactScale) return Data::integer(0);
  Wide unit = power_of_ten(exact->scale - static_cast<int>(places));
  Wide quotient = floor_divide(exact->digits, unit);
  Wide rest = exact->digits - quotient * unit;
  if (rounding == Rounding::kCeil && rest != 0) ++quotient;
  if (rounding == Rounding::kNearest) {
    bool up = exact->digits < 0 ? rest * 2 > unit : rest * 2 >= unit;  // halves away from zero
    if (up) ++quotient;
  }
  if (places > 0)
    return exact_result({quotient, static_cast<int>(places)}, number.get<Decimal>() != nullptr);
  return integer_result(quotient * power_of_ten(static_cast<int>(-places)));
}

}  // namespace trig::liquid
