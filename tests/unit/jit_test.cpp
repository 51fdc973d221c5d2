// Native code around the matching itself: its bounds, its tiers, its memory, what goes wrong in it.
#include "compiler/jit/jit.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <thread>

#include "compiler/base/limits.h"
#include "compiler/diagnostics/render.h"
#include "tests/tools/random_rules.h"

namespace trig {
namespace {

constexpr const char* kHead =
    "event seen { category: text?  count: integer = 0 }\nperson { email: email key }\ntopic news\n"
    "template plain() from \"templates/plain.html.liquid\"\n"
    "policy marketing { consent required for news }\n";

std::string campaigns(int count, const std::string& where) {
  std::string text = kHead;
  for (int i = 0; i < count; ++i)
    text += fmt::format("campaign c{} {{ policy marketing  on seen where {} send plain() }}\n", i,
                        where);
  return text;
}

// Memory mappings with these permissions that belong to no file.
int mappings(const std::string& permissions) {
  std::ifstream maps("/proc/self/maps");
  int count = 0;
  for (std::string line; std::getline(maps, line);)
    if (line.find(" " + permissions + " ") != std::string::npos &&
        line.find('/') == std::string::npos && line.find('[') == std::string::npos)
      ++count;
  return count;
}

struct Ready {
  explicit Ready(const std::string& text) : bench(text) {
    EXPECT_FALSE(bench.diagnostics.has_errors())
        << render_text(bench.diagnostics, bench.sources, {});
    event = static_cast<std::uint32_t>(program().find_event("seen"));
    frame.event = &fields;
  }
  const ir::Program& program() const { return bench.checked.program; }
  std::size_t matches(const exec::Executor& executor) const {
    std::vector<exec::Executor::Match> found;
    executor.match(event, frame, found);
    return found.size();
  }
  CheckBench bench;
  std::uint32_t event = 0;
  ir::Items fields{std::string("tea"), std::int64_t{3}};
  exec::Frame frame;
};

TEST(Jit, AModuleHoldsABoundedNumberOfRules) {
  Ready ready(campaigns(static_cast<int>(kMaxRulesPerModule) + 1, "count != 2"));
  std::string text = jit::dump_llvm(ready.program());
  EXPECT_NE(text.find("@trig_table_1 ="), std::string::npos);
  EXPECT_EQ(text.find("@trig_table_2 ="), std::string::npos);
  auto executor = jit::make_jit(ready.program(), jit::When::kBaselineNow);
  EXPECT_EQ(ready.matches(*executor), kMaxRulesPerModule + 1);
}

TEST(Jit, CodeIsMadeOnceAnEventIsMatchedOftenAndGoesWithTheExecutor) {
  Ready ready(campaigns(20, "category == \"tea\" and count > 2"));
  int before = mappings("r-xp");
  {
    auto executor = jit::make_jit(ready.program());
    for (std::uint32_t i = 1; i < kMatchesBeforeNative; ++i)
      ASSERT_EQ(ready.matches(*executor), 20u);
    EXPECT_EQ(mappings("r-xp"), before);
    for (int tries = 0; mappings("r-xp") == before && tries < 3'000; ++tries) {
      ASSERT_EQ(ready.matches(*executor), 20u);
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    EXPECT_GT(mappings("r-xp"), before);
    EXPECT_EQ(mappings("rwxp"), 0) << "memory is writable or executable, never both";
  }
  EXPECT_EQ(mappings("r-xp"), before);
}

// Both tiers are put in place while two threads match.
TEST(Jit, TiersAreSwappedUnderMatches) {
  Ready ready(campaigns(300, "category == \"tea\" and count > 2"));
  auto executor = jit::make_jit(ready.program());
  auto match_for_a_while = [&] {
    auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(1'500);
    std::size_t wrong = 0;
    while (std::chrono::steady_clock::now() < end) wrong += ready.matches(*executor) == 300 ? 0 : 1;
    return wrong;
  };
  std::size_t wrong_elsewhere = 0;
  std::thread other([&] { wrong_elsewhere = match_for_a_while(); });
  EXPECT_EQ(match_for_a_while(), 0u);
  other.join();
  EXPECT_EQ(wrong_elsewhere, 0u);
}

// Presence bits take more than one word.
TEST(Jit, ARecordOfManyFields) {
  std::string text = "event seen {";
  for (int i = 0; i < 130; ++i) text += fmt::format(" f{}: integer?", i);
  text +=
      " }\nperson { email: email key }\ntopic news\n"
      "template plain() from \"templates/plain.html.liquid\"\n"
      "policy marketing { consent required for news }\n";
  for (int i : {0, 63, 64, 127, 128, 129})
    text += fmt::format(
        "campaign c{0} {{ policy marketing  on seen where f{0} == {0} and f{0}? and not f1?  "
        "send plain() }}\n",
        i);
  Ready ready(text);
  auto executor = jit::make_jit(ready.program(), jit::When::kBaselineNow);
  for (std::int64_t i : {0, 63, 64, 127, 128, 129}) {
    ready.fields.assign(130, ir::Value());
    ready.fields[static_cast<std::size_t>(i)] = i;
    EXPECT_EQ(ready.matches(*executor), 1u) << i;
    ready.fields[1] = i;
    EXPECT_EQ(ready.matches(*executor), 0u) << i;
  }
}

struct BrokenHistory : exec::History {
  void scan(NameHash, Instant, Instant, const RowVisitor&) const override {
    throw std::runtime_error("the disk is gone");
  }
};

TEST(Jit, WhatTheInterpreterThrowsComesOutOfNativeCode) {
  Ready ready(campaigns(3, "count(seen in 7 days) > 1 and count > 2"));
  BrokenHistory history;
  ready.frame.history = &history;
  auto executor = jit::make_jit(ready.program(), jit::When::kBaselineNow);
  EXPECT_THROW(ready.matches(*executor), std::runtime_error);
}

struct CountedHistory : exec::History {
  void scan(NameHash, Instant, Instant, const RowVisitor&) const override { ++scans; }
  mutable int scans = 0;
};

// The helpers that a match calls: rows of history are asked for by one of them.
TEST(Jit, WhatConditionsHaveInCommonIsComputedOnce) {
  std::string text = campaigns(20, "count >= 1 and count(seen in 7 days) == 0");
  for (int i = 0; i < 20; ++i)
    text += fmt::format(
        "campaign d{0} {{ policy marketing  on seen where count > 0 and (count(seen in 7 days) < "
        "{0}"
        " or count(seen in 8 days) > {0})  send plain() }}\n",
        i);
  Ready ready(text);
  for (jit::When when : {jit::When::kBaselineNow, jit::When::kOptimisedNow}) {
    CountedHistory history;
    ready.frame.history = &history;
    auto executor = jit::make_jit(ready.program(), when);
    EXPECT_EQ(ready.matches(*executor), 39u);  // but for d0
    EXPECT_EQ(history.scans, 2);
    EXPECT_EQ(ready.matches(*executor), 39u);
    EXPECT_EQ(history.scans, 4);
    EXPECT_EQ(ready.matches(*exec::make_interpreter(ready.program())), 39u);
    EXPECT_GT(history.scans, 40);
  }
}

TEST(Jit, AsManySharedExpressionsAsThereIsPlaceFor) {
  std::string text = kHead;
  const int shared = static_cast<int>(kMaxSharedExpressions) + 10;
  for (int i = 0; i < 2 * shared; ++i)
    text += fmt::format(
        "campaign c{} {{ policy marketing  on seen where count != {} and "
        "category contains \"{}\"  send plain() }}\n",
        i, i, i % shared);
  Ready ready(text);
  auto executor = jit::make_jit(ready.program(), jit::When::kBaselineNow);
  for (int i : {0, 7, static_cast<int>(kMaxSharedExpressions), shared - 1}) {
    ready.fields[0] = fmt::format("({})", i);
    EXPECT_EQ(ready.matches(*executor), ready.matches(*exec::make_interpreter(ready.program())));
  }
}

// More countries than a guard has bits: two rules share one, and it must not decide for them.
TEST(Jit, RulesOfOneBucketAreToldApartByATextTheyAllAskFor) {
  constexpr int kCountries = 100;
  std::string text =
      "event seen { category: text?  country: text? }\nperson { email: email key }\ntopic news\n"
      "template plain() from \"templates/plain.html.liquid\"\n"
      "policy marketing { consent required for news }\n";
  auto campaign = [&](const std::string& name, const std::string& where) {
    text += fmt::format("campaign {} {{ policy marketing  on seen where {} send plain() }}\n", name,
                        where);
  };
  for (int i = 0; i < kCountries; ++i)
    campaign(fmt::format("tea{}", i), fmt::format(R"(category == "tea" and country == "k{}")", i));
  // A rule of its bucket asks for no country.
  campaign("coffee", R"(category == "coffee")");
  campaign("coffee_k1", R"(category == "coffee" and country == "k1")");
  Ready ready(text);
  for (jit::When when : {jit::When::kBaselineNow, jit::When::kOptimisedNow}) {
    auto executor = jit::make_jit(ready.program(), when);
    auto matches = [&](ir::Value category, ir::Value country) {
      ready.fields = {std::move(category), std::move(country)};
      std::vector<exec::Executor::Match> found;
      executor->match(ready.event, ready.frame, found);
      std::vector<std::string> names;
      for (const exec::Executor::Match& match : found)
        names.push_back(ready.program().campaigns[match.campaign].name);
      std::sort(names.begin(), names.end());
      return names;
    };
    using Names = std::vector<std::string>;
    for (int i = 0; i < kCountries; ++i)
      EXPECT_EQ(matches(std::string("tea"), fmt::format("k{}", i)), Names{fmt::format("tea{}", i)});
    EXPECT_EQ(matches(std::string("tea"), std::string("elsewhere")), Names{});
    EXPECT_EQ(matches(std::string("tea"), ir::Missing{}), Names{});
    EXPECT_EQ(matches(ir::Missing{}, std::string("k1")), Names{});
    EXPECT_EQ(matches(std::string("coffee"), std::string("k1")), (Names{"coffee", "coffee_k1"}));
    EXPECT_EQ(matches(std::string("coffee"), std::string("k2")), Names{"coffee"});
    EXPECT_EQ(matches(std::string("coffee"), ir::Missing{}), Names{"coffee"});
  }
}

TEST(Jit, AValueOfAnotherTypeIsLeftToTheInterpreter) {
  Ready ready(campaigns(3, "count > 2"));
  ready.fields[1] = *Decimal::parse("2.5");
  auto executor = jit::make_jit(ready.program(), jit::When::kOptimisedNow);
  EXPECT_EQ(ready.matches(*executor), 3u);
}

}  // namespace
}  // namespace trig
