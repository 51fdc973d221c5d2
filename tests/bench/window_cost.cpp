// What it costs to evaluate `count(viewed in 7 days) >= 3` of a person with so many rows, on a
// store on disk: from the running value, from it when a row has left since, and by a scan.
//
//   window_cost --rows 1000      one line of JSON, nanoseconds an evaluation
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <filesystem>

#include "compiler/base/check.h"
#include "compiler/exec/payload.h"
#include "compiler/project/project.h"
#include "runtime/engine/rows.h"
#include "runtime/engine/view.h"
#include "runtime/store/rocksdb_store.h"

namespace {

using namespace trig;  // NOLINT: a program of its own
using Clock = std::chrono::steady_clock;

constexpr Duration kWindow = std::chrono::hours(7 * 24);
const PersonId kPerson{1};

std::shared_ptr<const project::Project> compiled() {
  return project::compile({{"trig.toml", "name = \"bench\"\ntimezone = \"UTC\"\n"},
                           {"a.trig",
                            "event viewed { page: text }\nperson { email: email key }\n"
                            "segment busy: count(viewed in 7 days) >= 3\n"}});
}

// Nanoseconds a call, for as long as `seconds` and at most `times`.
template <typename Work>
double measure(double seconds, std::size_t times, Work work) {
  auto begin = Clock::now();
  auto end = begin + std::chrono::duration<double>(seconds);
  std::size_t done = 0;
  while (done < times && (done == 0 || Clock::now() < end)) {
    work();
    ++done;
  }
  std::chrono::duration<double, std::nano> took = Clock::now() - begin;
  return took.count() / static_cast<double>(done);
}

int run(std::size_t rows, double seconds, const std::string& folder) {
  auto project = compiled();
  TRIG_CHECK(!project->diagnostics.has_errors(), "the project of the measurement has errors");
  const ir::Program& program = project->program;
  auto executor = exec::make_interpreter(program);
  auto store = store::open(folder);
  if (!store) {
    fmt::print(stderr, "window_cost: {}\n", store.error().message);
    return 2;
  }
  const Instant now = *parse_instant("2026-03-10T12:00:00Z");
  const Duration apart = kWindow / static_cast<std::int64_t>(rows + 1);
  Commit commit;
  for (std::size_t i = 0; i < rows; ++i) {
    exec::Moment moment{now - apart * static_cast<std::int64_t>(i), Sequence{rows - i}};
    commit.put(Space::kHistory, engine::history_key(kPerson, program.events[0].hash, moment),
               exec::encode_history_row(program, program.events[0], {std::string("a")}));
  }
  TRIG_CHECK((*store)->commit(commit).has_value(), "the rows could not be written");

  engine::View view(**store);
  exec::PersonState state;
  state.id = kPerson;
  exec::KeptEvents& kept = state.kept(program.events[0].hash);
  kept.newest = now;
  kept.rows = static_cast<std::uint32_t>(rows);
  engine::HistoryRows known;
  engine::PersonHistory history(view, state, known);
  exec::Frame frame;
  frame.history = &history;
  frame.now = now;
  const ir::NodeId condition = program.segments[0].condition;
  auto evaluate = [&] {
    TRIG_CHECK(exec::holds(executor->evaluate(condition, frame)), "it should hold");
  };
  constexpr std::size_t kTimes = 10'000'000;
  double scan = measure(seconds, kTimes, evaluate);
  frame.state = &state;
  evaluate();
  double running = measure(seconds, kTimes, evaluate);
  // As many as may leave before the condition no longer holds.
  double leaving = measure(seconds, rows - 4, [&] {
    frame.now += apart;
    evaluate();
  });
  fmt::print(
      R"({{"rows":{},"scan_ns":{:.0f},"running_ns":{:.0f},"running_as_one_leaves_ns":{:.0f}}})"
      "\n",
      rows, scan, running, leaving);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("what a window costs");
  std::size_t rows = 1'000;
  double seconds = 1;
  app.add_option("--rows", rows)->check(CLI::Range(10, 10'000));
  app.add_option("--seconds", seconds, "of each measurement");
  CLI11_PARSE(app, argc, argv);
  std::string folder =
      (std::filesystem::temp_directory_path() / fmt::format("window_cost.{}", getpid())).string();
  int code = run(rows, seconds, folder);
  std::filesystem::remove_all(folder);
  return code;
}
