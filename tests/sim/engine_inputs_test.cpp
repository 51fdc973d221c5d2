// What comes in: duplicates, malformed and unknown events, goals, determinism
// (semantics 5, 6, 13 and 14).
#include "runtime/ports/limits.h"
#include "tests/sim/engine_fixture.h"

namespace trig::engine {
namespace {

template <typename Where>
class EngineInputs : public EngineTest<Where> {};
TYPED_TEST_SUITE(EngineInputs, BothStores);

std::map<Sequence, EventRow> events(EngineRun& run) {
  std::map<Sequence, EventRow> rows;
  Status done = run.store().scan(Space::kEvents, "", "", [&](auto key, auto value) {
    ByteReader reader(key);
    rows[Sequence{reader.fixed64()}] = *decode_event_row(value);
    return true;
  });
  EXPECT_TRUE(done);
  return rows;
}

TYPED_TEST(EngineInputs, AnEventIdIsSeenOnceInSevenDays) {
  this->open(kGreet);
  EngineRun& run = this->run;
  run.person("ana");
  Envelope envelope = run.track("ana", "signed_up", kFree);
  envelope.message_id = "m1";
  run.take(envelope);
  run.take(envelope);
  ASSERT_EQ(run.mails.size(), 1u);
  run.answer(run.mails[0], exec::SendReport::kSent);
  run.now += kDuplicateWindow;
  envelope.occurred_at = run.now;
  run.restart();
  run.take(envelope);
  EXPECT_EQ(run.mails.size(), 1u) << "after exactly seven days it is still known";
  EXPECT_EQ(run.engine().totals().events_duplicate, 2u);
  run.advance(1us);
  envelope.occurred_at = run.now;
  run.take(envelope);
  EXPECT_EQ(run.mails.size(), 2u) << "after that it is another event";
}

TYPED_TEST(EngineInputs, AnIdIsOneOfItsSource) {
  this->open(kGreet);
  EngineRun& run = this->run;
  run.person("ana");
  Envelope envelope = run.track("ana", "signed_up", kFree);
  envelope.message_id = "m1";
  run.take(envelope);
  envelope.source = "app";
  run.take(envelope);
  envelope.message_id.clear();
  run.take(envelope);
  run.take(envelope);
  EXPECT_EQ(run.mails.size(), 4u) << "without an id nothing is a duplicate";
  envelope.message_id = "m1";
  run.take(envelope);
  run.restart();
  EXPECT_EQ(run.engine().totals().events_duplicate, 1u) << "counted for good";
}

TYPED_TEST(EngineInputs, DaysOfSeenIdsAreDropped) {
  this->open(kGreet);
  EngineRun& run = this->run;
  run.person("ana");
  for (int i = 0; i < 40; ++i) {
    Envelope envelope = run.track("ana", "signed_up", kFree);
    envelope.message_id = "m" + std::to_string(i);
    run.take(envelope);
  }
  run.now += 240h;
  run.advance(0s);
  for (int i = 0; i < 4; ++i) {
    Envelope envelope = run.track("ana", "signed_up", kFree);
    envelope.message_id = "later" + std::to_string(i);
    run.take(envelope);
  }
  int rows = 0;
  Status done =
      run.store().scan(Space::kDuplicates, "", "", [&](auto, auto) { return ++rows > 0; });
  ASSERT_TRUE(done);
  EXPECT_EQ(rows, 4);
}

TYPED_TEST(EngineInputs, WhatIsNotUnderstoodIsKeptWithItsReason) {
  this->open(kGreet);
  EngineRun& run = this->run;
  run.event("ana", "no_such_event", R"({"a":1})");
  run.event("ana", "signed_up", R"({"seats":1})");
  run.event("ana", "signed_up", R"({"plan":"free","seats":"many"})");
  run.event("ana", "signed_up", "[1]");
  Envelope malformed = run.track("", "", "{{{");
  malformed.malformed = "not JSON";
  run.take(malformed);
  Envelope page = run.track("ana", "Home", "{}");
  page.kind = EnvelopeKind::kPage;
  run.take(page);
  run.event("ana", "signed_up", kFree);

  auto rows = events(run);
  ASSERT_EQ(rows.size(), 7u) << "none is dropped";
  auto row = [&](std::uint64_t number) { return rows.at(Sequence{number}); };
  EXPECT_EQ(row(1).reason, "no event is declared as `no_such_event`");
  EXPECT_EQ(row(2).reason, "`plan` is missing");
  EXPECT_EQ(row(3).reason, "`seats` should be integer, got \"many\"") << "read or not";
  EXPECT_EQ(row(4).reason, "the payload is not a JSON object");
  EXPECT_EQ(row(5).reason, "not JSON");
  EXPECT_EQ(row(5).envelope.payload, "{{{");
  EXPECT_EQ(row(6).fate, EventFate::kOnlyIds) << "a page that nobody declared is no mistake";
  EXPECT_EQ(row(7).fate, EventFate::kApplied);
  EXPECT_EQ(run.engine().totals().events_rejected, 5u);
  std::size_t rejected = 0;
  ASSERT_TRUE(
      run.store().scan(Space::kRejected, "", "", [&](auto, auto) { return ++rejected > 0; }));
  EXPECT_EQ(rejected, 5u);
}

TYPED_TEST(EngineInputs, NamesAreUnderstoodAsSendersWriteThem) {
  this->open(kGreet);
  EngineRun& run = this->run;
  run.person("ana");
  for (const char* name : {"signed_up", "Signed Up", "signedUp", "signed-up"})
    run.event("ana", name, kFree);
  EXPECT_EQ(run.mails.size(), 4u);
}

TYPED_TEST(EngineInputs, ARestartMovesTheWindowOfAGoal) {
  this->open(R"(
campaign cart {
  policy service
  on cart_updated as cart per cart_id
  restart while waiting
  wait 3 days
  send reminder(total: cart.total)
  goal order_completed where cart_id == cart.cart_id within 4 days
}
)");
  EngineRun& run = this->run;
  const char* cart = R"({"cart_id":"c1","total":"40 EUR"})";
  run.person("ana");
  run.event("ana", "cart_updated", cart);
  run.run_for(48h);
  run.event("ana", "cart_updated", cart);
  Envelope late = run.track("ana", "order_completed", cart);
  late.occurred_at = run.now - 1h;
  run.take(late);
  EXPECT_EQ(run.engine().totals().goals, 0u) << "it occurred before the newest start";
  run.run_for(90h);
  run.event("ana", "order_completed", cart);
  EXPECT_EQ(run.engine().totals().goals, 1u) << "within four days of the newest start";
}

TYPED_TEST(EngineInputs, GoalsCountInTheirWindowOnly) {
  this->open(R"(
campaign greet {
  policy service
  on signed_up
  again always
  send welcome()
  goal order_completed where total >= 10 EUR within 3 days value total
}
)");
  EngineRun& run = this->run;
  auto goals = [&] { return run.engine().totals().goals; };
  auto order = [&](const char* payload) { run.event("ana", "order_completed", payload); };
  run.person("ana");
  run.event("ana", "signed_up", kFree);
  order(R"({"cart_id":"c","total":"5 EUR"})");
  EXPECT_EQ(goals(), 0u) << "its condition does not hold";
  run.now += 72h;
  order(R"({"cart_id":"c","total":"20 EUR"})");
  EXPECT_EQ(goals(), 1u) << "the last instant of the window counts";
  EXPECT_NE(run.why("ana").find("greet: goal, order_completed, value 20.00 EUR"),
            std::string::npos);
  order(R"({"cart_id":"c","total":"30 EUR"})");
  EXPECT_EQ(goals(), 1u) << "once a journey";
  run.event("ana", "signed_up", kFree);
  run.now += 72h + 1us;
  order(R"({"cart_id":"c","total":"20 EUR"})");
  EXPECT_EQ(goals(), 1u) << "after the window it does not";
  Envelope late = run.track("ana", "order_completed", R"({"cart_id":"c","total":"20 EUR"})");
  late.occurred_at = run.now - 1h;
  run.take(late);
  EXPECT_EQ(goals(), 2u) << "what occurred in the window counts when it arrives";
}

TYPED_TEST(EngineInputs, AGoalWaitsADayForWhatOccurredInItsTime) {
  this->open(kGreet.substr(0, kGreet.rfind('}')) + "goal order_completed within 1 day }");
  EngineRun& run = this->run;
  run.person("ana");
  run.event("ana", "signed_up", kFree);
  auto late = [&](Duration after) {
    run.now += after;
    Envelope order = run.track("ana", "order_completed", R"({"cart_id":"c","total":"20 EUR"})");
    order.occurred_at = run.now - after;
    run.take(order);
    return run.engine().totals().goals;
  };
  EXPECT_EQ(late(48h), 1u);
  run.event("ana", "signed_up", kFree);
  EXPECT_EQ(late(48h + 1us), 1u) << "whether or not anything came before it";
}

TYPED_TEST(EngineInputs, AGoalWhoseTimeIsOverIsWatchedAgainWhereItsJourneyBeginsAfresh) {
  this->open(R"(
campaign cart {
  policy service
  on cart_updated as cart per cart_id
  restart while waiting
  wait 7 days
  send reminder(total: cart.total)
  goal order_completed within 1 hour
}
)");
  EngineRun& run = this->run;
  const char* payload = R"({"cart_id":"c","total":"20 EUR"})";
  run.person("ana");
  run.event("ana", "cart_updated", payload);
  run.now += 72h;
  run.event("ana", "order_completed", payload);
  run.event("ana", "cart_updated", payload);
  run.now += 30min;
  run.event("ana", "order_completed", payload);
  EXPECT_EQ(run.engine().totals().goals, 1u);
}

TYPED_TEST(EngineInputs, AGoalThatArrivedBeforeItsStartCounts) {
  this->open(R"(
campaign greet {
  policy service
  on signed_up
  send welcome()
  goal order_completed within 3 days
}
)");
  EngineRun& run = this->run;
  run.person("ana");
  run.event("ana", "order_completed", R"({"cart_id":"c","total":"5 EUR"})");
  Envelope late = run.track("ana", "signed_up", kFree);
  late.occurred_at = run.now - 1h;
  run.take(late);
  EXPECT_EQ(run.engine().totals().goals, 1u);
}

TYPED_TEST(EngineInputs, WhatArrivesTooLateToStopAMailIsCounted) {
  this->open(R"(
campaign cart {
  policy service
  on cart_updated as cart per cart_id
  wait 30 minutes unless order_completed where cart_id == cart.cart_id
  send reminder(total: cart.total)
}
)");
  EngineRun& run = this->run;
  run.person("ana");
  run.event("ana", "cart_updated", R"({"cart_id":"c1","total":"40 EUR"})");
  run.run_for(31min);
  ASSERT_EQ(run.mails.size(), 1u);
  run.event("ana", "order_completed", R"({"cart_id":"c1","total":"40 EUR"})");
  EXPECT_EQ(run.engine().totals().arrived_too_late, 0u) << "it occurred after the mail";
  Envelope late = run.track("ana", "order_completed", R"({"cart_id":"c1","total":"40 EUR"})");
  late.occurred_at = run.now - 10min;
  run.take(late);
  EXPECT_EQ(run.engine().totals().arrived_too_late, 1u);
  late.payload = R"({"cart_id":"c2","total":"40 EUR"})";
  run.take(late);
  EXPECT_EQ(run.engine().totals().arrived_too_late, 1u) << "of another cart";
}

TYPED_TEST(EngineInputs, WhyNamesWhatASumLeftOut) {
  this->open(R"(
campaign spent {
  policy service
  on order_completed where sum(order_completed.total ever) >= 1000 EUR
  send welcome()
}
)");
  EngineRun& run = this->run;
  run.person("ana");
  run.event("ana", "order_completed", R"({"cart_id":"c1","total":"40 EUR"})");
  run.event("ana", "order_completed", R"({"cart_id":"c1","total":"40 USD"})");
  EXPECT_NE(run.why("ana").find("`where` is false: sum(order_completed) = 40.00 EUR (1 in other "
                                "currencies left out)"),
            std::string::npos)
      << run.why("ana");
}

// The same inputs at the same times give the same bytes.
TEST(EngineDeterminism, TwoRunsGiveTheSameStore) {
  std::string first;
  for (int i = 0; i < 2; ++i) {
    EngineRun run(false);
    run.open(deploy_text(kVocabulary + R"(
policy slow { consent not needed  rate 1 per minute  at most 2 emails per day }
campaign cart {
  policy slow
  on cart_updated as cart per cart_id
  restart while waiting
  wait 30 minutes unless order_completed where cart_id == cart.cart_id
  send reminder(total: cart.total)
  goal order_completed within 1 day value total
}
)" + kGreet));
    for (int p = 0; p < 30; ++p) run.person("u" + std::to_string(p));
    for (int e = 0; e < 300; ++e) {
      std::string user = "u" + std::to_string(e * 7 % 30);
      std::string cart = R"({"cart_id":"c)" + std::to_string(e % 3) + R"(","total":"40 EUR"})";
      run.event(user,
                e % 5 == 4   ? "order_completed"
                : e % 7 == 6 ? "signed_up"
                             : "cart_updated",
                e % 7 == 6 && e % 5 != 4 ? kFree : cart);
      run.advance(Duration(17s) * (e % 4));
    }
    std::vector<Handover> unanswered = std::move(run.mails);
    for (const Handover& mail : unanswered) run.answer(mail, exec::SendReport::kSent);
    run.restart();
    run.run_for(1h);
    ASSERT_GT(run.count(exec::MessageState::kSent), 20u);
    if (i == 0)
      first = run.dump();
    else
      EXPECT_EQ(first == run.dump(), true);
  }
}

}  // namespace
}  // namespace trig::engine
