// What the header of the workload `mixed` says of it.
#include "tests/bench/workload.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <map>

#include "compiler/diagnostics/render.h"
#include "compiler/exec/executor.h"
#include "compiler/project/project.h"

namespace trig::workload {
namespace {

class NoHistory : public exec::History {
 public:
  void scan(NameHash, Instant, Instant, const RowVisitor&) const override {}
};

// Matches of each event, and how often each kind of campaign matched.
struct Outcome {
  std::vector<std::size_t> matches;
  std::map<std::string, std::size_t> of_kind;
};

Outcome outcome(std::uint32_t campaigns, int events) {
  Workload workload({.campaigns = campaigns});
  auto project = project::compile(workload.project());
  Outcome outcome;
  EXPECT_FALSE(project->diagnostics.has_errors())
      << render_text(project->diagnostics, project->sources, {});
  if (project->diagnostics.has_errors()) return outcome;
  const ir::Program& program = project->program;
  EXPECT_EQ(program.campaigns.size(), workload.campaigns());
  auto executor = exec::make_interpreter(program);
  NoHistory history;
  for (int i = 0; i < events; ++i) {
    const Event event = workload.next();
    auto index = static_cast<std::uint32_t>(program.find_event(event.name));
    exec::Decoded decoded;
    executor->decode(index, event.properties, decoded);
    EXPECT_TRUE(decoded.problems.empty()) << event.properties;
    exec::Frame frame;
    frame.event = &decoded;
    frame.history = &history;
    frame.now = event.occurred_at;
    std::vector<exec::Executor::Match> matches;
    executor->match(index, frame, matches);
    outcome.matches.push_back(matches.size());
    for (const auto& match : matches) {
      const std::string& name = program.campaigns[match.campaign].name;
      ++outcome.of_kind[name.substr(0, name.find('_'))];
    }
  }
  return outcome;
}

TEST(Workload, EventsAreOfTheSizeAndAreJson) {
  Workload workload({.campaigns = 10'000});
  simdjson::dom::parser parser;
  for (int i = 0; i < 10'000; ++i) {
    const std::string call = json(workload.next());
    EXPECT_GE(call.size(), 300U) << call;
    EXPECT_LE(call.size(), 700U) << call;
    EXPECT_EQ(parser.parse(call).error(), simdjson::SUCCESS) << call;
  }
  EXPECT_EQ(parser.parse(workload.batch(10)).error(), simdjson::SUCCESS);
  EXPECT_EQ(parser.parse(workload.identify(7)).error(), simdjson::SUCCESS);
}

TEST(Workload, TheSameSeedGivesTheSame) {
  Workload a({.seed = 5});
  Workload b({.seed = 5});
  Workload c({.seed = 6});
  const std::string body = a.batch(100);
  EXPECT_EQ(body, b.batch(100));
  EXPECT_NE(body, c.batch(100));
}

TEST(Workload, EachEventMatchesOneToThreeWhateverTheCampaigns) {
  constexpr int kEvents = 3'000;
  const Outcome few = outcome(100, kEvents);
  const Outcome many = outcome(1'000, kEvents);
  EXPECT_EQ(few.matches, many.matches);
  EXPECT_EQ(few.of_kind, many.of_kind);
  EXPECT_EQ(few.of_kind.size(), 9U);  // nobody looked three times
  for (std::size_t matches : few.matches) {
    EXPECT_GE(matches, 1U);
    EXPECT_LE(matches, 3U);
  }
}

TEST(Workload, SomeShoppersComeMoreOftenThanOthers) {
  Workload workload({});
  std::map<std::uint32_t, int> events;
  for (int i = 0; i < 20'000; ++i) ++events[workload.next().shopper];
  EXPECT_GT(events[0], 200);
  EXPECT_LT(events[0], 800);
  EXPECT_GT(events.size(), 8'000U);
}

}  // namespace
}  // namespace trig::workload
