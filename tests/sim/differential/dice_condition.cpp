// Random conditions, every type of the language's fields in them.
#include "tests/sim/differential/dice.h"

namespace trig::sim {
namespace {

Operand constant(Val value) {
  Operand operand;
  operand.value = std::move(value);
  return operand;
}
Operand person(const std::string& field) {
  Operand operand;
  operand.source = Source::kPerson;
  operand.field = field;
  return operand;
}
Condition compare(Operand a, const std::string& op, Operand b) {
  Condition condition;
  condition.op = op;
  condition.operands = {std::move(a), std::move(b)};
  return condition;
}

const Texts kOrders = {"<", "<=", ">", ">=", "==", "!="};
const Texts kEqualities = {"==", "==", "!="};
const Texts kSomeWords = {"red", "blue", "reddish", "green"};
const Texts kSomeKeys = {"k1", "k2", "k3"};
const std::vector<std::int64_t> kSomeCents = {0, 999, 1000, 2000, 2050};

}  // namespace

// A field of whatever record can be read here.
Operand Dice::record_field(const Scope& scope, const std::string& field) {
  std::vector<Operand> known;
  Operand operand;
  operand.field = field;
  operand.source = Source::kEvent;
  if (scope.event) known.insert(known.end(), 2, operand);
  operand.source = Source::kTrigger;
  if (scope.trigger) known.push_back(operand);
  for (const std::string& answer : scope.answers) {
    operand.source = Source::kAnswer;
    operand.binding = answer;
    known.push_back(operand);
  }
  return one_of(known);
}

std::vector<Condition> Dice::maybe(int percent, const Scope& scope) {
  if (!chance(percent)) return {};
  return {condition(scope, 2)};
}

Condition Dice::condition(const Scope& scope, int depth) {
  int which = below(100);
  if (depth == 0 || which < 60) return comparison(scope);
  Condition condition;
  if (which < 70) {
    condition.test = Test::kNot;
    condition.parts = {this->condition(scope, depth - 1)};
    return condition;
  }
  condition.test = which < 87 ? Test::kAnd : Test::kOr;
  condition.parts = {this->condition(scope, depth - 1), this->condition(scope, depth - 1)};
  return condition;
}

Condition Dice::comparison(const Scope& scope) {
  bool record = scope.event || scope.trigger || !scope.answers.empty();
  if (scope.segments && chance(10)) {
    Condition condition;
    condition.test = Test::kSegment;
    condition.segment = chance(50) ? "busy" : "idle";
    return condition;
  }
  if (scope.windows && chance(25)) return of_window(scope);
  if (!record) {
    if (chance(50))
      return compare(person("points"), one_of(kOrders), constant(std::int64_t{below(6)}));
    return compare(person("name"), one_of(kEqualities), constant(one_of(kSomeWords)));
  }
  int which = below(100);
  if (which < 40) return of_text(scope);
  if (which < 65) return of_number(scope);
  return which < 90 ? of_money(scope) : of_tags(scope);
}

Condition Dice::of_text(const Scope& scope) {
  bool key = chance(50);
  Operand left = record_field(scope, key ? "key" : "word");
  const Texts& words = key ? kSomeKeys : kSomeWords;
  Condition condition;
  int which = below(100);
  if (which < 30 && scope.event && scope.trigger) {
    // What campaigns mostly ask: is it the same cart?
    left.source = Source::kEvent;
    Operand right = left;
    right.source = Source::kTrigger;
    return compare(left, one_of(kEqualities), right);
  }
  if (which < 50) {
    if (!key && chance(40)) left.fallback = one_of(words);
    Operand right = chance(80) || key ? constant(one_of(words)) : person("name");
    return compare(left, one_of(kEqualities), right);
  }
  if (which < 70) {
    condition.test = chance(60) ? Test::kIn : Test::kNotIn;
    condition.operands = {left, constant(one_of(words)), constant(one_of(words))};
    return condition;
  }
  if (which < 78 && !key) {
    condition.test = Test::kIsThere;
    condition.operands = {left};
    return condition;
  }
  static const Texts kParts = {"re", "d", "ee", "1", "k", ""};
  static const Texts kPatterns = {"^re", "d$", "e{2}", "[bg]", "^k[12]$", "1|3"};
  condition.test = which < 85 ? Test::kContains : which < 93 ? Test::kStartsWith : Test::kMatches;
  const Texts& parts = condition.test == Test::kMatches ? kPatterns : kParts;
  condition.operands = {left, constant(one_of(parts))};
  return condition;
}

Condition Dice::of_number(const Scope& scope) {
  Operand left = record_field(scope, "rank");
  if (chance(25)) {
    Condition condition;
    condition.test = Test::kBetween;
    std::int64_t low = below(5);
    condition.operands = {left, constant(low), constant(low + below(3))};
    return condition;
  }
  if (chance(20)) {
    Condition condition;
    condition.test = chance(60) ? Test::kIn : Test::kNotIn;
    condition.operands = {left, constant(std::int64_t{below(6)}), constant(std::int64_t{below(6)})};
    return condition;
  }
  Operand right = chance(75)   ? constant(std::int64_t{below(6)})
                  : chance(50) ? person("points")
                               : record_field(scope, "rank");
  return compare(left, one_of(kOrders), right);
}

Condition Dice::of_money(const Scope& scope) {
  Operand left = record_field(scope, "total");
  int which = below(100);
  Condition condition;
  if (which < 10) {
    condition.test = Test::kIsThere;
    condition.operands = {left};
    return condition;
  }
  std::string currency = chance(85) ? "EUR" : "USD";
  if (which < 30) {
    condition.test = Test::kBetween;
    condition.operands = {left, constant(Amount{one_of(kSomeCents), currency}),
                          constant(Amount{one_of(kSomeCents), currency})};
    return condition;
  }
  if (which < 45) left.fallback = Amount{one_of(kSomeCents), currency};
  Operand right =
      chance(85) ? constant(Amount{one_of(kSomeCents), currency}) : record_field(scope, "total");
  return compare(left, one_of(kOrders), right);
}

Condition Dice::of_tags(const Scope& scope) {
  Condition condition;
  condition.test = Test::kContains;
  condition.operands = {record_field(scope, "tags"), constant(one_of(kSomeWords))};
  return condition;
}

Window Dice::window(const std::string& function, const std::string& field) {
  Window window;
  window.function = function;
  window.event = event();
  window.field = field;
  if (chance(85)) window.span = span();
  Scope of_row;
  of_row.event = true;
  if (chance(35)) window.where = {comparison(of_row)};
  return window;
}

Condition Dice::of_window(const Scope&) {
  if (chance(20)) {
    Condition condition;
    condition.test = Test::kSilent;
    condition.events = some_events();
    condition.span = span();
    return condition;
  }
  Operand left;
  left.source = Source::kWindow;
  int which = below(100);
  if (which < 40) {
    left.window = {window("count", "")};
    return compare(left, one_of(kOrders), constant(std::int64_t{below(4)}));
  }
  if (which < 60) {
    left.window = {window("sum", "total")};
    return compare(left, one_of(kOrders), constant(Amount{one_of(kSomeCents) * 2, "EUR"}));
  }
  if (which < 70) {
    left.window = {window("sum", "rank")};
    return compare(left, one_of(kOrders), constant(std::int64_t{below(10)}));
  }
  if (which < 85) {
    left.window = {window(chance(50) ? "min" : "max", "rank")};
    if (chance(40)) left.fallback = std::int64_t{below(6)};
    return compare(left, one_of(kOrders), constant(std::int64_t{below(6)}));
  }
  left.window = {window(chance(50) ? "first" : "last", "word")};
  return compare(left, one_of(kEqualities), constant(one_of(kSomeWords)));
}

}  // namespace trig::sim
