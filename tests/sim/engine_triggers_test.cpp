// Triggers that take several events or none: retries, deploys with people there, bounds.
#include "compiler/base/limits.h"
#include "runtime/engine/rows.h"
#include "runtime/ports/limits.h"
#include "tests/sim/engine_fixture.h"

namespace trig::engine {
namespace {

template <typename Where>
class EngineTriggers : public EngineTest<Where> {
 protected:
  const std::string carts =
      "campaign carts { policy service  on 3 cart_updated within 1 hour  "
      "send welcome() }\n";
  const std::string spender = "segment spender: sum(order_completed.total in 10 days) >= 100 EUR\n";
  const std::string enters =
      "campaign enters { policy service  on entering spender  send "
      "welcome() }\ncampaign leaves { policy service  on leaving spender  "
      "send reminder(total: 1 EUR) }\n";
  const std::string orders =
      "campaign orders { policy service  on order_completed where sum(order_completed.total in 10 "
      "days) > 9999 EUR  send welcome() }\n";

  static std::string silence(const std::string& days) {
    return "campaign silent { policy service  on no order_completed for " + days +
           "  send welcome() }\n";
  }
  void order(const std::string& user, const std::string& total) {
    this->run.event(user, "order_completed", R"({"cart_id":"c","total":")" + total + "\"}");
  }
  void cart(const std::string& user) {
    this->run.event(user, "cart_updated", R"({"cart_id":"c","total":"1 EUR"})");
  }
  std::size_t mails() const { return this->run.mails.size(); }
  // Time goes on, and what was handed over is taken.
  void pass(Duration time) {
    this->run.advance(time);
    for (; answered_ < mails(); ++answered_)
      this->run.answer(this->run.mails[answered_], exec::SendReport::kSent);
  }

 private:
  std::size_t answered_ = 0;
};
TYPED_TEST_SUITE(EngineTriggers, BothStoresAndWays);

TYPED_TEST(EngineTriggers, ARetriedEventCountsOnce) {
  EngineRun& run = this->run;
  this->open(this->carts);
  run.person("ana");
  for (const char* id : {"1", "2", "2", "1"}) {
    Envelope envelope = run.track("ana", "cart_updated", R"({"cart_id":"c","total":"1 EUR"})");
    envelope.message_id = id;
    run.take(std::move(envelope));
    this->pass(1s);
  }
  EXPECT_EQ(this->mails(), 0u);
  EXPECT_NE(run.why("ana").find("carts: not started, 2 of 3 cart_updated within 1 hour"),
            std::string::npos)
      << run.why("ana");
  this->cart("ana");
  this->pass(1s);
  EXPECT_EQ(this->mails(), 1u);
}

TYPED_TEST(EngineTriggers, AnEditedCountBeginsFromZero) {
  EngineRun& run = this->run;
  this->open(this->carts);
  run.person("ana");
  this->cart("ana");
  this->cart("ana");
  this->open("campaign carts { policy service  on 2 cart_updated within 1 hour  send welcome() }");
  this->cart("ana");
  this->pass(1s);
  EXPECT_EQ(this->mails(), 0u);
  this->cart("ana");
  this->pass(1s);
  EXPECT_EQ(this->mails(), 1u);
}

TYPED_TEST(EngineTriggers, EventsOnTheWayAreBounded) {
  EngineRun& run = this->run;
  this->open(
      "campaign carts { policy service  on 3 cart_updated within 1 hour per cart_id  send "
      "welcome() }\n");
  run.person("ana");
  for (std::size_t i = 0; i < kMaxTriggerEventsPerPerson + 10; ++i) {
    std::string payload = R"({"cart_id":")" + std::to_string(i) + R"(","total":"1 EUR"})";
    run.engine().take(run.track("ana", "cart_updated", payload), run.now);
    run.now += 1ms;
  }
  run.commit();
  std::size_t events = 0;
  for (const exec::CountProgress& progress : run.state("ana").counts)
    events += progress.events.size();
  EXPECT_EQ(events, kMaxTriggerEventsPerPerson);
  EXPECT_NE(run.why("ana").find("history cut, more than 2000 events on the way"),
            std::string::npos);
}

TYPED_TEST(EngineTriggers, JourneysThatStartEachOtherAreBounded) {
  EngineRun& run = this->run;
  this->open(R"(segment known: person.first_name?
campaign names { policy service  on signed_up  set person.first_name = "x" }
campaign takes { policy service  on entering known  unsubscribe offers
  when person.first_name == "x" { set person.first_name = "y" }
  else { set person.first_name = "x" } }
segment called_x: person.first_name == "x"
campaign up { policy service  on entering called_x  set person.first_name = "y" }
campaign down { policy service  on leaving called_x  set person.first_name = "x" }
)");
  run.person("ana");
  run.event("ana", "signed_up", R"({"plan":"free"})");
  EXPECT_EQ(run.engine().totals().journeys_started, kMaxStartsAtOnce);
  EXPECT_NE(run.why("ana").find("100 journeys started at once already"), std::string::npos);
  run.event("ana", "signed_up", R"({"plan":"free"})");
  EXPECT_FALSE(run.engine().failed());
}

TYPED_TEST(EngineTriggers, NobodyEntersASegmentByADeploy) {
  EngineRun& run = this->run;
  this->open(this->orders);
  run.person("ana");
  run.person("bob");
  this->order("ana", "150 EUR");
  this->pass(1s);
  this->open(this->orders + this->spender + this->enters);
  this->pass(1min);
  EXPECT_EQ(this->mails(), 0u);
  EXPECT_NE(run.why("ana").find("segment, in spender when it was deployed: sum(order_completed) = "
                                "150.00 EUR"),
            std::string::npos)
      << run.why("ana");
  this->order("bob", "150 EUR");
  this->pass(1s);
  EXPECT_EQ(this->mails(), 1u) << "bob enters";
  run.settings.virtual_time = true;
  run.restart();
  this->pass(240h);
  EXPECT_EQ(this->mails(), 3u) << "both leave when the window ends";
}

TYPED_TEST(EngineTriggers, AnotherDefinitionOfASegmentLetsNobodyIn) {
  EngineRun& run = this->run;
  this->open(this->orders + this->spender + this->enters);
  run.person("ana");
  this->order("ana", "50 EUR");
  this->pass(1s);
  this->open(this->orders + "segment spender: sum(order_completed.total in 10 days) >= 10 EUR\n" +
             this->enters);
  this->order("ana", "50 EUR");
  this->pass(1min);
  EXPECT_EQ(this->mails(), 0u);
}

TYPED_TEST(EngineTriggers, WhatIsDueWhileADeployComesIsNotLostByIt) {
  EngineRun& run = this->run;
  run.settings.virtual_time = true;
  this->open(this->orders + this->spender + this->enters);
  run.person("ana");
  this->order("ana", "150 EUR");
  this->pass(1s);
  run.close();
  run.now += 241h;
  this->open(this->orders + this->carts + this->spender + this->enters + this->silence("400 days"));
  this->pass(1s);
  EXPECT_EQ(this->mails(), 2u) << "entered before, left while the server was down";
}

TYPED_TEST(EngineTriggers, ASilenceCountsFromTheDeployForWhoWasThere) {
  EngineRun& run = this->run;
  run.settings.virtual_time = true;
  this->open(this->orders);
  run.person("ana");
  this->pass(100h);
  this->open(this->orders + this->silence("2 days"));
  this->pass(48h);
  EXPECT_EQ(this->mails(), 0u) << "due at the very instant";
  this->pass(1s);
  EXPECT_EQ(this->mails(), 1u);
  this->open(this->orders + this->silence("3 days"));
  this->pass(24h);
  EXPECT_EQ(this->mails(), 1u) << "it came for this silence already";
  this->order("ana", "1 EUR");
  this->pass(72h + 1s);
  EXPECT_EQ(this->mails(), 2u);
}

TYPED_TEST(EngineTriggers, SchedulesAndDatesReachWhoWasThere) {
  EngineRun& run = this->run;  // it is Tuesday
  run.settings.virtual_time = true;
  this->open(this->orders);
  run.person("ana");
  this->open(this->orders +
             "campaign weekly { policy service  on every wednesday at 10:00 local for everyone  "
             "send welcome() }\n");
  this->pass(21h);
  EXPECT_EQ(this->mails(), 0u);
  this->pass(24h * 7 + 2h);
  EXPECT_EQ(this->mails(), 2u);
  EXPECT_EQ(run.mails[0].message.begun_at, at("2026-03-11T10:00:00Z"));
  this->open(this->orders);
  EXPECT_TRUE(run.state("ana").planned.empty()) << "its campaign is gone";
}

TYPED_TEST(EngineTriggers, AScheduleThatWasMissedSeveralTimesComesOnce) {
  EngineRun& run = this->run;
  this->open(
      "campaign daily { policy service  on every day at 10:00 local for everyone  send "
      "welcome() }\n");
  run.person("ana");
  this->pass(1s);
  run.close();
  run.now += 72h;
  run.restart();
  run.run_for(3min);
  EXPECT_EQ(this->mails(), 1u);
  EXPECT_EQ(run.state("ana").planned.at(0).due, at("2026-03-14T10:00:00Z"));
}

TYPED_TEST(EngineTriggers, ARestartRunsNoRule) {
  EngineRun& run = this->run;
  this->open(this->carts + this->spender + this->enters + this->silence("2 days"));
  run.person("ana");
  this->cart("ana");
  this->order("ana", "150 EUR");
  this->pass(1s);
  std::string before = run.dump();
  run.restart();
  EXPECT_EQ(run.dump(), before);
}

TYPED_TEST(EngineTriggers, ASweepThatWasCutOffGoesOnWhereItStopped) {
  if (TypeParam::kValue) return;  // the store on disk is opened by the fixture, without a failure
  EngineRun& run = this->run;
  this->open(this->orders);
  const std::size_t people = 2 * kMaxPeoplePerChunk + 500;
  for (std::size_t i = 0; i < people; ++i)
    run.engine().take(run.track("u" + std::to_string(i), "signed_up", R"({"plan":"free"})"),
                      run.now);
  run.commit();
  auto next = deploy_text(kVocabulary + this->orders + this->silence("2 days"));
  Instant first_deploy = run.now += 1min;
  run.store().fail_after = 1;
  ASSERT_FALSE(Engine::open(run.store(), next, drive::compile_files(), run.settings, run.now));
  run.store().fail_after = -1;
  Instant second_deploy = run.now += 1min;
  run.close();  // whoever runs it knows nothing of what the other wrote
  run.open(next);
  std::size_t early = 0;
  std::size_t late = 0;
  for (std::size_t i = 0; i < people; ++i) {
    const exec::PersonState& state = run.state("u" + std::to_string(i));
    ASSERT_EQ(state.planned.size(), 1u);
    early += state.planned[0].counts_from == first_deploy ? 1 : 0;
    late += state.planned[0].counts_from == second_deploy ? 1 : 0;
  }
  EXPECT_EQ(early, kMaxPeoplePerChunk) << "the chunk that was durable is not gone through again";
  EXPECT_EQ(late, people - kMaxPeoplePerChunk);
  auto begun = run.store().get(Space::kMeta, kMetaSweep);
  ASSERT_TRUE(begun);
  EXPECT_FALSE(*begun) << "nothing of a sweep that is done remains";
}

}  // namespace
}  // namespace trig::engine
