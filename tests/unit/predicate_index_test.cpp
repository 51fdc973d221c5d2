// The index over triggers: what it takes from conditions, that it finds what evaluating every
// campaign finds, and that it can be changed in place.
#include "compiler/exec/predicate_index.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "compiler/diagnostics/render.h"
#include "tests/tools/random_rules.h"

namespace trig {
namespace {

constexpr int kPrograms = 40;
constexpr int kEventsPerProgram = 150;

std::string shown(const std::vector<exec::Executor::Match>& matches) {
  std::string text;
  for (const auto& match : matches)
    text += fmt::format("{}.{} ", match.campaign, match.alternative);
  return text;
}

TEST(PredicateIndex, FindsWhatEvaluatingEveryCampaignFinds) {
  std::size_t found = 0;
  for (std::uint64_t seed = 1; seed <= kPrograms; ++seed) {
    RandomRules random(seed);
    CheckBench bench(random.project(40));
    ASSERT_FALSE(bench.diagnostics.has_errors())
        << render_text(bench.diagnostics, bench.sources, {});
    const ir::Program& program = bench.checked.program;
    auto interpreter = exec::make_interpreter(program);
    for (int i = 0; i < kEventsPerProgram; ++i) {
      auto event = static_cast<std::uint32_t>(program.find_event(i % 2 == 0 ? "seen" : "bought"));
      ir::Items fields = random.event(program, event);
      ir::Items person = random.person(program);
      exec::Frame frame;
      frame.event = &fields;
      frame.person = exec::PersonRecord(person);
      std::vector<exec::Executor::Match> matches;
      interpreter->match(event, frame, matches);
      ASSERT_EQ(shown(matches), shown(match_every_campaign(*interpreter, event, frame)))
          << "seed " << seed << ", event " << i;
      found += matches.size();
    }
  }
  EXPECT_GT(found, static_cast<std::size_t>(kPrograms) * kEventsPerProgram)
      << "random, but telling";
}

// Rules are taken out and put in at random; after each change nobody can tell the index from one
// that was built of what is in it.
TEST(PredicateIndex, ChangedInPlaceIsTheSameAsBuiltAnew) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    RandomRules random(seed);
    CheckBench bench(random.project(60));
    ir::Program program = bench.checked.program;
    auto event = static_cast<std::uint32_t>(program.find_event("seen"));
    exec::PredicateIndex index(program, event);
    std::vector<exec::Rule> inside;
    for (std::uint32_t c = 0; c < program.campaigns.size(); ++c)
      for (std::uint32_t a = 0; a < program.campaigns[c].trigger.alternatives.size(); ++a)
        if (program.campaigns[c].trigger.alternatives[a].event == event) inside.push_back({c, a});
    ASSERT_EQ(index.size(), inside.size());
    std::vector<exec::Rule> outside;
    std::mt19937_64 dice(seed);
    for (int change = 0; change < 120; ++change) {
      bool removes = !inside.empty() && (outside.empty() || dice() % 2 == 0);
      auto& from = removes ? inside : outside;
      auto place = from.begin() + static_cast<std::ptrdiff_t>(dice() % from.size());
      exec::Rule rule = *place;
      from.erase(place);
      (removes ? outside : inside).push_back(rule);
      removes ? index.remove(rule) : index.add(program, rule);
      exec::PredicateIndex anew;
      std::sort(inside.begin(), inside.end());
      for (const exec::Rule& known : inside) anew.add(program, known);
      ASSERT_EQ(index.dump(program, event), anew.dump(program, event))
          << "seed " << seed << ", change " << change;
    }
    for (const exec::Rule& rule : inside) index.remove(rule);
    EXPECT_EQ(index.size(), 0u);
    EXPECT_TRUE(index.fields().empty());
  }
}

// The buckets that one event falls into do not grow with the campaigns.
TEST(PredicateIndex, TouchesOnlyWhatCanMatch) {
  std::string text =
      "event seen { category: text  price: number }\nperson { email: email key }\ntopic news\n"
      "template plain() from \"templates/plain.html.liquid\"\n"
      "policy marketing { consent required for news }\n";
  for (int i = 0; i < 300; ++i)
    text += fmt::format(
        "campaign c{0} {{ policy marketing  on seen where category == \"c{0}\" and price > {0}  "
        "send plain() }}\n",
        i);
  CheckBench bench(text);
  ASSERT_FALSE(bench.diagnostics.has_errors());
  const ir::Program& program = bench.checked.program;
  auto event = static_cast<std::uint32_t>(program.find_event("seen"));
  exec::PredicateIndex index(program, event);
  std::size_t touched = 0;
  ir::Items fields{std::string("c7"), *Decimal::parse("8")};
  index.find(fields,
             [&](const exec::PredicateIndex::Bucket& bucket) { touched += bucket.entries.size(); });
  EXPECT_EQ(touched, 1u);
}

}  // namespace
}  // namespace trig
