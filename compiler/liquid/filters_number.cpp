// Filters that calculate, and `money`.
#include <array>

#include "compiler/liquid/filter_support.h"
#include "compiler/liquid/number.h"

namespace trig::liquid::filters {
namespace {

// Money keeps its currency: it adds to money of the same one and multiplies by numbers.
Data calculate_money(const ir::Money& money, Operation operation, const Data& operand) {
  auto other = operand.get<ir::Money>();
  bool adds = operation == Operation::kPlus || operation == Operation::kMinus;
  if (other && other->currency.code != money.currency.code)
    throw_error("{} and {} are of different currencies", money.to_string(), other->to_string());
  if (!adds && other) throw_error("{} is not a plain number", other->to_string());
  Data right = other ? Data{other->amount} : to_number(operand);
  Data result = calculate(Data{money.amount}, operation, right);
  return {ir::Money{*result.get<Decimal>(), money.currency}};
}

Data apply(const Data& input, Operation operation, const Data& operand) {
  if (auto money = input.get<ir::Money>()) return calculate_money(*money, operation, operand);
  if (auto money = operand.get<ir::Money>(); money && operation == Operation::kTimes)
    return calculate_money(*money, operation, input);
  return calculate(to_number(input), operation, to_number(operand));
}

Data rounded(const Data& input, Rounding rounding, std::int64_t places) {
  if (auto money = input.get<ir::Money>()) {
    Data amount = round_number(Data{money->amount}, rounding, places);
    if (auto whole = amount.get<std::int64_t>()) {
      std::optional<Decimal> decimal = Decimal::from_integer(*whole);
      if (!decimal) throw_error("a number in the template is too large");
      return {ir::Money{*decimal, money->currency}};
    }
    return {ir::Money{*amount.get<Decimal>(), money->currency}};
  }
  return round_number(to_number(input), rounding, places);
}

// How amounts are written in a language: separators, and where the currency stands.
struct MoneyStyle {
  std::string_view language;
  std::string_view group;
  std::string_view point;
  bool symbol_first;
};
constexpr std::string_view kNoBreakSpace = "\xc2\xa0";
constexpr std::array kMoneyStyles = {
    MoneyStyle{"en", ",", ".", true},
    MoneyStyle{"de", ".", ",", false},
    MoneyStyle{"es", ".", ",", false},
    MoneyStyle{"fr", kNoBreakSpace, ",", false},
    MoneyStyle{"it", ".", ",", false},
    MoneyStyle{"nl", ".", ",", true},
    MoneyStyle{"pl", kNoBreakSpace, ",", false},
    MoneyStyle{"pt", ".", ",", false},
    MoneyStyle{"sv", kNoBreakSpace, ",", false},
};
struct Symbol {
  std::string_view code;
  std::string_view symbol;
};
constexpr std::array kSymbols = {Symbol{"EUR", "€"}, Symbol{"USD", "$"}, Symbol{"GBP", "£"},
                                 Symbol{"JPY", "¥"}, Symbol{"INR", "₹"}, Symbol{"PLN", "zł"}};

std::string grouped(std::string_view digits, std::string_view separator) {
  std::string out;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) out += separator;
    out += digits[i];
  }
  return out;
}

std::string money_text(const ir::Money& money, std::string_view language) {
  std::string_view primary = language.substr(0, language.find('-'));
  for (const MoneyStyle& style : kMoneyStyles) {
    if (style.language != primary) continue;
    std::string number = money.amount.to_string(money.currency.decimal_places());
    std::string sign = number[0] == '-' ? "-" : "";
    number.erase(0, sign.size());
    std::size_t point = std::min(number.find('.'), number.size());
    std::string text = grouped(std::string_view(number).substr(0, point), style.group);
    if (point < number.size()) text += std::string(style.point) + number.substr(point + 1);
    std::string code = money.currency.to_string();
    std::string symbol = code;
    for (const Symbol& known : kSymbols)
      if (known.code == code) symbol = known.symbol;
    if (!style.symbol_first) return sign + text + std::string(kNoBreakSpace) + symbol;
    bool close = primary == "en" && symbol != code;  // $5.00, but CHF 5.00
    return sign + symbol + (close ? "" : std::string(kNoBreakSpace)) + text;
  }
  return money.to_string();
}

}  // namespace

Data plus(const Data& input, const FilterArguments& arguments, const FilterContext&) {
  return apply(input, Operation::kPlus, arguments[0]);
}

Data minus(const Data& input, const FilterArguments& arguments, const FilterContext&) {
  return apply(input, Operation::kMinus, arguments[0]);
}

Data times(const Data& input, const FilterArguments& arguments, const FilterContext&) {
  return apply(input, Operation::kTimes, arguments[0]);
}

Data divided_by(const Data& input, const FilterArguments& arguments, const FilterContext&) {
  return apply(input, Operation::kDividedBy, arguments[0]);
}

Data modulo(const Data& input, const FilterArguments& arguments, const FilterContext&) {
  return apply(input, Operation::kModulo, arguments[0]);
}

Data abs(const Data& input, const FilterArguments&, const FilterContext&) {
  Data number = to_number(input);
  if (compare_numbers(number, Data::integer(0)) >= 0) return number;
  return calculate(Data::integer(0), Operation::kMinus, number);
}

Data at_least(const Data& input, const FilterArguments& arguments, const FilterContext&) {
  Data number = to_number(input);
  Data bound = to_number(arguments[0]);
  return compare_numbers(bound, number) > 0 ? bound : number;
}

Data at_most(const Data& input, const FilterArguments& arguments, const FilterContext&) {
  Data number = to_number(input);
  Data bound = to_number(arguments[0]);
  return compare_numbers(bound, number) < 0 ? bound : number;
}

Data ceil(const Data& input, const FilterArguments&, const FilterContext&) {
  return rounded(input, Rounding::kCeil, 0);
}

Data floor(const Data& input, const FilterArguments&, const FilterContext&) {
  return rounded(input, Rounding::kFloor, 0);
}

Data round(const Data& input, const FilterArguments& arguments, const FilterContext&) {
  Data places = round_number(to_number(arguments[0]), Rounding::kFloor, 0);
  return rounded(input, Rounding::kNearest, *places.get<std::int64_t>());
}

Data money(const Data& input, const FilterArguments& arguments, const FilterContext& context) {
  if (input.is_nil()) return {};
  auto amount = input.get<ir::Money>();
  if (!amount) throw_error("`money` takes an amount of money, not {}", inspect(input));
  std::string language =
      arguments.size() > 0 ? to_text(arguments[0]) : std::string(context.language);
  return Data::text(money_text(*amount, language), Trust::kData);
}

}  // namespace trig::liquid::filters
