// The workload `mixed` (workload.h): from an event's properties as JSON to the campaigns it
// matches, on one core. The properties lie in memory; nobody has a past.
//
//   mixed_bench [--campaigns N] [--many N] [--seconds S]
//
// One JSON object a figure. The limit is simdjson parsing the same bytes into its document in the
// same run: the one interface of its that, like decoding, leaves nothing of a text unjudged (its
// on-demand interface judges what is asked for). All ways must report the same matches, and `many`
// campaigns as many as few.
#include <fmt/format.h>
#include <simdjson.h>

#include <CLI/CLI.hpp>

#include "compiler/diagnostics/render.h"
#include "compiler/jit/jit.h"
#include "compiler/project/project.h"
#include "tests/bench/turns.h"
#include "tests/bench/workload.h"

namespace trig {
namespace {

constexpr int kEvents = 10'000;

// What an event matches, in a form that does not depend on the number of campaigns.
using Counts = std::vector<std::uint8_t>;  // by event

class PastEvents : public exec::History {
 public:
  void scan(NameHash, Instant, Instant, const RowVisitor&) const override {}
};

// The events of so many campaigns, and the program that takes them.
class Mixed {
 public:
  explicit Mixed(int campaigns)
      : workload_({.campaigns = static_cast<std::uint32_t>(campaigns)}),
        project_(project::compile(workload_.project())) {
    if (project_->diagnostics.has_errors()) return;
    for (int i = 0; i < kEvents; ++i) {
      workload::Event event = workload_.next();
      events_.push_back({static_cast<std::uint32_t>(program().find_event(event.name)),
                         simdjson::padded_string(event.properties), event.occurred_at});
      bytes_ += static_cast<double>(event.properties.size());
    }
    interpreter_ = exec::make_interpreter(program());
    native_ = jit::make_jit(program(), jit::When::kOptimisedNow);
  }

  bool ready() const { return !events_.empty(); }
  double bytes_per_event() const { return bytes_ / kEvents; }
  const Counts& counts() const { return counts_; }
  bool wrong() const { return wrong_; }

  Way parsed() {
    return {name("simdjson parses them"), [this] {
              for (const Event& event : events_) {
                simdjson::dom::element root;
                if (parser_.parse(event.properties).get(root) != simdjson::SUCCESS) wrong_ = true;
              }
            }};
  }
  Way decoded() {
    return {name("decoded"), [this] { decode_all(*native_, false); }};
  }
  Way interpreted() {
    return {name("interpreter"), [this] { decode_all(*interpreter_, true); }};
  }
  Way native() {
    return {name("native"), [this] { decode_all(*native_, true); }};
  }

  std::string name(const std::string& what) const {
    return fmt::format("mixed {}, {}", workload_.campaigns(), what);
  }

 private:
  struct Event {
    std::uint32_t index = 0;
    simdjson::padded_string properties;
    Instant occurred_at;
  };

  const ir::Program& program() const { return project_->program; }

  void decode_all(const exec::Executor& executor, bool with_matches) {
    PastEvents nothing;
    Counts counts(events_.size());
    for (std::size_t i = 0; i < events_.size(); ++i) {
      const Event& event = events_[i];
      executor.decode(event.index, event.properties, record_);
      if (!record_.problems.empty()) wrong_ = true;
      if (!with_matches) continue;
      exec::Frame frame;
      frame.event = &record_;
      frame.history = &nothing;
      frame.now = event.occurred_at;
      matches_.clear();
      executor.match(event.index, frame, matches_);
      counts[i] = static_cast<std::uint8_t>(matches_.size());
    }
    if (!with_matches) return;
    if (counts_.empty()) counts_ = counts;
    wrong_ = wrong_ || counts != counts_;
  }

  workload::Workload workload_;
  std::unique_ptr<project::Project> project_;
  std::vector<Event> events_;
  double bytes_ = 0;
  std::unique_ptr<exec::Executor> interpreter_;
  std::unique_ptr<exec::Executor> native_;
  simdjson::dom::parser parser_;
  exec::Decoded record_;
  std::vector<exec::Executor::Match> matches_;
  Counts counts_;
  bool wrong_ = false;
};

int run(int campaigns, int many, double seconds) {
  Mixed few(campaigns);
  if (!few.ready()) return 2;
  std::vector<Way> ways = {few.parsed(), few.decoded(), few.interpreted(), few.native()};
  std::unique_ptr<Mixed> all;
  if (many > 0) {
    all = std::make_unique<Mixed>(many);
    if (!all->ready()) return 2;
    ways.push_back(all->native());
  }
  measure(ways, kEvents, seconds);
  const double limit = ways[0].events_per_second;
  print({ways[0].name, limit, "events/s"});
  print({ways[0].name, limit * few.bytes_per_event() / 1e6, "MB/s"});
  print({ways[1].name, ways[1].events_per_second, "events/s", limit});
  print({ways[2].name, ways[2].events_per_second, "events/s", limit});
  print({ways[3].name, ways[3].events_per_second, "events/s", limit, 0.5});
  if (all == nullptr) return few.wrong() ? 1 : 0;
  print({ways[4].name, ways[4].events_per_second, "events/s", ways[3].events_per_second, 0.6});
  const bool same = few.counts() == all->counts();
  if (!same) fmt::print(stderr, "not the same matches\n");
  return few.wrong() || all->wrong() || !same ? 1 : 0;
}

}  // namespace
}  // namespace trig

int main(int argc, char** argv) {
  int campaigns = 100;
  int many = 10'000;
  double seconds = 1;  // for each way
  CLI::App app("decodes and matches the events of a shop");
  app.add_option("--campaigns", campaigns)->check(CLI::Range(1, 100'000));
  app.add_option("--many", many, "campaigns to compare with; 0: none")
      ->check(CLI::Range(0, 100'000));
  app.add_option("--seconds", seconds);
  CLI11_PARSE(app, argc, argv);
  trig::stay_on_this_core();
  return trig::run(campaigns, many, seconds);
}
