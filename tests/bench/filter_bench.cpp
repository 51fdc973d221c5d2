// The workload `filter` (plain_workloads.h). Matching only: typed records in memory go in, one
// callback a match with event and campaign comes out; no person, no journey, one core.
//
//   filter_bench [--campaigns N] [--seconds S]
//
// One JSON object a figure. The limit is a table by category written by hand for this workload,
// over the same events in the same run; all ways must report the same matches.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "compiler/diagnostics/render.h"
#include "compiler/jit/jit.h"
#include "tests/bench/plain_workloads.h"
#include "tests/bench/readings.h"
#include "tests/tools/check_bench.h"

namespace trig {
namespace {

constexpr std::size_t kEvents = 50'000;

// Events as records of the language.
std::vector<ir::Items> records_of(const std::vector<plain::FilterEvent>& events) {
  std::vector<ir::Items> records;
  for (const plain::FilterEvent& event : events)
    records.push_back({fmt::format("c{}", event.category), fmt::format("k{}", event.country),
                       Decimal::from_millionths(event.price_cents * (Decimal::kScale / 100))});
  return records;
}

// Runs the events over and over; gives events per second.
template <typename Run>
double measure(double seconds, plain::Tally& count, Run&& run) {
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
      : workload_(plain::filter_workload(campaigns, kEvents)),
        items_(records_of(workload_.events)),
        bench_(plain::filter_project(workload_)),
        seconds_(seconds) {
    if (bench_.diagnostics.has_errors()) return;
    interpreter_ = exec::make_interpreter(bench_.checked.program);
    event_ = static_cast<std::uint32_t>(bench_.checked.program.find_event("seen"));
  }

  int run() {
    if (!interpreter_) return 2;
    expected_ = plain::expected(workload_, kEvents);
    limit_ = by_hand();
    double interpreted = of_executor("interpreter", *interpreter_, 0);
    double target = workload_.rules.size() <= 1'000 ? 10e6 : 5e6;
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
    fmt::print(R"({{"name":"filter {}, {}","value":{:.4g},"unit":"{}")", workload_.rules.size(),
               name, value, unit);
    if (limit > 0) fmt::print(R"(,"limit":{:.4g},"ratio":{:.3f})", limit, value / limit);
    if (target > 0) fmt::print(R"(,"target":{},"reached":{})", target, value >= target);
    fmt::print("}}\n");
  }

  void check(const std::string& name, const plain::Tally& count) {
    if (count == expected_) return;
    wrong_ = true;
    fmt::print(stderr, "{}: {} matches, not {}\n", name, count.count, expected_.count);
  }

  double by_hand() {
    struct Entry {
      int country;
      int price;
      std::uint32_t campaign;
    };
    std::vector<std::vector<Entry>> table(plain::kCategories);
    for (std::uint32_t i = 0; i < workload_.rules.size(); ++i)
      table[static_cast<std::size_t>(workload_.rules[i].category)].push_back(
          {workload_.rules[i].country, workload_.rules[i].price * 100, i});
    plain::Tally count;
    double rate = measure(seconds_, count, [&](plain::Tally& to) {
      for (const plain::FilterEvent& event : workload_.events)
        for (const Entry& entry : table[static_cast<std::size_t>(event.category)])
          if (entry.country == event.country && event.price_cents > entry.price)
            to.add(entry.campaign);
    });
    check("by hand", count);
    print("by hand", rate, "events/s", 0, 0);
    return rate;
  }

  double of_executor(const std::string& name, const exec::Executor& executor, double target) {
    plain::Tally count;
    std::vector<exec::Executor::Match> matches;
    exec::Frame frame;
    double rate = measure(seconds_, count, [&](plain::Tally& to) {
      for (const ir::Items& fields : items_) {
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
    print(name + ", made in", took * 1e3 / static_cast<double>(workload_.rules.size()), "ms a rule",
          0, 0);
    const std::size_t words = matcher->layout().words();
    std::vector<std::uint64_t> records;
    jit::NativeRecord record;
    for (const ir::Items& fields : items_) {
      if (!matcher->layout().fill(fields, record)) wrong_ = true;
      records.insert(records.end(), record.begin(), record.end());
    }
    plain::Tally count;
    exec::Frame frame;
    double rate = measure(seconds_, count, [&](plain::Tally& to) {
      for (std::size_t i = 0; i < items_.size(); ++i) {
        frame.event = &items_[i];
        matcher->match(
            &records[i * words], frame,
            [](void* user, std::uint32_t, std::uint32_t campaign, std::uint32_t) {
              static_cast<plain::Tally*>(user)->add(campaign);
            },
            &to);
      }
    });
    check(name, count);
    print(name, rate, "events/s", limit_, target);
    return rate;
  }

  plain::FilterWorkload workload_;
  std::vector<ir::Items> items_;
  CheckBench bench_;
  double seconds_;
  std::unique_ptr<exec::Executor> interpreter_;
  std::uint32_t event_ = 0;
  double limit_ = 0;
  plain::Tally expected_;
  bool wrong_ = false;
};

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
