#include "tests/tools/random_rules.h"

#include <fmt/format.h>

#include "compiler/exec/scalar.h"
#include "compiler/exec/trigger_slots.h"

namespace trig {
namespace {

constexpr const char* kFields = R"({
  category: text?
  brand: text = "none"
  size: one of ("s", "m", "l")?
  count: integer?
  weight: integer = 1
  ratio: number?
  price: money?
  gift: boolean?
  day: date?
  hour: time?
  moment: datetime?
  land: country?
  tags: list of text = []
}
)";
constexpr const char* kRest = R"(
person { email: email key  plan: text?  score: integer? }
topic news
template plain() from "templates/plain.html.liquid"
policy marketing { consent required for news }
)";

std::string vocabulary() {
  return std::string("event seen ") + kFields + "event bought " + kFields + kRest;
}

}  // namespace

std::string RandomRules::pick(std::initializer_list<const char*> words) {
  return words.begin()[below(static_cast<int>(words.size()))];
}

std::string RandomRules::number_comparison() {
  std::string op = pick({"==", "!=", "<", "<=", ">", ">="});
  std::string number = pick({"0", "1", "2", "3", "5", "-2", "2.5", "2.0", "-0.5"});
  std::string whole = pick({"0", "1", "2", "3", "5", "-2", "9000000000000000000"});
  switch (below(15)) {
    case 9: return fmt::format("ratio * count {} {}", op, number);
    case 10: return fmt::format("ratio / weight - 1 {} {}", op, number);
    case 11: return fmt::format("-ratio * 1.5 {} ratio + count", op);
    case 12: return fmt::format("price * ratio {} {} EUR", op, number);
    case 13:
      return fmt::format("price / count + {} EUR {} price", whole.size() > 2 ? "1" : whole, op);
    case 14: return fmt::format("price / 2.50 EUR {} weight * count", op);
    case 0: return fmt::format("count {} {}", op, whole);
    case 1: return fmt::format("weight {} {}", op, whole);
    case 2: return fmt::format("ratio {} {}", op, number);
    case 3: return fmt::format("{} {} ratio", number, op);
    case 4: return fmt::format("count {} ratio", op);
    case 5: return fmt::format("count between {} and {}", pick({"-2", "0", "1"}), whole);
    case 6: return fmt::format("ratio between {} and {}", pick({"-2", "0", "0.5"}), number);
    case 7: return fmt::format("weight in [{}, {}]", whole, pick({"1", "2", "4"}));
    default: return fmt::format("count + weight {} {}", op, whole);
  }
}

std::string RandomRules::text_test() {
  std::string field = pick({"category", "brand", "category"});
  std::string text = pick({"tea", "coffee", "te", "", "zoé", "none", "cocoa"});
  switch (below(8)) {
    case 0:
    case 1: return fmt::format("{} == \"{}\"", field, text);
    case 2: return fmt::format("{} != \"{}\"", field, text);
    case 3: return fmt::format("{} in [\"{}\", \"coffee\"]", field, text);
    case 4: return fmt::format("{} starts with \"{}\"", field, pick({"t", "te", "co", "none"}));
    case 5: return fmt::format("{} contains \"{}\"", field, pick({"e", "o", "ff"}));
    case 6: return fmt::format("{} matches \"{}\"", field, pick({"^t", "e+$", "o.*e"}));
    default: return "category == brand";
  }
}

std::string RandomRules::comparison() {
  std::string op = pick({"==", "!=", "<", "<=", ">", ">="});
  std::string money = pick({"0 EUR", "5 EUR", "5 USD", "7.50 EUR", "-1 EUR"});
  switch (below(bound_ ? 23 : 19)) {
    case 0:
    case 1:
    case 2: return number_comparison();
    case 3:
    case 4:
    case 5: return text_test();
    case 6:
    case 7: return fmt::format("price {} {}", op, money);
    case 8: return fmt::format("price between {} and {}", pick({"0 EUR", "1 EUR"}), "7 EUR");
    case 9: return pick({"gift", "not gift", "gift == false", "gift == true"});
    case 10: return fmt::format("day {} {}", op, pick({"2026-03-10", "2026-03-12"}));
    case 11: return pick({"category?", "price?", "count?", "not ratio?"});
    case 12: return fmt::format("(count or else 3) {} 2", op);
    case 13: return fmt::format("tags contains \"{}\"", pick({"a", "b", "tea"}));
    case 14: return fmt::format("size {} \"{}\"", pick({"==", "!="}), pick({"s", "m", "l"}));
    case 15: return pick({"person.plan == \"paid\"", "person.score > 2", "person.score == count"});
    case 16: return pick({"size in [\"s\", \"l\"]", "land == \"FR\"", "land in [\"FR\", \"DE\"]"});
    case 17: return fmt::format("(category or else brand) == \"{}\"", pick({"tea", "none"}));
    case 18: return fmt::format("count(bought in 7 days) {} 0", op);
    case 19: return "it.count == weight";
    case 20: return fmt::format("count(bought in 7 days where size == it.size) {} 1", op);
    case 21: return fmt::format("count(seen in 9 days where weight <= it.weight) {} 2", op);
    default: return "it.category == \"tea\"";
  }
}

std::string RandomRules::condition(int depth) {
  int shape = depth == 0 ? 0 : below(8);
  if (shape < 3) return comparison();
  if (shape == 3) return fmt::format("not ({})", condition(depth - 1));
  if (shape == 4) return fmt::format("({} or {})", condition(depth - 1), condition(depth - 1));
  return fmt::format("{} and {}", condition(depth - 1), condition(depth - 1));
}

std::string RandomRules::project(int campaigns) {
  std::string text = vocabulary();
  for (int i = 0; i < campaigns; ++i) {
    bound_ = below(5) == 0;
    std::string on = pick({"seen", "seen", "seen", "bought", "seen or bought", "2 seen"});
    if (on == "2 seen" && bound_) on = "seen";
    if (bound_) on += " as it";
    if (on.starts_with("2")) on += " within 1 hour";
    std::string where = below(20) == 0 ? "" : "where " + condition(4);
    text += fmt::format("campaign c{} {{\n  policy marketing\n  on {} {}\n  send plain()\n}}\n", i,
                        on, where);
  }
  return text;
}

ir::Value RandomRules::value(const ir::Program& program, ir::Type type) {
  using ir::Kind;
  if (type.kind == Kind::kList) {
    ir::Items items;
    for (int n = below(3); n > 0; --n) items.push_back(pick({"a", "b", "tea"}));
    return ir::Value::list(std::move(items));
  }
  std::string text = "tea";
  if (type.kind == Kind::kText)
    text = pick({"tea", "coffee", "te", "", "zoé", "none", "cocoa", "x"});
  if (type.kind == Kind::kOneOf) text = pick({"s", "m", "l"});
  if (type.kind == Kind::kInteger)
    text = pick({"0", "1", "2", "3", "5", "-2", "-3", "9000000000000000000"});
  if (type.kind == Kind::kNumber) text = pick({"0", "1", "2", "2.5", "-0.5", "3", "9000000000000"});
  if (type.kind == Kind::kMoney)
    text = pick({"0 EUR", "0 USD", "5 EUR", "5.00 USD", "7.5 EUR", "7.5 USD", "-1 EUR", "20 EUR"});
  if (type.kind == Kind::kBoolean) text = pick({"true", "false"});
  if (type.kind == Kind::kDate) text = pick({"2026-03-09", "2026-03-10", "2026-03-11"});
  if (type.kind == Kind::kTime) text = pick({"08:00", "09:30"});
  if (type.kind == Kind::kDateTime) text = pick({"2026-03-10T00:00:00Z", "2026-03-11T07:00:00Z"});
  if (type.kind == Kind::kCountry) text = pick({"FR", "DE", "IT"});
  return exec::parse_scalar(program.types, type, text).value();
}

ir::Items RandomRules::event(const ir::Program& program, std::uint32_t event) {
  const ir::RecordType& record = program.types.record_at(program.events[event].record);
  ir::Items fields;
  for (const ir::Field& field : record.fields)
    fields.push_back(field.type.optional && below(4) == 0 ? ir::Value()
                                                          : value(program, field.type));
  return fields;
}

ir::Items RandomRules::person(const ir::Program& program) {
  const ir::RecordType& record = program.types.record_at(program.person);
  ir::Items fields;
  for (const ir::Field& field : record.fields) {
    ir::Value known;
    if (field.name == "plan") known = std::string(pick({"paid", "free"}));
    if (field.name == "score") known = static_cast<std::int64_t>(below(5));
    fields.push_back(below(4) == 0 ? ir::Value() : std::move(known));
  }
  return fields;
}

std::vector<exec::Executor::Match> match_every_campaign(const exec::Executor& executor,
                                                        std::uint32_t event,
                                                        const exec::Frame& frame) {
  const ir::Program& program = executor.program();
  std::vector<exec::Executor::Match> matches;
  for (std::uint32_t c = 0; c < program.campaigns.size(); ++c) {
    const ir::Campaign& campaign = program.campaigns[c];
    for (std::uint32_t a = 0; a < campaign.trigger.alternatives.size(); ++a) {
      const auto& alternative = campaign.trigger.alternatives[a];
      if (alternative.event != event) continue;
      std::vector<ir::Value> slots =
          exec::trigger_slots(program, campaign, alternative, *frame.event);
      exec::Frame named = frame;
      named.slots = &slots;
      if (alternative.where == ir::NodeId::kNone ||
          exec::holds(executor.evaluate(alternative.where, named)))
        matches.push_back({c, a});
    }
  }
  return matches;
}

}  // namespace trig
