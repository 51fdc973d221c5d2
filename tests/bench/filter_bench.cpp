// The workload `filter`: campaigns whose condition is `category == "cX" and country == "kY" and
// price > Z`, 500 categories and 20 countries, one event type. Matching only: typed records in
// memory go in, one callback a match with event and campaign comes out; no person, no journey, one
// core.
//
//   filter_bench [--campaigns N] [--seconds S]
//
// One JSON object a figure. The limit is a table by category written by hand for this workload,
// over the same events in the same run; all ways must report the same matches.
#include <fmt/format.h>
#include <sched.h>
#include <time.h>

#include <CLI/CLI.hpp>
#include <random>

#include "compiler/diagnostics/render.h"
#include "compiler/jit/jit.h"
#include "tests/tools/check_bench.h"

namespace trig {
namespace {

constexpr int kCategories = 500;
constexpr int kCountries = 20;
constexpr int kHighestPrice = 100;
constexpr int kEvents = 50'000;

struct Rule {
  int category = 0;
  int country = 0;
  int price = 0;
};

struct Count {
  std::uint64_t matches = 0;
  std::uint64_t sum = 0;  // of campaigns: the same matches, not only as many
  void add(std::uint32_t campaign) {
    ++matches;
    sum += campaign;
  }
  friend bool operator==(const Count&, const Count&) = default;
};

std::vector<Rule> random_rules(int count, std::mt19937& dice) {
  std::vector<Rule> rules;
  for (int i = 0; i < count; ++i)
    rules.push_back({static_cast<int>(dice() % kCategories), static_cast<int>(dice() % kCountries),
                     static_cast<int>(dice() % kHighestPrice)});
  return rules;
}

std::string project_of(const std::vector<Rule>& rules) {
  std::string text =
      "event seen { category: text?  country: text?  price: number? }\n"
      "person { email: email key }\ntopic news\n"
      "template plain() from \"templates/plain.html.liquid\"\n"
      "policy marketing { consent required for news }\n";
  for (std::size_t i = 0; i < rules.size(); ++i)
    text += fmt::format(
        "campaign r{} {{ policy marketing  on seen where category == \"c{}\" and country == "
        "\"k{}\" and price > {}  send plain() }}\n",
        i, rules[i].category, rules[i].country, rules[i].price);
  return text;
}

// Events as a table by hand sees them, and as records of the language.
struct Events {
  std::vector<Rule> plain;  // price: in hundredths
  std::vector<ir::Items> items;
};

Events random_events(std::mt19937& dice) {
  Events events;
  for (int i = 0; i < kEvents; ++i) {
    Rule event{static_cast<int>(dice() % kCategories), static_cast<int>(dice() % kCountries),
               static_cast<int>(dice() % (kHighestPrice * 120))};
    events.plain.push_back(event);
    events.items.push_back({fmt::format("c{}", event.category), fmt::format("k{}", event.country),
                            Decimal::from_millionths(event.price * (Decimal::kScale / 100))});
  }
  return events;
}

// Seconds of the processor that this thread has had: what other programs take is not counted.
double processor_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

// Runs the events over and over; gives events per second.
template <typename Run>
double measure(double seconds, Count& count, Run&& run) {
  run(count);  // warms up
  count = {};
  const double begin = processor_seconds();
  double took = 0;
  std::uint64_t rounds = 0;
  for (; took < seconds; took = processor_seconds() - begin, ++rounds) {
    count = {};
    run(count);
  }
  return static_cast<double>(rounds) * kEvents / took;
}

class Bench {
 public:
  Bench(int campaigns, double seconds)
      : dice_(1),
        rules_(random_rules(campaigns, dice_)),
        events_(random_events(dice_)),
        bench_(project_of(rules_)),
        seconds_(seconds) {
    if (bench_.diagnostics.has_errors()) return;
    interpreter_ = exec::make_interpreter(bench_.checked.program);
    event_ = static_cast<std::uint32_t>(bench_.checked.program.find_event("seen"));
  }

  int run() {
    if (!interpreter_) return 2;
    limit_ = by_hand();
    double interpreted = of_executor("interpreter", *interpreter_, 0);
    double target = rules_.size() <= 1'000 ? 10e6 : 5e6;
    double baseline = native("native, baseline", jit::Tier::kBaseline, target);
    double optimised = native("native, optimised", jit::Tier::kOptimised, target);
    auto executor = jit::make_jit(bench_.checked.program, jit::When::kOptimisedNow);
    of_executor("native, from values", *executor, 0);
    print("native over interpreter", std::min(baseline, optimised) / interpreted, "times", 0, 2);
    return wrong_ ? 1 : 0;
  }

 private:
  void print(const std::string& name, double value, const std::string& unit, double limit,
             double target) {
    fmt::print(R"({{"name":"filter {}, {}","value":{:.4g},"unit":"{}")", rules_.size(), name, value,
               unit);
    if (limit > 0) fmt::print(R"(,"limit":{:.4g},"ratio":{:.3f})", limit, value / limit);
    if (target > 0) fmt::print(R"(,"target":{},"reached":{})", target, value >= target);
    fmt::print("}}\n");
  }

  void check(const std::string& name, const Count& count) {
    if (expected_.matches == 0) expected_ = count;
    if (count == expected_) return;
    wrong_ = true;
    fmt::print(stderr, "{}: {} matches, not {}\n", name, count.matches, expected_.matches);
  }

  double by_hand() {
    struct Entry {
      int country;
      int price;
      std::uint32_t campaign;
    };
    std::vector<std::vector<Entry>> table(kCategories);
    for (std::uint32_t i = 0; i < rules_.size(); ++i)
      table[static_cast<std::size_t>(rules_[i].category)].push_back(
          {rules_[i].country, rules_[i].price * 100, i});
    Count count;
    double rate = measure(seconds_, count, [&](Count& to) {
      for (const Rule& event : events_.plain)
        for (const Entry& entry : table[static_cast<std::size_t>(event.category)])
          if (entry.country == event.country && event.price > entry.price) to.add(entry.campaign);
    });
    check("by hand", count);
    print("by hand", rate, "events/s", 0, 0);
    return rate;
  }

  double of_executor(const std::string& name, const exec::Executor& executor, double target) {
    Count count;
    std::vector<exec::Executor::Match> matches;
    exec::Frame frame;
    double rate = measure(seconds_, count, [&](Count& to) {
      for (const ir::Items& fields : events_.items) {
        frame.event = &fields;
        matches.clear();
        executor.match(event_, frame, matches);
        for (const auto& match : matches) to.add(match.campaign);
      }
    });
    check(name, count);
    print(name, rate, "events/s", limit_, target);
    return rate;
  }

  double native(const std::string& name, jit::Tier tier, double target) {
    const double begin = processor_seconds();
    auto matcher = jit::make_matcher(*interpreter_, event_, tier);
    if (!matcher) {
      wrong_ = true;
      return 0;
    }
    const double took = processor_seconds() - begin;
    print(name + ", made in", took * 1e3 / static_cast<double>(rules_.size()), "ms a rule", 0, 0);
    const std::size_t words = matcher->layout().words();
    std::vector<std::uint64_t> records;
    jit::NativeRecord record;
    for (const ir::Items& fields : events_.items) {
      if (!matcher->layout().fill(fields, record)) wrong_ = true;
      records.insert(records.end(), record.begin(), record.end());
    }
    Count count;
    exec::Frame frame;
    double rate = measure(seconds_, count, [&](Count& to) {
      for (std::size_t i = 0; i < events_.items.size(); ++i) {
        frame.event = &events_.items[i];
        matcher->match(
            &records[i * words], frame,
            [](void* user, std::uint32_t, std::uint32_t campaign, std::uint32_t) {
              static_cast<Count*>(user)->add(campaign);
            },
            &to);
      }
    });
    check(name, count);
    print(name, rate, "events/s", limit_, target);
    return rate;
  }

  std::mt19937 dice_;
  std::vector<Rule> rules_;
  Events events_;
  CheckBench bench_;
  double seconds_;
  std::unique_ptr<exec::Executor> interpreter_;
  std::uint32_t event_ = 0;
  double limit_ = 0;
  Count expected_;
  bool wrong_ = false;
};

// One core, and always the same.
void stay_on_this_core() {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(static_cast<std::size_t>(sched_getcpu()), &cores);
  sched_setaffinity(0, sizeof cores, &cores);
}

}  // namespace
}  // namespace trig

int main(int argc, char** argv) {
  int campaigns = 1'000;
  double seconds = 2;
  CLI::App app("matches events with the conditions of many campaigns");
  app.add_option("--campaigns", campaigns)->check(CLI::Range(1, 100'000));
  app.add_option("--seconds", seconds);
  CLI11_PARSE(app, argc, argv);
  trig::stay_on_this_core();
  return trig::Bench(campaigns, seconds).run();
}
