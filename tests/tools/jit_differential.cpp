// Holds native code against the interpreter, and the interpreter against evaluating every campaign:
// random projects, random events. All three must always agree.
//
//   jit_differential [--seed N] [--programs N] [--events N] [--campaigns N]
//   jit_differential --canary     native code of a program with a planted difference: must be found
//
// Prints the seed of a difference, which alone repeats it. Exit 0 if there is none, 1 if there is,
// 2 if it could not run.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "compiler/diagnostics/render.h"
#include "compiler/exec/payload.h"
#include "compiler/jit/jit.h"
#include "tests/tools/random_rules.h"

namespace trig {
namespace {

struct Options {
  std::uint64_t seed = 1;
  int programs = 30;
  int events = 200;
  int campaigns = 40;
  bool canary = false;
};

using Matches = std::vector<exec::Executor::Match>;

std::string shown(const Matches& matches) {
  std::string text;
  for (const auto& match : matches)
    text += fmt::format("{}.{} ", match.campaign, match.alternative);
  return text;
}

// What a person has done in the days before `kNow`.
constexpr Instant kNow{std::chrono::days(20'000)};
class PastEvents : public exec::History {
 public:
  static constexpr int kRows = 6;  // of each event

  PastEvents(const ir::Program& program, RandomRules& random) {
    for (std::uint32_t event = 0; event < program.events.size(); ++event) {
      const ir::EventType& type = program.events[event];
      if (!type.kept_in_history) continue;
      for (int i = 0; i < kRows; ++i)
        rows_.push_back({type.hash,
                         {kNow - std::chrono::hours(40) * (kRows - i), Sequence{rows_.size() + 1}},
                         exec::encode_history_row(program, type, random.event(program, event))});
    }
  }
  void scan(NameHash event, Instant from, Instant to, const RowVisitor& visit) const override {
    for (const Past& row : rows_)
      if (row.event == event && row.moment.occurred_at >= from && row.moment.occurred_at <= to &&
          !visit(row.moment, row.bytes))
        return;
  }

 private:
  struct Past {
    NameHash event{};
    exec::Moment moment;
    std::string bytes;
  };
  std::vector<Past> rows_;
};

// What a mistake in the code for one comparison would do.
void plant(ir::Program& program) {
  for (std::size_t i = 0; i < program.nodes.size(); ++i)
    if (program.nodes[i].op == ir::Op::kGreater) program.nodes.edit(i).op = ir::Op::kGreaterOrEqual;
}

struct Tally {
  bool native = true;  // or the interpreter would be held against itself
  std::size_t events = 0;
  std::size_t matches = 0;
  std::string difference;  // empty: none
};

Matches matches_of(const exec::Executor& executor, std::uint32_t event, const exec::Frame& frame) {
  Matches matches;
  executor.match(event, frame, matches);
  return matches;
}

void run_program(const Options& options, std::uint64_t seed, Tally& tally) {
  RandomRules random(seed);
  CheckBench bench(random.project(options.campaigns));
  if (bench.diagnostics.has_errors()) {
    tally.difference = render_text(bench.diagnostics, bench.sources, {});
    return;
  }
  const ir::Program& program = bench.checked.program;
  ir::Program compiled = program;
  if (options.canary) plant(compiled);
  auto interpreter = exec::make_interpreter(program);
  if (jit::make_matcher(*interpreter, 0, jit::Tier::kBaseline) == nullptr) {
    tally.native = false;
    return;
  }
  auto baseline = jit::make_jit(compiled, jit::When::kBaselineNow);
  auto optimised = jit::make_jit(compiled, jit::When::kOptimisedNow);
  const PastEvents history(program, random);
  for (int i = 0; i < options.events && tally.difference.empty(); ++i) {
    auto event = static_cast<std::uint32_t>(program.find_event(i % 3 == 0 ? "bought" : "seen"));
    ir::Items fields = random.event(program, event);
    ir::Items person = random.person(program);
    exec::Frame frame;
    frame.event = &fields;
    frame.person = exec::PersonRecord(person);
    frame.history = &history;
    frame.now = kNow;
    Matches defined = match_every_campaign(*interpreter, event, frame);
    ++tally.events;
    tally.matches += defined.size();
    const std::pair<const char*, const exec::Executor*> executors[] = {
        {"interpreter", interpreter.get()},
        {"baseline", baseline.get()},
        {"optimised", optimised.get()}};
    for (const auto& [name, executor] : executors) {
      Matches found = matches_of(*executor, event, frame);
      if (shown(found) == shown(defined)) continue;
      tally.difference =
          fmt::format("event {}: {}\n  defined: {}\n  {}: {}", i,
                      ir::to_string(ir::Value::record(fields)), shown(defined), name, shown(found));
    }
  }
}

int run(const Options& options) {
  Tally tally;
  for (int p = 0; p < options.programs; ++p) {
    std::uint64_t seed = options.seed + static_cast<std::uint64_t>(p);
    run_program(options, seed, tally);
    if (!tally.native) {
      fmt::print("there is no native code on this machine\n");
      return 2;
    }
    if (tally.difference.empty()) continue;
    fmt::print("--seed {} --programs 1 --campaigns {}\n{}\n", seed, options.campaigns,
               tally.difference);
    return options.canary ? 0 : 1;
  }
  fmt::print("{} programs, {} events, {} matches, no difference\n", options.programs, tally.events,
             tally.matches);
  // Hardly anything that matches proves hardly anything.
  return options.canary || tally.matches < tally.events ? 1 : 0;
}

}  // namespace
}  // namespace trig

int main(int argc, char** argv) {
  trig::Options options;
  CLI::App app("holds native code against the interpreter");
  app.add_option("--seed", options.seed);
  app.add_option("--programs", options.programs);
  app.add_option("--events", options.events);
  app.add_option("--campaigns", options.campaigns);
  app.add_flag("--canary", options.canary);
  CLI11_PARSE(app, argc, argv);
  return trig::run(options);
}
