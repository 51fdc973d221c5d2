// Decimal: exact base-ten numbers for `number`, `percent` and the amounts of `money`.
// A fixed-point count of millionths in 64 bits: -9.2e12 to 9.2e12 with six decimal places, the same
// on every machine. Binary floating point never holds a user's number. Arithmetic that would
// overflow gives nullopt; digits past the sixth place round half to even.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace trig {

class Decimal {
 public:
  static constexpr std::int64_t kScale = 1'000'000;

  constexpr Decimal() = default;
  static constexpr Decimal from_millionths(std::int64_t units) {
    Decimal d;
    d.units_ = units;
    return d;
  }
  static std::optional<Decimal> from_integer(std::int64_t whole);
  // "12", "-0.5", "1e3"; nullopt if it is not a decimal number or out of range.
  static std::optional<Decimal> parse(std::string_view text);

  constexpr std::int64_t millionths() const { return units_; }
  // Nearest binary number, for plots and Liquid filters that are defined on floats.
  double to_double() const { return static_cast<double>(units_) / kScale; }
  bool is_whole() const { return units_ % kScale == 0; }
  // Shortest text without exponent: "19.99", "20", "-0.5".
  std::string to_string() const;
  // With exactly `places` decimals (0 to 6), rounded half to even: "20.00".
  std::string to_string(int places) const;

  friend constexpr auto operator<=>(Decimal, Decimal) = default;

 private:
  std::int64_t units_ = 0;
};

std::optional<Decimal> add(Decimal a, Decimal b);
std::optional<Decimal> subtract(Decimal a, Decimal b);
std::optional<Decimal> multiply(Decimal a, Decimal b);
std::optional<Decimal> divide(Decimal a, Decimal b);  // nullopt for division by zero too

}  // namespace trig
