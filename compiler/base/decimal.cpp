#include "compiler/base/decimal.h"

#include <fmt/format.h>

#include <limits>

namespace trig {
namespace {

using Wide = __int128;

constexpr Wide kMax = std::numeric_limits<std::int64_t>::max();
constexpr int kPlaces = 6;
constexpr std::size_t kMaxDigits = 64;

std::optional<Decimal> narrow(Wide units) {
  if (units > kMax || units < -kMax) return std::nullopt;
  return Decimal::from_millionths(static_cast<std::int64_t>(units));
}

// numerator / denominator, rounded half to even; denominator is positive.
template <typename Integer>
Integer divide_half_even_in(Integer numerator, Integer denominator) {
  bool negative = numerator < 0;
  if (negative) numerator = -numerator;
  Integer quotient = numerator / denominator;
  const Integer rest = numerator % denominator;
  const Integer to_next = denominator - rest;
  if (rest > to_next || (rest == to_next && quotient % 2 == 1)) ++quotient;
  return negative ? -quotient : quotient;
}

// Most numbers are small, and 64 bits are divided many times as fast as 128.
Wide divide_half_even(Wide numerator, Wide denominator) {
  if (numerator >= -kMax && numerator <= kMax && denominator <= kMax)
    return divide_half_even_in(static_cast<std::int64_t>(numerator),
                               static_cast<std::int64_t>(denominator));
  return divide_half_even_in(numerator, denominator);
}

}  // namespace

std::optional<Decimal> Decimal::from_integer(std::int64_t whole) {
  return narrow(Wide{whole} * kScale);
}

std::optional<Decimal> Decimal::parse(std::string_view text) {
  if (text.empty() || text.size() > kMaxDigits) return std::nullopt;
  std::size_t i = 0;
  bool negative = text[0] == '-';
  if (negative || text[0] == '+') ++i;
  Wide digits = 0;
  int exponent = 0;
  int digit_count = 0;
  bool point = false;
  for (; i < text.size(); ++i) {
    char c = text[i];
    if (c == '.' && !point) {
      point = true;
    } else if (c >= '0' && c <= '9') {
      ++digit_count;
      if (digits < Wide{1} << 100) {
        digits = digits * 10 + (c - '0');
        if (point) --exponent;
      } else if (!point) {
        return std::nullopt;
      }
    } else {
      break;
    }
  }
  if (digit_count == 0) return std::nullopt;
  if (i < text.size()) {
    if (text[i] != 'e' && text[i] != 'E') return std::nullopt;
    ++i;
    bool exponent_negative = i < text.size() && text[i] == '-';
    if (i < text.size() && (text[i] == '-' || text[i] == '+')) ++i;
    if (i >= text.size() || text.size() - i > 3) return std::nullopt;
    int value = 0;
    for (; i < text.size(); ++i) {
      if (text[i] < '0' || text[i] > '9') return std::nullopt;
      value = value * 10 + (text[i] - '0');
    }
    exponent += exponent_negative ? -value : value;
  }
  int shift = exponent + kPlaces;
  for (; shift > 0 && digits != 0; --shift) {
    if (digits > kMax) return std::nullopt;
    digits *= 10;
  }
  if (shift < 0) {
    if (shift < -36) return Decimal();
    Wide denominator = 1;
    for (; shift < 0; ++shift) denominator *= 10;
    digits = divide_half_even(digits, denominator);
  }
  return narrow(negative ? -digits : digits);
}

std::string Decimal::to_string() const {
  std::string text = to_string(kPlaces);
  std::size_t last = text.find_last_not_of('0');
  if (text[last] == '.') --last;
  text.resize(last + 1);
  return text;
}

std::string Decimal::to_string(int places) const {
  Wide denominator = 1;
  for (int i = places; i < kPlaces; ++i) denominator *= 10;
  auto units = static_cast<std::int64_t>(divide_half_even(units_, denominator));
  std::int64_t scale = kScale / static_cast<std::int64_t>(denominator);
  std::uint64_t magnitude = units < 0 ? 0 - static_cast<std::uint64_t>(units) : units;
  std::string text = fmt::format("{}{}", units < 0 ? "-" : "", magnitude / scale);
  if (places > 0) text += fmt::format(".{:0{}}", magnitude % scale, places);
  return text;
}

std::optional<Decimal> add(Decimal a, Decimal b) {
  return narrow(Wide{a.millionths()} + b.millionths());
}

std::optional<Decimal> subtract(Decimal a, Decimal b) {
  return narrow(Wide{a.millionths()} - b.millionths());
}

std::optional<Decimal> multiply(Decimal a, Decimal b) {
  return narrow(divide_half_even(Wide{a.millionths()} * b.millionths(), Decimal::kScale));
}

std::optional<Decimal> divide(Decimal a, Decimal b) {
  if (b.millionths() == 0) return std::nullopt;
  Wide numerator = Wide{a.millionths()} * Decimal::kScale;
  Wide denominator = b.millionths();
  if (denominator < 0) {
    numerator = -numerator;
    denominator = -denominator;
  }
  return narrow(divide_half_even(numerator, denominator));
}

}  // namespace trig
