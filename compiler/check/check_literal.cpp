#include <algorithm>
#include <cctype>
#include <charconv>

#include "compiler/base/language_tag.h"
#include "compiler/check/literal.h"
#include "compiler/check/vocabulary.h"

namespace trig::check {
namespace {

using ir::Kind;

Literal plain(Kind kind, ir::Value value) { return {{kind, false, 0}, std::move(value)}; }

bool all_of(std::string_view text, int (*test)(int)) {
  return std::all_of(text.begin(), text.end(),
                     [&](char c) { return test(static_cast<unsigned char>(c)) != 0; });
}

bool is_email(std::string_view text) {
  std::size_t at = text.find('@');
  return at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
         text.find('@', at + 1) == std::string_view::npos &&
         text.find_first_of(" \t\r\n<>,") == std::string_view::npos;
}

bool is_url(std::string_view text) {
  return text.starts_with("https://") || text.starts_with("http://");
}

struct LiteralReader {
  Context& context;
  const ast::Expr& expr;
  ir::Type expected;

  Literal invalid(std::string_view what) const {
    context
        .report(Code::kInvalidValue, expr.range,
                {context.quote(expr.range), context.type_name(expected.required())})
        .hint("{}", what);
    return {};
  }
  Literal too_large(std::string_view type) const {
    context.report(Code::kNumberTooLarge, expr.range, {context.quote(expr.range), type})
        .hint("numbers reach up to about 9 trillion");
    return {};
  }

  std::optional<Literal> operator()(const ast::IntegerLiteral& literal) const {
    std::int64_t value = 0;
    const std::string& digits = literal.digits;
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc()) return too_large("integer");
    if (expected.kind != Kind::kNumber) return plain(Kind::kInteger, value);
    std::optional<Decimal> decimal = Decimal::from_integer(value);
    return decimal ? plain(Kind::kNumber, *decimal) : too_large("number");
  }
  std::optional<Literal> operator()(const ast::NumberLiteral& literal) const {
    std::optional<Decimal> decimal = Decimal::parse(literal.digits);
    return decimal ? plain(Kind::kNumber, *decimal) : too_large("number");
  }
  std::optional<Literal> operator()(const ast::PercentLiteral& literal) const {
    std::optional<Decimal> hundredths = Decimal::parse(literal.digits);
    std::optional<Decimal> hundred = Decimal::from_integer(100);
    if (hundredths) hundredths = divide(*hundredths, *hundred);
    return hundredths ? plain(Kind::kPercent, *hundredths) : too_large("percent");
  }
  std::optional<Literal> operator()(const ast::MoneyLiteral& literal) const {
    std::optional<Decimal> amount = Decimal::parse(literal.digits);
    if (!amount) return too_large("money");
    if (!is_word_of(currencies(), literal.currency.text)) return unknown_currency(literal.currency);
    ir::Money money{*amount, {}};
    ir::Currency::parse(literal.currency.text, money.currency);
    context.currency = literal.currency.text;
    return plain(Kind::kMoney, money);
  }
  std::optional<Literal> operator()(const ast::BooleanLiteral& literal) const {
    return plain(Kind::kBoolean, literal.value);
  }
  std::optional<Literal> operator()(const ast::TimeLiteral& literal) const {
    return plain(Kind::kTime, literal.time);
  }
  std::optional<Literal> operator()(const ast::DateLiteral& literal) const {
    return plain(Kind::kDate, literal.date);
  }
  std::optional<Literal> operator()(const ast::SpanLiteral& literal) const {
    return plain(Kind::kDuration, literal.span.exact());
  }
  std::optional<Literal> operator()(const ast::TextLiteral& literal) const {
    return text_as_expected(literal.value);
  }
  std::optional<Literal> operator()(const ast::Unary& unary) const {
    if (unary.op != ast::UnaryOp::kNegate) return std::nullopt;
    std::optional<Literal> operand = literal_of(context, *unary.operand, expected);
    if (!operand || !operand->type.valid()) return operand;
    ir::Value& value = operand->value;
    if (auto* integer = std::get_if<std::int64_t>(&value.data))
      *integer = -*integer;
    else if (auto* decimal = std::get_if<Decimal>(&value.data))
      *decimal = negated(*decimal);
    else if (auto* money = std::get_if<ir::Money>(&value.data))
      money->amount = negated(money->amount);
    else if (auto* duration = std::get_if<Duration>(&value.data))
      *duration = -*duration;
    else
      return std::nullopt;
    return operand;
  }
  template <typename Other>
  std::optional<Literal> operator()(const Other&) const {
    return std::nullopt;
  }

  static Decimal negated(Decimal value) { return Decimal::from_millionths(-value.millionths()); }

  // Text where a special text is wanted must be one.
  Literal text_as_expected(const std::string& text) const {
    switch (expected.kind) {
      case Kind::kOneOf: return choice(text);
      case Kind::kDateTime: return datetime(text);
      case Kind::kEmail:
        return checked(text, is_email(text), "an address looks like \"ana@example.com\"");
      case Kind::kUrl: return checked(text, is_url(text), "a URL begins with https:// or http://");
      case Kind::kCountry: return country(text);
      case Kind::kLanguage:
        return checked(text, canonical_language_tag(text) == text,
                       "a language looks like \"fr\" or \"pt-BR\"");
      case Kind::kTimezone:
        return checked(text, Zone::find(text).has_value(),
                       "a time zone is a name of the tz database, as \"Europe/Paris\"");
      case Kind::kCampaign:
      case Kind::kTemplate:
      case Kind::kMessage: return {expected.required(), text};
      case Kind::kInvalid:
      case Kind::kMissing:
      case Kind::kBoolean:
      case Kind::kInteger:
      case Kind::kNumber:
      case Kind::kPercent:
      case Kind::kMoney:
      case Kind::kText:
      case Kind::kDate:
      case Kind::kTime:
      case Kind::kDuration:
      case Kind::kList:
      case Kind::kRecord: return plain(Kind::kText, text);
    }
    return plain(Kind::kText, text);
  }
  Literal checked(const std::string& text, bool good, std::string_view what) const {
    return good ? Literal{expected.required(), text} : invalid(what);
  }
  Literal unknown_currency(const ast::Name& currency) const {
    Diagnostic& wrong =
        context.report(Code::kInvalidValue, currency.range, {currency.text, "currency"});
    std::string best = closest(currency.text, currencies());
    if (best.empty())
      wrong.hint("a currency is its ISO 4217 code, as EUR");
    else
      wrong.hint("did you mean `{}`?", best).replace(currency.range, best);
    return {};
  }
  // In capitals it may be one; and the United Kingdom is GB.
  Literal country(const std::string& text) const {
    if (is_word_of(countries(), text)) return {expected.required(), text};
    std::string best;
    for (char c : text) best += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    if (best == "UK") best = "GB";
    Literal wrong = invalid("a country is its two-letter ISO 3166 code, as \"FR\"");
    if (is_word_of(countries(), best))
      context.diagnostics.last()
          .hint("did you mean \"{}\"?", best)
          .replace(expr.range, "\"" + best + "\"");
    return wrong;
  }
  Literal choice(const std::string& text) const {
    const std::vector<std::string>& choices = context.program.types.choices(expected);
    if (std::find(choices.begin(), choices.end(), text) != choices.end())
      return {expected.required(), text};
    Diagnostic& wrong =
        context.report(Code::kInvalidValue, expr.range,
                       {context.quote(expr.range), context.type_name(expected.required())});
    std::string best = closest(text, choices);
    if (best.empty())
      wrong.hint("use one of its words");
    else
      wrong.hint("did you mean \"{}\"?", best).replace(expr.range, "\"" + best + "\"");
    return {};
  }
  // "2026-03-28T12:00:00Z", or without an offset in the project's zone.
  Literal datetime(const std::string& text) const {
    if (std::optional<Instant> instant = parse_instant(text))
      return plain(Kind::kDateTime, *instant);
    std::optional<Date> date = parse_date(text.substr(0, 10));
    bool both = text.size() == 16 && (text[10] == ' ' || text[10] == 'T');
    std::optional<TimeOfDay> time = both ? parse_time_of_day(text.substr(11)) : std::nullopt;
    if (date && time) return plain(Kind::kDateTime, at_local(*date, *time, context.settings.zone));
    return invalid("write \"2026-03-28 12:00\" or \"2026-03-28T12:00:00Z\"");
  }
};

}  // namespace

std::optional<Literal> literal_of(Context& context, const ast::Expr& expr, ir::Type expected) {
  return std::visit(LiteralReader{context, expr, expected}, expr.node);
}

bool fits(const Context& context, ir::Type from, ir::Type to) {
  if (!from.valid() || !to.valid()) return true;
  if (to.kind == Kind::kText) return ir::is_textual(from.kind);
  if (from.kind == Kind::kInteger && to.kind == Kind::kNumber) return true;
  if (from.kind != to.kind) return false;
  if (from.kind == Kind::kRecord) return from.detail == to.detail;
  if (from.kind == Kind::kList) {
    ir::Type element = context.program.types.element(from);
    ir::Type wanted = context.program.types.element(to);
    bool converts = element.kind == Kind::kInteger && wanted.kind == Kind::kNumber;
    return !converts && fits(context, element, wanted);
  }
  if (from.kind != Kind::kOneOf) return true;
  const std::vector<std::string>& allowed = context.program.types.choices(to);
  const std::vector<std::string>& given = context.program.types.choices(from);
  return std::all_of(given.begin(), given.end(), [&](const std::string& word) {
    return std::find(allowed.begin(), allowed.end(), word) != allowed.end();
  });
}

Diagnostic& report_mismatch(Context& context, const ast::Expr& expr, ir::Type found,
                            ir::Type wanted) {
  Diagnostic& wrong =
      context.report(Code::kTypeMismatch, expr.range,
                     {context.type_name(found.required()), context.type_name(wanted.required())});
  bool number = std::holds_alternative<ast::IntegerLiteral>(expr.node) ||
                std::holds_alternative<ast::NumberLiteral>(expr.node);
  std::string written = context.quote(expr.range);
  std::string better;
  if (number && wanted.kind == Kind::kMoney) better = written + " " + context.currency;
  if (number && wanted.kind == Kind::kPercent) better = written + "%";
  if (number && wanted.kind == Kind::kDuration) better = written + " days";
  if (number && ir::is_textual(wanted.kind)) better = "\"" + written + "\"";
  if (const auto* money = std::get_if<ast::MoneyLiteral>(&expr.node))
    if (ir::is_numeric(wanted.kind) && wanted.kind != Kind::kPercent) better = money->digits;
  if (const auto* text = std::get_if<ast::TextLiteral>(&expr.node)) {
    bool digits = !text->value.empty() && all_of(text->value, std::isdigit);
    bool number_like = wanted.kind == Kind::kInteger || wanted.kind == Kind::kNumber;
    bool date = wanted.kind == Kind::kDate && parse_date(text->value);
    if ((digits && number_like) || date) better = text->value;
  }
  if (!better.empty()) wrong.hint("write `{}`", better).replace(expr.range, better);
  return wrong;
}

}  // namespace trig::check
