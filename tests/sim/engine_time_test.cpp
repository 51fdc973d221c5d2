// Clock, outages and settling (semantics 1, 2 and 9), rates and the order of timers.
#include "tests/sim/engine_fixture.h"

namespace trig::engine {
namespace {

template <typename Where>
class EngineTime : public EngineTest<Where> {};
TYPED_TEST_SUITE(EngineTime, BothStores);

const std::string kReminder = R"(
campaign abandoned_cart {
  policy service
  on cart_updated as cart per cart_id
  wait 30 minutes unless order_completed where cart_id == cart.cart_id
  send reminder(total: cart.total)
  wait 1 hour
  send welcome()
}
)";
const char* const kCart = R"({"cart_id":"c1","total":"40 EUR"})";

TYPED_TEST(EngineTime, WithoutAnOutageAStepSeesItsDueTime) {
  this->open(kReminder);
  EngineRun& run = this->run;
  run.person("ana");
  run.event("ana", "cart_updated", kCart);
  Instant due = run.now + 30min;
  run.run_for(29min + 50s);
  run.advance(40s);  // late, but no outage
  ASSERT_EQ(run.mails.size(), 1u);
  EXPECT_EQ(run.mails[0].message.begun_at, due);
  EXPECT_EQ(run.state("ana").journeys.at(0).wake, due + 1h);
}

TYPED_TEST(EngineTime, ATimerFiresWhenTheClockHasPassedItNotAtIt) {
  this->open(kReminder);
  EngineRun& run = this->run;
  run.person("ana");
  run.event("ana", "cart_updated", kCart);
  run.run_for(30min);
  EXPECT_TRUE(run.mails.empty());
  EXPECT_EQ(run.engine().next_timer(), run.now);
  run.advance(1us);
  EXPECT_EQ(run.mails.size(), 1u);
}

TYPED_TEST(EngineTime, AfterAnOutageTimersSettleAndNowIsTheRealInstant) {
  this->open(kReminder);
  EngineRun& run = this->run;
  run.person("ana");
  run.person("bob");
  run.event("bob", "cart_updated", kCart);
  run.advance(10s);
  run.event("ana", "cart_updated", kCart);
  run.advance(2h);
  EXPECT_TRUE(run.mails.empty()) << "the inbox is read first";
  run.advance(59s);
  EXPECT_TRUE(run.mails.empty()) << "settling takes a minute";
  run.advance(2s);
  ASSERT_EQ(run.mails.size(), 2u);
  EXPECT_EQ(run.mails[0].message.mail().address, "bob@example.com") << "in due order";
  EXPECT_EQ(run.mails[1].message.mail().address, "ana@example.com");
  EXPECT_EQ(run.mails[1].message.begun_at, run.now);
  EXPECT_EQ(run.state("ana").journeys.at(0).wake, run.now + 1h) << "later waits count from it";
}

TYPED_TEST(EngineTime, WhatWasWaitingInTheInboxDuringAnOutageStillStopsTheMail) {
  this->open(kReminder);
  EngineRun& run = this->run;
  run.person("ana");
  run.event("ana", "cart_updated", kCart);
  Envelope order = run.track("ana", "order_completed", kCart);
  order.occurred_at = run.now + 10min;
  run.advance(2h);
  run.take(order);
  run.run_for(5min);
  EXPECT_TRUE(run.mails.empty());
}

TYPED_TEST(EngineTime, ARestartAfterAnOutageSettlesToo) {
  this->open(kReminder);
  EngineRun& run = this->run;
  run.person("ana");
  run.event("ana", "cart_updated", kCart);
  run.now += 2h;
  run.restart();
  run.advance(1s);
  EXPECT_TRUE(run.mails.empty());
  run.run_for(2min);
  EXPECT_EQ(run.mails.size(), 1u);
}

TYPED_TEST(EngineTime, ABusyEngineWasNotAway) {
  this->open(kReminder);
  EngineRun& run = this->run;
  run.person("ana");
  run.event("ana", "cart_updated", kCart);
  Instant due = run.now + 30min;
  // More timers than five turns fire, and each turn takes its time.
  for (int i = 0; i < 10'000; ++i)
    run.engine().take(run.track("u" + std::to_string(i), "cart_updated", kCart), run.now);
  run.commit();
  run.run_for(30min);
  int turns = 0;
  for (bool more = true; more; ++turns) {
    run.now += 20s;
    more = run.engine().advance(run.now);
    run.commit();
  }
  EXPECT_GE(turns, 5);
  ASSERT_EQ(run.mails.size(), 1u);
  EXPECT_EQ(run.mails[0].message.begun_at, due);
  std::string last = "u9999";
  EXPECT_EQ(run.state(last).journeys.at(0).wake, due + 1h) << "also the last of them";
}

TYPED_TEST(EngineTime, AMailPastItsSkipAfterIsSkippedAfterAnOutage) {
  this->open(R"(
campaign hints {
  policy service
  on signed_up
  wait 1 hour
  send welcome() or skip after 10 minutes
}
campaign other {
  policy busy
  on signed_up
  send welcome() or skip after 10 minutes
}
policy busy { consent not needed  rate 1 per hour }
)");
  EngineRun& run = this->run;
  for (const char* user : {"ana", "bob"}) {
    run.person(user);
    run.event(user, "signed_up", R"({"plan":"free"})");
  }
  EXPECT_EQ(run.mails.size(), 1u) << "the rate lets one go";
  run.run_for(90min);
  // Both hints went at one hour; the second of the other campaign found its slot too late.
  EXPECT_EQ(run.mails.size(), 3u);
  EXPECT_EQ(run.count(exec::MessageState::kExpired), 1u);
  EXPECT_NE(run.why("bob").find("other: expired, past its `or skip after`"), std::string::npos)
      << run.why("bob");
}

// Q23: nothing is dropped for being late but what says so, and what was retried meanwhile counts
// once.
TYPED_TEST(EngineTime, AnOutageOfFiveHours) {
  this->open(R"(
campaign in_time {
  policy service
  on signed_up
  wait 1 hour unless order_completed
  send welcome() or skip after 2 hours
}
campaign at_all {
  policy service
  on signed_up
  wait 2 hours unless order_completed
  send reminder(total: 1 EUR)
  wait 1 hour
  send reminder(total: 2 EUR)
}
campaign daily {
  policy service
  on every day at 15:00 local for everyone
  send reminder(total: 3 EUR) or skip after 30 minutes
}
)");
  EngineRun& run = this->run;
  std::map<std::string, Envelope> sign_ups;
  for (const char* user : {"ana", "bob"}) {
    run.person(user);
    Envelope& one = sign_ups[user] = run.track(user, "signed_up", kFree);
    one.message_id = std::string("id-") + user;
    run.take(one);
  }
  Envelope order = run.track("bob", "order_completed", kCart);
  order.message_id = "order";
  order.occurred_at = run.now + 30min;
  const Instant back = run.now + 5h;
  run.now = back;
  run.restart();
  // What clients kept and retried comes first, some of it twice.
  for (int i = 0; i < 2; ++i) {
    run.take(sign_ups["ana"]);
    run.take(order);
  }
  EXPECT_TRUE(run.mails.empty()) << "timers settle while the inbox is read";
  run.run_for(2min);
  ASSERT_EQ(run.mails.size(), 1u) << "bob ordered; of ana's one is too late and says so";
  EXPECT_EQ(run.mails[0].message.mail().address, "ana@example.com");
  EXPECT_NE(run.why("ana").find("in_time: expired, past its `or skip after` at 2026-03-10 15:00"),
            std::string::npos)
      << run.why("ana");
  EXPECT_NE(run.why("ana").find("daily: expired"), std::string::npos) << run.why("ana");
  run.answer(run.mails[0], exec::SendReport::kSent);
  run.run_for(57min);
  EXPECT_EQ(run.mails.size(), 1u) << "the wait after it counts from when it went";
  run.run_for(10min);
  EXPECT_EQ(run.mails.size(), 2u);
}

TYPED_TEST(EngineTime, AnEventOfTheFutureOccurredWhenItWasReceived) {
  this->open(kReminder);
  EngineRun& run = this->run;
  run.person("ana");
  Envelope cart = run.track("ana", "cart_updated", kCart);
  cart.occurred_at = run.now + 240h;
  run.take(cart);
  EXPECT_EQ(run.state("ana").journeys.at(0).trigger.occurred_at, run.now);
  run.advance(10s);
  run.event("ana", "order_completed", kCart);
  EXPECT_TRUE(run.state("ana").journeys.empty()) << "the order occurred after it";
}

TYPED_TEST(EngineTime, TheClockNeverGoesBack) {
  this->open(kReminder);
  EngineRun& run = this->run;
  run.person("ana");
  run.advance(10s);
  Instant before = run.now;
  run.now -= 5s;  // the machine's clock was set back
  run.event("ana", "cart_updated", kCart);
  EXPECT_EQ(run.engine().clock(), before);
  EXPECT_EQ(run.state("ana").journeys.at(0).started_at, before);
}

TYPED_TEST(EngineTime, ARateSpreadsMailsAndSurvivesARestart) {
  this->open(R"(
policy slow { consent not needed  rate 60 per hour }
campaign greet {
  policy slow
  on signed_up
  send welcome()
}
)");
  EngineRun& run = this->run;
  Instant start = run.now;
  for (const char* user : {"a", "b", "c"}) {
    run.person(user);
    run.event(user, "signed_up", R"({"plan":"free"})");
  }
  ASSERT_EQ(run.mails.size(), 1u);
  run.restart();
  run.person("d");
  run.event("d", "signed_up", R"({"plan":"free"})");
  EXPECT_EQ(run.mails.size(), 1u) << "a restart does not open the gate";
  run.answer(run.mails[0], exec::SendReport::kSent);
  run.run_for(3min + 30s);
  ASSERT_EQ(run.mails.size(), 4u);
  for (std::size_t i = 1; i < 4; ++i) EXPECT_EQ(run.mails[i].message.begun_at, start + i * 1min);
}

// The window of timers in memory is refilled from the store in parts.
TYPED_TEST(EngineTime, ManyTimersFireInDueOrder) {
  this->open(R"(
campaign greet {
  policy service
  on signed_up
  wait 10 minutes
  send welcome()
}
)");
  EngineRun& run = this->run;
  constexpr int kPeople = 5'000;
  for (int i = 0; i < kPeople; ++i) {
    std::string user = "u" + std::to_string(i);
    Envelope known = run.track(user, "", "{\"email\":\"" + user + "@example.com\"}");
    known.kind = EnvelopeKind::kIdentify;
    run.engine().take(std::move(known), run.now);
    run.engine().take(run.track(user, "signed_up", R"({"plan":"free"})"), run.now);
    run.now += 1ms;
  }
  run.commit();
  run.settings.max_in_flight = kPeople;
  run.restart();
  run.run_for(11min);
  ASSERT_EQ(run.mails.size(), static_cast<std::size_t>(kPeople));
  for (int i = 1; i < kPeople; ++i)
    ASSERT_LT(run.mails[i - 1].message.begun_at, run.mails[i].message.begun_at);
}

}  // namespace
}  // namespace trig::engine
