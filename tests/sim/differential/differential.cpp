// The whole meaning, three times: random programs and random histories through the engine with the
// interpreter, through the engine with native code, and through a reference model that goes
// through lists. All answers must be equal. A case is one program and one history.
//
//   story_differential [--seed N] [--cases N]     without a seed: a fresh one
//   story_differential --plant unless             with a planted mistake: it must be found
//
// A difference is printed with its seed, the smallest story that still shows it, and both answers.
// Exit 0 if there is none, 1 if there is, 2 if it could not run; with --plant 0 if one is found.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <random>

#ifdef TRIG_JIT
#include "compiler/jit/jit.h"
#endif
#include "tests/sim/differential/dice.h"
#include "tests/sim/differential/engine_side.h"
#include "tests/sim/differential/plant.h"
#include "tests/sim/differential/reference.h"
#include "tests/sim/differential/shrink.h"
#include "tests/sim/differential/text.h"

namespace trig::sim {
namespace {

constexpr int kHistoriesPerProgram = 50;

struct Way {
  std::string name;
  drive::MakeExecutor make;
};

std::vector<Way> all_ways() {
  std::vector<Way> ways = {{"interpreter", exec::make_interpreter}};
#ifdef TRIG_JIT
  ways.push_back({"native code", [](const ir::Program& program) {
                    return jit::make_jit(program, jit::When::kBaselineNow);
                  }});
  ways.push_back({"optimised native code", [](const ir::Program& program) {
                    return jit::make_jit(program, jit::When::kOptimisedNow);
                  }});
#endif
  return ways;
}

struct Tally {
  int cases = 0;
  std::uint64_t mails = 0;
  std::uint64_t started = 0;
  std::uint64_t suppressed = 0;
  std::uint64_t goals = 0;
  void add(const Outcome& outcome) {
    ++cases;
    mails += outcome.mails.size();
    started += outcome.started;
    suppressed += outcome.suppressed + outcome.expired;
    goals += outcome.goals;
  }
};

bool differs(const Story& story, const Way& way) {
  EngineSide engine(program_text(story.program), story.program.zone);
  if (!engine.errors().empty()) return false;
  return EngineSide::run(engine.deploy(way.make), way.make, story.history) !=
         reference_outcome(story.program, story.history);
}

void tell(std::uint64_t seed, const Story& found, const Way& way) {
  Story story = shrunk(found, [&](const Story& less) { return differs(less, way); });
  EngineSide engine(program_text(story.program), story.program.zone);
  fmt::print("--seed {} --cases {}: they differ\n\n{}\n{}\n{}: {}\nreference: {}\n", seed,
             kHistoriesPerProgram, program_text(story.program), history_text(story.history),
             way.name,
             outcome_text(EngineSide::run(engine.deploy(way.make), way.make, story.history)),
             outcome_text(reference_outcome(story.program, story.history)));
}

enum class Result : std::uint8_t { kEqual, kDifferent, kNoProgram };

// One program and its histories.
Result run_program(std::uint64_t seed, int histories, const std::vector<Way>& ways, Tally& tally) {
  Dice dice(seed);
  Story story;
  story.program = dice.program();
  EngineSide engine(program_text(story.program), story.program.zone);
  if (std::string errors = engine.errors(); !errors.empty()) {
    fmt::print("--seed {} makes no program\n{}\n{}", seed, program_text(story.program), errors);
    return Result::kNoProgram;
  }
  std::vector<std::shared_ptr<const engine::Deployed>> deployed;
  for (const Way& way : ways) deployed.push_back(engine.deploy(way.make));
  for (int h = 0; h < histories; ++h) {
    story.history = dice.history(story.program);
    Outcome expected = reference_outcome(story.program, story.history);
    tally.add(expected);
    for (std::size_t w = 0; w < ways.size(); ++w) {
      if (EngineSide::run(deployed[w], ways[w].make, story.history) == expected) continue;
      tell(seed, story, ways[w]);
      return Result::kDifferent;
    }
  }
  return Result::kEqual;
}

int run(std::uint64_t seed, int cases, const std::string& mistake) {
  std::vector<Way> ways = all_ways();
  if (!mistake.empty()) {
    auto planted = plant(mistake, exec::make_interpreter);
    if (!planted) {
      fmt::print(stderr, "there is no mistake `{}`\n", mistake);
      return 2;
    }
    ways = {{"interpreter with a mistake", *planted}};
  }
  fmt::print("--seed {} --cases {}\n", seed, cases);
  std::fflush(stdout);
  Tally tally;
  for (std::uint64_t program = seed; tally.cases < cases; ++program) {
    switch (
        run_program(program, std::min(kHistoriesPerProgram, cases - tally.cases), ways, tally)) {
      case Result::kEqual: break;
      case Result::kDifferent: return mistake.empty() ? 1 : 0;
      case Result::kNoProgram: return 2;
    }
  }
  fmt::print("{} cases, {} journeys, {} mails, {} refused, {} goals, no difference\n", tally.cases,
             tally.started, tally.mails, tally.suppressed, tally.goals);
  // Where hardly anything happens hardly anything is proved.
  bool lively = tally.mails > static_cast<std::uint64_t>(tally.cases) && tally.suppressed > 0;
  return mistake.empty() && lively ? 0 : 1;
}

}  // namespace
}  // namespace trig::sim

int main(int argc, char** argv) {
  const char* given = std::getenv("TRIG_SEED");
  std::uint64_t seed =
      given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  int cases = 20'000;
  std::string mistake;
  CLI::App app("holds the engine against a reference model");
  app.add_option("--seed", seed);
  app.add_option("--cases", cases)->check(CLI::Range(1, 1'000'000'000));
  app.add_option("--plant", mistake, "a mistake that must be found");
  CLI11_PARSE(app, argc, argv);
  return trig::sim::run(seed, cases, mistake);
}
