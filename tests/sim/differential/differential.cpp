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
#include <filesystem>
#include <random>

#ifdef TRIG_JIT
#include "compiler/jit/jit.h"
#endif
#include "runtime/store/rocksdb_store.h"
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
  bool on_disk = false;
};

std::vector<Way> all_ways() {
  std::vector<Way> ways = {{"interpreter", exec::make_interpreter},
                           {"interpreter, on disk", exec::make_interpreter, true}};
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

// A folder of its own, in memory where there is some to be had as files: what is held against the
// model is not the disk.
class Folder {
 public:
  Folder() {
    std::filesystem::path base =
        std::filesystem::exists("/dev/shm") ? "/dev/shm" : std::filesystem::temp_directory_path();
    path_ = (base / "trig-story-XXXXXX").string();
    if (::mkdtemp(path_.data()) == nullptr) path_.clear();
  }
  ~Folder() {
    std::error_code ignored;  // a leftover folder fails no test
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string data() const { return path_ + "/data"; }

 private:
  std::string path_;
};

Outcome run_way(const Story& story, const Way& way, const EngineSide::Both& both) {
  if (!way.on_disk) return EngineSide::run(both, story.history);
  Folder folder;
  return EngineSide::run(both, story.history, [&]() -> trig::Result<std::shared_ptr<Store>> {
    auto store = store::open(folder.data());
    if (!store) return tl::unexpected(store.error());
    return std::shared_ptr<Store>(std::move(*store));
  });
}

bool differs(const Story& story, const Way& way) {
  EngineSide engine(story.program);
  if (!engine.errors().empty()) return false;
  return run_way(story, way, engine.deploy(way.make)) !=
         reference_outcome(story.program, story.history);
}

void tell(std::uint64_t seed, const Story& found, const Way& way) {
  Story story = shrunk(found, [&](const Story& less) { return differs(less, way); });
  EngineSide engine(story.program);
  std::string other =
      story.program.edit ? "# or\n" + program_text(edited(story.program)) : std::string();
  fmt::print("--seed {} --cases {}: they differ\n\n{}{}\n{}\n{}: {}\nreference: {}\n", seed,
             kHistoriesPerProgram, program_text(story.program), other, history_text(story.history),
             way.name, outcome_text(run_way(story, way, engine.deploy(way.make))),
             outcome_text(reference_outcome(story.program, story.history)));
}

enum class Result : std::uint8_t { kEqual, kDifferent, kNoProgram };

// One program and its histories.
Result run_program(std::uint64_t seed, int histories, const std::vector<Way>& ways, Tally& tally) {
  Dice dice(seed);
  Story story;
  story.program = dice.program();
  EngineSide engine(story.program);
  if (std::string errors = engine.errors(); !errors.empty()) {
    fmt::print("--seed {} makes no program\n{}\n{}", seed, program_text(story.program), errors);
    return Result::kNoProgram;
  }
  std::vector<EngineSide::Both> deployed;
  for (const Way& way : ways) deployed.push_back(engine.deploy(way.make));
  for (int h = 0; h < histories; ++h) {
    story.history = dice.history(story.program);
    Outcome expected = reference_outcome(story.program, story.history);
    tally.add(expected);
    for (std::size_t w = 0; w < ways.size(); ++w) {
      if (ways[w].on_disk && h != 0) continue;  // it takes long to open
      if (run_way(story, ways[w], deployed[w]) == expected) continue;
      tell(seed, story, ways[w]);
      return Result::kDifferent;
    }
  }
  return Result::kEqual;
}

int run(std::uint64_t seed, int cases, const std::string& mistake) {
  std::vector<Way> ways = all_ways();
  if (!mistake.empty()) {
    // The last way is optimised native code, where there is any.
    auto planted = mistake == "native" ? plant("greater", ways.back().make)
                                       : plant(mistake, exec::make_interpreter);
    if (!planted) {
      fmt::print(stderr, "there is no mistake `{}`\n", mistake);
      return 2;
    }
    ways = {{"with a mistake", *planted}};
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
