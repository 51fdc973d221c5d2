// Conditions that no index helps with: decimal arithmetic, texts, lists and regular expressions,
// mixed with and, or and not. A hundred of them on one event type, so each event is tested against
// all. Typed records in memory go in, one callback a match comes out; one core.
//
//   residual_bench [--seconds S]
//
// One JSON object a figure. The limit is the same conditions written in C++ for this workload, with
// their constants in the code (compiled -O2): decimals are the project's, so that they overflow and
// round alike; texts are std::string_view; patterns are RE2. All ways must report the same matches.
#include <fmt/format.h>
#include <re2/re2.h>

#include <CLI/CLI.hpp>
#include <array>
#include <optional>
#include <random>
#include <utility>

#include "compiler/diagnostics/render.h"
#include "compiler/jit/jit.h"
#include "tests/bench/turns.h"
#include "tests/tools/check_bench.h"

namespace trig {
namespace {

constexpr int kEvents = 5'000;
constexpr std::size_t kKinds = 10;
constexpr std::size_t kOfAKind = 10;
constexpr std::size_t kRules = kKinds * kOfAKind;

constexpr std::array<std::string_view, kOfAKind> kWords = {
    "oak", "linen", "copper", "wool", "knife", "walking", "reading", "canvas", "tea", "bread"};
constexpr std::array<std::string_view, kOfAKind> kStarts = {"Oa", "Li", "Co", "Wo", "Br",
                                                            "Wa", "Re", "Ca", "Te", "Kn"};
constexpr std::array<std::string_view, kOfAKind> kTags = {"new",   "sale", "gift", "eco",  "red",
                                                          "large", "last", "hand", "wool", "blue"};
constexpr std::array<std::string_view, kOfAKind> kPatterns = {
    "^[A-F]+-[0-9]{2}", "[0-9]{3}$", "^(AB|CD)", "-1[0-4]", "^[^5]*$",
    "A.*-.*7",          "[02468]$",  "(BC|DE)-", "^F",      "[3-5][0-9]+$"};

// What stands in the conditions of each number, in the language and in C++ alike.
constexpr std::int64_t limit_of(std::size_t i) { return 60 + 17 * static_cast<std::int64_t>(i); }
constexpr std::int64_t weight_of(std::size_t i) { return 2 + static_cast<std::int64_t>(i); }

// ---------------------------------------------------------------------------------- in the
// language

std::string condition(std::size_t kind, std::size_t i) {
  const std::int64_t limit = limit_of(i);
  const std::int64_t weight = weight_of(i);
  switch (kind) {
    case 0: return fmt::format("price * quantity + 5 > {}", limit);
    case 1: return fmt::format("price - weight / 2 < {} and quantity + {} >= 6", limit / 4, i % 4);
    case 2: return fmt::format("cost * 3 > {} EUR or weight * price > {}", limit * 4, limit * 3);
    case 3: return fmt::format("name contains \"{}\"", kWords[i]);
    case 4:
      return fmt::format("name contains \"{}\" and not (note contains \"{}\")", kWords[i],
                         kWords[(i + 3) % kOfAKind]);
    case 5:
      return fmt::format("(name starts with \"{}\" or note starts with \"{}\") and price * 2 > {}",
                         kStarts[i], kStarts[(i + 1) % kOfAKind], limit / 2);
    case 6: return fmt::format("tags contains \"{}\"", kTags[i]);
    case 7:
      return fmt::format("tags contains \"{}\" and not (tags contains \"{}\")", kTags[i],
                         kTags[(i + 5) % kOfAKind]);
    case 8: return fmt::format("code matches \"{}\"", kPatterns[i]);
    default:
      return fmt::format("weight * 1.5 > {} and (code matches \"{}\" or name contains \"{}\")",
                         weight, kPatterns[i], kWords[i]);
  }
}

std::string project() {
  std::string text =
      "event seen {\n  name: text?\n  note: text?\n  code: text?\n  price: number?\n"
      "  weight: number?\n  cost: money?\n  quantity: integer?\n  tags: list of text = []\n}\n"
      "person { email: email key }\ntopic news\n"
      "template plain() from \"templates/plain.html.liquid\"\n"
      "policy marketing { consent required for news }\n";
  for (std::size_t rule = 0; rule < kRules; ++rule)
    text += fmt::format("campaign r{} {{ policy marketing  on seen where {}  send plain() }}\n",
                        rule, condition(rule / kOfAKind, rule % kOfAKind));
  return text;
}

// -------------------------------------------------------------------------------------------- in
// C++

struct Plain {
  std::optional<std::string> name;
  std::optional<std::string> note;
  std::optional<std::string> code;
  std::optional<Decimal> price;
  std::optional<Decimal> weight;
  std::optional<ir::Money> cost;
  std::optional<std::int64_t> quantity;
  std::vector<std::string> tags;
};

constexpr Decimal whole(std::int64_t number) {
  return Decimal::from_millionths(number * Decimal::kScale);
}
constexpr std::uint32_t kEuro = 'E' << 16 | 'U' << 8 | 'R';

bool has(const std::optional<std::string>& text, std::string_view part) {
  return text && std::string_view(*text).find(part) != std::string_view::npos;
}
bool begins(const std::optional<std::string>& text, std::string_view part) {
  return text && text->starts_with(part);
}
bool tagged(const Plain& event, std::string_view tag) {
  return std::find(event.tags.begin(), event.tags.end(), tag) != event.tags.end();
}
bool exceeds(const std::optional<Decimal>& value, Decimal limit) { return value && *value > limit; }

const RE2& pattern(std::size_t i) {
  static const std::array<RE2, kOfAKind> patterns = [&]<std::size_t... I>(
      std::index_sequence<I...>) {
    return std::array<RE2, kOfAKind>{RE2(re2::StringPiece(kPatterns[I]))...};
  }
  (std::make_index_sequence<kOfAKind>());
  return patterns[i];
}
bool fits(const std::optional<std::string>& text, std::size_t i) {
  return text && RE2::PartialMatch(*text, pattern(i));
}

template <std::size_t kRule>
bool holds(const Plain& event) {
  constexpr std::size_t i = kRule % kOfAKind;
  constexpr std::int64_t limit = limit_of(i);
  constexpr std::size_t kind = kRule / kOfAKind;
  if constexpr (kind == 0) {
    if (!event.price || !event.quantity) return false;
    auto product = multiply(*event.price, whole(*event.quantity));
    return product && exceeds(add(*product, whole(5)), whole(limit));
  } else if constexpr (kind == 1) {
    if (!event.price || !event.weight || !event.quantity) return false;
    auto half = divide(*event.weight, whole(2));
    auto rest = half ? subtract(*event.price, *half) : std::nullopt;
    return rest && *rest < whole(limit / 4) && *event.quantity + static_cast<int>(i % 4) >= 6;
  } else if constexpr (kind == 2) {
    if (event.cost && event.cost->currency.code == kEuro &&
        exceeds(multiply(event.cost->amount, whole(3)), whole(limit * 4)))
      return true;
    return event.weight && event.price &&
           exceeds(multiply(*event.weight, *event.price), whole(limit * 3));
  } else if constexpr (kind == 3) {
    return has(event.name, kWords[i]);
  } else if constexpr (kind == 4) {
    return has(event.name, kWords[i]) && !has(event.note, kWords[(i + 3) % kOfAKind]);
  } else if constexpr (kind == 5) {
    return (begins(event.name, kStarts[i]) || begins(event.note, kStarts[(i + 1) % kOfAKind])) &&
           event.price && exceeds(multiply(*event.price, whole(2)), whole(limit / 2));
  } else if constexpr (kind == 6) {
    return tagged(event, kTags[i]);
  } else if constexpr (kind == 7) {
    return tagged(event, kTags[i]) && !tagged(event, kTags[(i + 5) % kOfAKind]);
  } else if constexpr (kind == 8) {
    return fits(event.code, i);
  } else {
    return event.weight &&
           exceeds(multiply(*event.weight, Decimal::from_millionths(1'500'000)),
                   whole(weight_of(i))) &&
           (fits(event.code, i) || has(event.name, kWords[i]));
  }
}

// -------------------------------------------------------------------------------------------
// events

Plain random_event(std::mt19937& dice) {
  auto below = [&](std::size_t bound) { return static_cast<std::size_t>(dice()) % bound; };
  auto maybe = [&] { return below(20) != 0; };
  auto words = [&] {
    return fmt::format("{}{} {} {}", kStarts[below(kOfAKind)], kWords[below(kOfAKind)],
                       kWords[below(kOfAKind)], below(100));
  };
  Plain event;
  if (maybe()) event.name = words();
  if (maybe()) event.note = words() + " and " + words();
  if (maybe()) {
    event.code = "";
    for (std::size_t letters = 1 + below(4); letters > 0; --letters)
      *event.code += static_cast<char>('A' + below(6));
    *event.code += fmt::format("-{}", below(1'000));
  }
  auto cents = [&](std::size_t bound) {
    return Decimal::from_millionths(static_cast<std::int64_t>(below(bound)) * 10'000);
  };
  if (maybe()) event.price = cents(10'000);
  if (maybe()) event.weight = cents(2'000);
  if (maybe()) event.cost = ir::Money{cents(20'000), {kEuro}};
  if (maybe()) event.quantity = static_cast<std::int64_t>(below(8));
  for (std::size_t tags = below(4); tags > 0; --tags)
    event.tags.emplace_back(kTags[below(kOfAKind)]);
  return event;
}

ir::Items items_of(const Plain& event) {
  auto value = [](const auto& field) { return field ? ir::Value(*field) : ir::Value(); };
  ir::Items tags;
  for (const std::string& tag : event.tags) tags.emplace_back(tag);
  return {value(event.name),   value(event.note), value(event.code),     value(event.price),
          value(event.weight), value(event.cost), value(event.quantity), ir::Value::list(tags)};
}

struct Count {
  std::uint64_t matches = 0;
  std::uint64_t sum = 0;  // of campaigns: the same matches, not only as many
  void add(std::uint32_t campaign) {
    ++matches;
    sum += campaign;
  }
  friend bool operator==(const Count&, const Count&) = default;
};

template <std::size_t... kRule>
void match_by_hand(const Plain& event, Count& count, std::index_sequence<kRule...>) {
  ((holds<kRule>(event) ? count.add(kRule) : void()), ...);
}

class Bench {
 public:
  Bench() : bench_(project()) {
    std::mt19937 dice(1);
    for (int i = 0; i < kEvents; ++i) {
      plain_.push_back(random_event(dice));
      items_.push_back(items_of(plain_.back()));
    }
  }

  int run(double seconds) {
    if (bench_.diagnostics.has_errors()) {
      fmt::print(stderr, "{}", render_text(bench_.diagnostics, bench_.sources, {}));
      return 2;
    }
    interpreter_ = exec::make_interpreter(bench_.checked.program);
    event_ = static_cast<std::uint32_t>(bench_.checked.program.find_event("seen"));
    matcher_ = jit::make_matcher(*interpreter_, event_, jit::Tier::kOptimised);
    if (matcher_ == nullptr) return 2;
    fill_records();
    std::vector<Way> ways = {{"residual, handwritten", [this] { by_hand(); }},
                             {"residual, interpreted", [this] { interpreted(); }},
                             {"residual, native, against C++ by hand", [this] { native(); }}};
    measure(ways, kEvents, seconds);
    const double limit = ways[0].events_per_second;
    print({ways[0].name, limit, "events/s"});
    print({ways[1].name, ways[1].events_per_second, "events/s", limit});
    print({ways[2].name, ways[2].events_per_second, "events/s", limit, 0.7});
    print({"residual, native, against the interpreter", ways[2].events_per_second, "events/s",
           ways[1].events_per_second, 2});
    return wrong_ ? 1 : 0;
  }

 private:
  void fill_records() {
    jit::NativeRecord record;
    for (const ir::Items& fields : items_) {
      if (!matcher_->layout().fill(fields, record)) wrong_ = true;
      records_.insert(records_.end(), record.begin(), record.end());
    }
  }

  void check(const Count& count) {
    if (expected_.matches == 0) expected_ = count;
    if (count == expected_) return;
    if (!wrong_) fmt::print(stderr, "{} matches, not {}\n", count.matches, expected_.matches);
    wrong_ = true;
  }

  void by_hand() {
    Count count;
    for (const Plain& event : plain_)
      match_by_hand(event, count, std::make_index_sequence<kRules>());
    check(count);
  }

  void interpreted() {
    Count count;
    exec::Frame frame;
    for (const ir::Items& fields : items_) {
      frame.event = &fields;
      matches_.clear();
      interpreter_->match(event_, frame, matches_);
      for (const auto& match : matches_) count.add(match.campaign);
    }
    check(count);
  }

  void native() {
    Count count;
    exec::Frame frame;
    const std::size_t words = matcher_->layout().words();
    for (std::size_t i = 0; i < items_.size(); ++i) {
      frame.event = &items_[i];
      matcher_->match(
          &records_[i * words], frame,
          [](void* user, std::uint32_t, std::uint32_t campaign, std::uint32_t) {
            static_cast<Count*>(user)->add(campaign);
          },
          &count);
    }
    check(count);
  }

  CheckBench bench_;
  std::vector<Plain> plain_;
  std::vector<ir::Items> items_;
  std::unique_ptr<exec::Executor> interpreter_;
  std::uint32_t event_ = 0;
  std::unique_ptr<jit::NativeMatcher> matcher_;
  std::vector<std::uint64_t> records_;
  std::vector<exec::Executor::Match> matches_;
  Count expected_;
  bool wrong_ = false;
};

}  // namespace
}  // namespace trig

int main(int argc, char** argv) {
  double seconds = 1;  // for each way
  CLI::App app("tests conditions that no index helps with");
  app.add_option("--seconds", seconds);
  CLI11_PARSE(app, argc, argv);
  trig::stay_on_this_core();
  return trig::Bench().run(seconds);
}
