#include "runtime/report/fail_if.h"

#include <algorithm>

#include "compiler/base/decimal.h"
#include "compiler/diagnostics/diagnostic.h"
#include "runtime/ports/limits.h"
#include "runtime/report/backtest_words.h"

namespace trig::report {
namespace {

using Factor = Condition::Factor;
using Comparison = Condition::Comparison;

constexpr std::string_view kFields[] = {"sends", "people", "suppressed", "journeys", "goals"};
constexpr std::string_view kTimes = "×";

constexpr std::pair<std::string_view, Comparison> kComparisons[] = {
    {">=", Comparison::kGreaterOrEqual}, {"<=", Comparison::kLessOrEqual},
    {"==", Comparison::kEqual},          {"!=", Comparison::kNotEqual},
    {">", Comparison::kGreater},         {"<", Comparison::kLess},
};

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// How many characters text takes on a terminal; a following byte of UTF-8 takes none.
std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](unsigned char c) { return (c & 0xc0) != 0x80; }));
}

class Parser {
 public:
  Parser(std::string_view text, const std::vector<std::string>& campaigns, bool has_before)
      : text_(text), campaigns_(campaigns), has_before_(has_before) {}

  Result<Condition> parse() {
    Condition condition;
    condition.text = text_;
    if (Status done = product(condition.left, false); !done) return tl::unexpected(done.error());
    const auto* comparison =
        std::find_if(std::begin(kComparisons), std::end(kComparisons),
                     [&](const auto& one) { return rest().starts_with(one.first); });
    if (comparison == std::end(kComparisons))
      return wrong("a comparison is expected here: > >= < <= == !=, or × before another factor");
    at_ += comparison->first.size();
    condition.comparison = comparison->second;
    const bool field = std::any_of(condition.left.begin(), condition.left.end(),
                                   [](const auto& f) { return f.kind == Factor::Kind::kField; });
    if (Status done = product(condition.right, field); !done) return tl::unexpected(done.error());
    if (at_ < text_.size()) return wrong("the condition ends before this");
    const bool right_field =
        std::any_of(condition.right.begin(), condition.right.end(),
                    [](const auto& f) { return f.kind != Factor::Kind::kNumber; });
    at_ = 0;
    if (!field && !right_field) return wrong("the condition asks nothing of any campaign");
    return condition;
  }

 private:
  Status product(std::vector<Factor>& factors, bool may_before) {
    for (;;) {
      skip_blanks();
      if (factors.size() == kMaxFactors)
        return wrong(fmt::format("one side has at most {} factors", kMaxFactors));
      if (Status done = factor(factors, may_before); !done) return done;
      skip_blanks();
      if (rest().starts_with('*'))
        at_ += 1;
      else if (rest().starts_with(kTimes))
        at_ += kTimes.size();
      else
        return {};
    }
  }

  Status factor(std::vector<Factor>& factors, bool may_before) {
    const std::size_t begin = at_;
    if (!rest().empty() && rest().front() >= '0' && rest().front() <= '9') return number(factors);
    const std::string word(take_word());
    if (word.empty())
      return wrong("a number, CAMPAIGN.FIELD, total.FIELD or `before` is expected here");
    if (word == "before") {
      at_ = begin;
      if (!has_before_) return wrong("there is no version before: --against says which");
      if (!may_before)
        return wrong("`before` stands on the right, for the field on the left as it was");
      at_ = begin + word.size();
      factors.push_back({Factor::Kind::kBefore, 0, {}, {}});
      return {};
    }
    if (word != "total" &&
        std::find(campaigns_.begin(), campaigns_.end(), word) == campaigns_.end()) {
      at_ = begin;
      const std::string best = closest(word, campaigns_);
      return wrong(fmt::format("there is no campaign `{}`{}", word,
                               best.empty() ? "" : ", did you mean `" + best + "`?"));
    }
    if (!rest().starts_with('.'))
      return wrong(fmt::format("a field of `{}` is expected here: .sends", word));
    ++at_;
    const std::size_t field_begin = at_;
    const std::string field(take_word());
    if (std::find(std::begin(kFields), std::end(kFields), field) == std::end(kFields)) {
      at_ = field_begin;
      return wrong("the fields are sends, people, suppressed, journeys and goals");
    }
    factors.push_back({Factor::Kind::kField, 0, word, field});
    return {};
  }

  Status number(std::vector<Factor>& factors) {
    const std::size_t begin = at_;
    while (!rest().empty() && (is_word(rest().front()) || rest().front() == '.')) ++at_;
    const std::string_view word = text_.substr(begin, at_ - begin);
    const auto value = Decimal::parse(word);
    const std::size_t point = word.find('.');
    const bool exact = point == word.npos || word.size() - point <= 7;
    if (!value || !exact || word.find_first_not_of("0123456789.") != word.npos) {
      at_ = begin;
      return wrong("this is not a number with at most six decimal places");
    }
    factors.push_back({Factor::Kind::kNumber, value->millionths(), {}, {}});
    return {};
  }

  std::string_view rest() const { return text_.substr(at_); }
  void skip_blanks() {
    while (!rest().empty() && rest().front() == ' ') ++at_;
  }
  std::string_view take_word() {
    const std::size_t begin = at_;
    while (!rest().empty() && is_word(rest().front())) ++at_;
    return text_.substr(begin, at_ - begin);
  }

  tl::unexpected<Failure> wrong(const std::string& what) const {
    return fail("--fail-if: {}\n  {}\n  {}^", what, text_,
                std::string(width(text_.substr(0, at_)), ' '));
  }

  std::string_view text_;
  const std::vector<std::string>& campaigns_;
  bool has_before_;
  std::size_t at_ = 0;
};

std::uint64_t value_of(const Figures& figures, const Factor& factor) {
  CampaignFigures found;
  if (factor.campaign == "total")
    found = figures.total();
  else if (auto known = figures.campaigns.find(factor.campaign); known != figures.campaigns.end())
    found = known->second;
  if (factor.field == "sends") return found.sends;
  if (factor.field == "people") return found.people;
  if (factor.field == "suppressed") return found.suppressed_in_all();
  if (factor.field == "journeys") return found.journeys;
  return found.goals;
}

// A product as a whole number and how many powers of a million it has to be divided by.
struct Product {
  __int128 units = 1;
  std::size_t scale = 0;
  bool exact = true;

  void multiply(__int128 factor) {
    exact = !__builtin_mul_overflow(units, factor, &units) && exact;
  }
};

Product product_of(const std::vector<Factor>& factors, const Backtest& backtest,
                   const Factor* on_the_left) {
  Product product;
  for (const Factor& factor : factors) {
    switch (factor.kind) {
      case Factor::Kind::kNumber:
        product.multiply(factor.millionths);
        ++product.scale;
        break;
      case Factor::Kind::kField: product.multiply(value_of(backtest.after, factor)); break;
      case Factor::Kind::kBefore: product.multiply(value_of(*backtest.before, *on_the_left)); break;
    }
  }
  return product;
}

bool compares(__int128 left, Comparison comparison, __int128 right) {
  switch (comparison) {
    case Comparison::kLess: return left < right;
    case Comparison::kLessOrEqual: return left <= right;
    case Comparison::kGreater: return left > right;
    case Comparison::kGreaterOrEqual: return left >= right;
    case Comparison::kEqual: return left == right;
    case Comparison::kNotEqual: return left != right;
  }
  return false;
}

std::string values_text(const Condition& condition, const Backtest& backtest,
                        const Factor* on_the_left) {
  std::string text;
  auto tell = [&](const std::string& name, std::uint64_t value) {
    text += fmt::format("{}{} is {}", text.empty() ? "" : ", ", name, with_commas(value));
  };
  for (const std::vector<Factor>* side : {&condition.left, &condition.right})
    for (const Factor& factor : *side) {
      if (factor.kind == Factor::Kind::kField)
        tell(factor.campaign + "." + factor.field, value_of(backtest.after, factor));
      if (factor.kind == Factor::Kind::kBefore)
        tell("before", value_of(*backtest.before, *on_the_left));
    }
  return text;
}

}  // namespace

Result<Condition> parse_condition(std::string_view text, const std::vector<std::string>& campaigns,
                                  bool has_before) {
  return Parser(text, campaigns, has_before).parse();
}

Result<std::optional<Finding>> check_condition(const Condition& condition,
                                               const Backtest& backtest) {
  const auto field = std::find_if(condition.left.begin(), condition.left.end(),
                                  [](const auto& one) { return one.kind == Factor::Kind::kField; });
  const Factor* on_the_left = field == condition.left.end() ? nullptr : &*field;
  Product left = product_of(condition.left, backtest, on_the_left);
  Product right = product_of(condition.right, backtest, on_the_left);
  for (; left.scale < right.scale; ++left.scale) left.multiply(Decimal::kScale);
  for (; right.scale < left.scale; ++right.scale) right.multiply(Decimal::kScale);
  if (!left.exact || !right.exact)
    return fail("--fail-if: the numbers of `{}` are too large", condition.text);
  if (!compares(left.units, condition.comparison, right.units)) return std::optional<Finding>();
  return std::optional(Finding{
      fmt::format("{}: {}", condition.text, values_text(condition, backtest, on_the_left)), {}});
}

}  // namespace trig::report
