// Windows over a deploy: what was not kept is filled in from the stored events, in chunks that a
// restart does not undo; and from when on an aggregate is complete (semantics 24).
#include "compiler/base/limits.h"
#include "runtime/ports/limits.h"
#include "tests/sim/engine_fixture.h"

namespace trig::engine {
namespace {

const std::string kTold = R"(
event viewed { page: text  price: money? }
event asked { what: text }
template told(count: integer) from "service.liquid"
template paid(sum: money) from "service.liquid"
)";
const std::string kNothing = "campaign none { policy service on asked send told(count: 0) }\n";
const std::string kCount =
    "campaign tell {\n  policy service\n  on asked where what == \"count\"\n  again always\n"
    "  send told(count: count(viewed in 7 days))\n}\n";
const std::string kSum =
    "campaign tell_sum {\n  policy service\n  on asked where what == \"sum\"\n  again always\n"
    "  send paid(sum: sum(viewed.price in 7 days))\n}\n";

template <typename Where>
class EngineWindows : public EngineTest<Where> {
 protected:
  EngineWindows() { this->run.settings.virtual_time = true; }  // days pass here in one go
  void open(const std::string& campaigns) {
    this->run.now += 1s;
    this->run.open(deploy_text(kVocabulary + kTold + campaigns));
  }
  void viewed(const std::string& user, const std::string& price = "1 EUR") {
    this->run.event(user, "viewed", R"({"page":"a","price":")" + price + "\"}");
  }
  // What is told of it now.
  std::string ask(const std::string& user, const std::string& what = "count") {
    std::size_t before = this->run.mails.size();
    this->run.event(user, "asked", R"({"what":")" + what + "\"}");
    if (this->run.mails.size() != before + 1) return "nothing";
    Handover mail = this->run.mails.back();
    this->run.answer(mail, exec::SendReport::kSent);
    return ir::to_string(mail.message.mail().arguments.at(0));
  }
  void fill() {
    for (bool more = this->run.engine().filling(); more;) {
      more = this->run.engine().fill_history(this->run.now);
      this->run.commit();
    }
  }
  std::string lines() {
    std::string text;
    for (const Completeness& one : this->run.engine().windows())
      text += to_string(one, Zone::utc()) + "\n";
    return text;
  }
  std::uint32_t rows(const std::string& user) {
    for (const exec::KeptEvents& kept : this->run.state(user).kept_events)
      if (kept.event == name_hash("viewed")) return kept.rows;
    return 0;
  }
};
TYPED_TEST_SUITE(EngineWindows, BothStoresAndWays);

TYPED_TEST(EngineWindows, ANewStoreIsCompleteOnceItsWindowHasPassed) {
  this->open(kCount);
  EXPECT_FALSE(this->run.engine().filling());
  EXPECT_EQ(
      this->lines(),
      "count(viewed in 7 days) is complete from 2026-03-17 12:01 Etc/UTC on (events are kept since "
      "2026-03-10 12:01 Etc/UTC)\n");
  this->run.run_for(1h);
  this->viewed("ana");
  this->run.restart();
  EXPECT_FALSE(this->run.engine().filling()) << "nothing was missed";
  EXPECT_NE(this->lines().find("2026-03-17 12:01"), std::string::npos) << "not from the restart";
}

TYPED_TEST(EngineWindows, ADeployFillsInWhatWasNotKept) {
  EngineRun& run = this->run;
  this->open(kNothing);
  run.person("ana");
  run.person("bob");
  this->viewed("ana");
  run.advance(5 * 24h);
  for (int i = 0; i < 3; ++i) this->viewed("ana");
  this->viewed("bob");
  run.advance(4 * 24h);
  this->open(kCount);
  EXPECT_TRUE(run.engine().filling());
  EXPECT_EQ(
      this->lines(),
      "count(viewed in 7 days) is complete from 2026-03-17 12:01 Etc/UTC on (events are kept since "
      "2026-03-10 12:01 Etc/UTC), once the stored events have been gone through\n");
  this->viewed("ana");
  EXPECT_EQ(this->ask("ana"), "1") << "not filled in yet";
  this->fill();
  EXPECT_FALSE(run.engine().filling());
  EXPECT_EQ(this->ask("ana"), "4") << "one has left the window, one came meanwhile";
  EXPECT_EQ(this->ask("bob"), "1");
  EXPECT_EQ(this->rows("ana"), 4u);
  run.restart();
  EXPECT_FALSE(run.engine().filling());
  EXPECT_EQ(this->ask("ana"), "4");
  EXPECT_EQ(this->lines().find("once"), std::string::npos);
  run.advance(3 * 24h);
  EXPECT_EQ(this->ask("ana"), "1");
}

TYPED_TEST(EngineWindows, AFieldThatWasNotKeptIsPutIntoTheRows) {
  EngineRun& run = this->run;
  this->open(kCount);
  run.person("ana");
  for (const char* price : {"2 EUR", "3 EUR"}) this->viewed("ana", price);
  EXPECT_EQ(this->ask("ana"), "2");
  this->open(kCount + kSum);
  this->viewed("ana", "4 EUR");
  EXPECT_EQ(this->ask("ana", "sum"), "4.00 EUR");
  this->fill();
  EXPECT_EQ(this->ask("ana", "sum"), "9.00 EUR");
  EXPECT_EQ(this->ask("ana"), "3") << "no row twice";
  EXPECT_EQ(this->rows("ana"), 3u);
}

TYPED_TEST(EngineWindows, AFieldOfAnotherTypeIsReadAnew) {
  EngineRun& run = this->run;
  this->open(kSum);
  run.person("ana");
  this->viewed("ana", "2 EUR");
  EXPECT_EQ(this->ask("ana", "sum"), "2.00 EUR");
  std::string text = kVocabulary + kTold + R"(
template shown(text: text) from "service.liquid"
campaign tell_last {
  policy service
  on asked
  again always
  send shown(text: last(viewed.price in 7 days) or else "none")
}
)";
  text.replace(text.find("price: money?"), 13, "price: text?");
  run.now += 1s;
  run.open(deploy_text(text));
  EXPECT_EQ(this->ask("ana"), "\"none\"") << "an amount is no text";
  this->fill();
  EXPECT_EQ(this->ask("ana"), "\"2 EUR\"");
}

TYPED_TEST(EngineWindows, ALongerWindowIsFilledInPastWhatWasTrimmed) {
  EngineRun& run = this->run;
  this->open(kCount);
  run.person("ana");
  this->viewed("ana");
  run.advance(10 * 24h);
  this->viewed("ana");
  EXPECT_EQ(this->rows("ana"), 1u) << "the first row is gone";
  std::string longer = kCount;
  longer.replace(longer.find("7 days"), 6, "20 days");
  this->open(longer);
  EXPECT_EQ(this->ask("ana"), "1");
  this->fill();
  EXPECT_EQ(this->ask("ana"), "2");
  this->open(kCount);
  EXPECT_FALSE(run.engine().filling()) << "a shorter one asks for nothing";
  EXPECT_EQ(this->ask("ana"), "1");
}

TYPED_TEST(EngineWindows, EventsThatNobodyHadDeclaredCountOnceTheyAre) {
  EngineRun& run = this->run;
  run.open(deploy_text(kVocabulary + kGreet));
  run.person("ana");
  this->viewed("ana");
  EXPECT_EQ(run.engine().totals().events_rejected, 1u);
  this->open(kCount);
  this->fill();
  EXPECT_EQ(this->ask("ana"), "1");
}

TYPED_TEST(EngineWindows, ARestartInTheMiddleGoesOnAndCountsNothingTwice) {
  EngineRun& run = this->run;
  this->open(kNothing);
  run.person("ana");
  const int kEvents = 2 * static_cast<int>(kMaxEventsPerChunk) + 500;
  for (int i = 0; i < kEvents; ++i)
    run.engine().take(run.track("ana", "viewed", R"({"page":"a"})"), run.now);
  run.commit();
  this->open(kCount);
  EXPECT_TRUE(run.engine().fill_history(run.now));
  run.commit();
  EXPECT_LE(this->rows("ana"), kMaxEventsPerChunk) << "a chunk is bounded";
  EXPECT_GT(this->rows("ana"), 0u);
  std::uint32_t committed = this->rows("ana");
  EXPECT_TRUE(run.engine().fill_history(run.now));  // lost: not committed
  run.restart();
  EXPECT_TRUE(run.engine().filling());
  EXPECT_EQ(this->rows("ana"), committed);
  this->fill();
  EXPECT_EQ(this->ask("ana"), std::to_string(kEvents));
  EXPECT_EQ(this->rows("ana"), static_cast<std::uint32_t>(kEvents));
}

TYPED_TEST(EngineWindows, FillingInKeepsToTheBoundOfRows) {
  EngineRun& run = this->run;
  this->open(kNothing);
  run.person("ana");
  const std::size_t kEvents = kMaxHistoryPerPersonEvent + 20;
  for (std::size_t i = 0; i < kEvents; ++i)
    run.engine().take(run.track("ana", "viewed", R"({"page":"a"})"), run.now);
  run.commit();
  this->open(kCount);
  this->fill();
  EXPECT_EQ(this->rows("ana"), kMaxHistoryPerPersonEvent);
  EXPECT_EQ(this->ask("ana"), std::to_string(kMaxHistoryPerPersonEvent));
  EXPECT_EQ(run.engine().totals().history_rows_cut, 20u);
}

TYPED_TEST(EngineWindows, NobodyEntersASegmentByEventsFromBeforeTheDeploy) {
  EngineRun& run = this->run;
  this->open(kNothing);
  run.person("ana");
  this->viewed("ana");
  run.advance(1h);
  this->viewed("ana");
  this->open(
      "segment busy: count(viewed in 1 day) >= 2\n"
      "campaign enters { policy service on entering busy send told(count: 1) }\n"
      "campaign leaves { policy service on leaving busy send told(count: 2) }\n");
  this->fill();
  run.run_for(10min);
  EXPECT_TRUE(run.mails.empty());
  EXPECT_NE(run.why("ana").find("in busy by events from before the deploy"), std::string::npos)
      << run.why("ana");
  run.advance(24h);
  ASSERT_EQ(run.mails.size(), 1u) << "and leaves when the first has left the window";
  EXPECT_EQ(ir::to_string(run.mails[0].message.mail().arguments.at(0)), "2");
}

// The value follows the rows that go because there are too many, without reading them all.
TYPED_TEST(EngineWindows, WhatIsCutIsNoLongerCounted) {
  EngineRun& run = this->run;
  this->open(kCount);
  run.person("ana");
  for (std::size_t i = 0; i < kMaxHistoryPerPersonEvent; ++i)
    run.engine().take(run.track("ana", "viewed", R"({"page":"a"})"), run.now);
  run.commit();
  EXPECT_EQ(this->ask("ana"), std::to_string(kMaxHistoryPerPersonEvent));
  for (int i = 0; i < 5; ++i) this->viewed("ana");
  EXPECT_EQ(this->ask("ana"), std::to_string(kMaxHistoryPerPersonEvent));
  EXPECT_EQ(run.state("ana").running.size(), 1u);
}

// Of somebody in memory with few rows, the history is in memory too.
TYPED_TEST(EngineWindows, FewRowsAreReadFromTheStoreOnce) {
  EngineRun& run = this->run;
  this->open(kCount + kSum);
  run.person("ana");
  for (int i = 0; i < 3; ++i) {
    this->viewed("ana");
    run.run_for(24h);
  }
  const std::size_t before = run.store().history_scans;
  EXPECT_EQ(this->ask("ana"), "3");
  EXPECT_EQ(this->ask("ana", "sum"), "3.00 EUR");
  run.run_for(24h * 4);
  EXPECT_EQ(this->ask("ana"), "2") << "the first has left the window";
  this->viewed("ana", "5 EUR");
  EXPECT_EQ(this->ask("ana", "sum"), "7.00 EUR");
  EXPECT_EQ(run.store().history_scans, before);
  run.restart();
  EXPECT_EQ(run.store().history_scans, TypeParam::kValue ? 0 : before);
  const std::size_t opened = run.store().history_scans;
  run.run_for(24h);
  EXPECT_EQ(this->ask("ana"), "2");
  EXPECT_EQ(this->ask("ana", "sum"), "6.00 EUR");
  run.run_for(24h);
  EXPECT_EQ(this->ask("ana"), "1");
  EXPECT_EQ(run.store().history_scans, opened + 1);
}

}  // namespace
}  // namespace trig::engine
