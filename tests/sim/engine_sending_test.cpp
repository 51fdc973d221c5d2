// Attempts and their answers: in doubt, retries, room in flight, consent, a store that fails
// (Q22, semantics 7 and 11; promises P2, P4, P5 and P6).
#include "tests/sim/engine_fixture.h"

namespace trig::engine {
namespace {

using exec::MessageState;
using exec::SendReport;

template <typename Where>
class EngineSending : public EngineTest<Where> {};
TYPED_TEST_SUITE(EngineSending, BothStores);

const std::string kGreetAndWait = R"(
campaign greet {
  policy service
  on signed_up
  again always
  send welcome()
  wait 1 hour
}
)";
const std::string kOffers = R"(
policy marketing { consent required for offers  at most 1 email per day }
template offer() from "marketing.liquid"
campaign promotion {
  policy marketing
  on signed_up
  again always
  send offer()
}
)";

TYPED_TEST(EngineSending, AnAttemptWithoutAnswerIsTriedAgainUnderTheSameId) {
  this->open(kGreetAndWait);
  EngineRun& run = this->run;
  run.person("ana");
  run.event("ana", "signed_up", kFree);
  ASSERT_EQ(run.mails.size(), 1u);
  exec::Message first = run.mails[0].message;
  run.mails.clear();
  run.now += 10s;
  run.restart();
  EXPECT_EQ(run.count(MessageState::kPending), 1u);
  EXPECT_EQ(run.engine().in_flight(), 0u);
  run.advance(1us);
  ASSERT_EQ(run.mails.size(), 1u);
  EXPECT_EQ(run.mails[0].message.id, first.id);
  EXPECT_EQ(run.mails[0].message.attempt, 2u);
  EXPECT_EQ(run.mails[0].message.mail().address, first.mail().address);
  EXPECT_EQ(run.engine().in_flight(), 1u);
  run.answer(run.mails[0], SendReport::kSent);
  EXPECT_EQ(run.count(MessageState::kSent), 1u);
  EXPECT_EQ(run.engine().totals().decided, 1u);
}

TYPED_TEST(EngineSending, AtMostOnceLeavesItInDoubt) {
  this->run.settings.at_most_once = true;
  this->open(kGreetAndWait);
  EngineRun& run = this->run;
  run.person("ana");
  run.event("ana", "signed_up", kFree);
  run.mails.clear();
  run.restart();
  run.run_for(2min);
  EXPECT_TRUE(run.mails.empty());
  EXPECT_EQ(run.count(MessageState::kInDoubt), 1u);
  EXPECT_EQ(run.engine().in_flight(), 0u);
  run.restart();
  EXPECT_EQ(run.count(MessageState::kInDoubt), 1u) << "settled once";
}

TYPED_TEST(EngineSending, ALinkThatDiedInDoubtFollowsTheSameRule) {
  this->open(kGreetAndWait);
  EngineRun& run = this->run;
  run.person("ana");
  run.event("ana", "signed_up", kFree);
  run.answer(run.mails.at(0), SendReport::kInDoubt, run.now);
  ASSERT_EQ(run.mails.size(), 2u);
  EXPECT_EQ(run.mails[1].message.id, run.mails[0].message.id);
  EXPECT_EQ(run.mails[1].message.attempt, 2u);
  run.answer(run.mails[1], SendReport::kInDoubt);
  EXPECT_EQ(run.mails.size(), 2u) << "no attempt is left";
  EXPECT_EQ(run.count(MessageState::kInDoubt), 1u);
}

TYPED_TEST(EngineSending, AnAnswerToAnOlderAttemptIsIgnored) {
  this->open(kGreetAndWait);
  EngineRun& run = this->run;
  run.person("ana");
  run.event("ana", "signed_up", kFree);
  Handover first = run.mails.at(0);
  run.answer(first, SendReport::kRetry, run.now + 30s);
  run.advance(31s);
  ASSERT_EQ(run.mails.size(), 2u);
  run.answer(first, SendReport::kFailed);
  EXPECT_EQ(run.count(MessageState::kSending), 1u);
  run.answer(run.mails[1], SendReport::kSent);
  EXPECT_EQ(run.count(MessageState::kSent), 1u);
  run.answer(run.mails[1], SendReport::kFailed);
  EXPECT_EQ(run.count(MessageState::kSent), 1u);
}

TYPED_TEST(EngineSending, ARetryAsksForConsentAgainAndTakesNoSecondSlotOfTheCap) {
  this->open(kOffers);
  EngineRun& run = this->run;
  for (const char* user : {"ana", "bob"}) {
    run.person(user);
    run.engine().set_subscription(user, std::nullopt, true, "form", run.now);
    run.event(user, "signed_up", kFree);
  }
  ASSERT_EQ(run.mails.size(), 2u);
  for (int i = 0; i < 2; ++i) run.answer(run.mails[i], SendReport::kRetry, run.now + 30s);
  run.engine().set_subscription("bob", std::nullopt, false, "call", run.now);
  run.advance(31s);
  ASSERT_EQ(run.mails.size(), 3u) << "ana's cap of one a day is not taken twice";
  EXPECT_EQ(run.mails[2].message.mail().address, "ana@example.com");
  EXPECT_EQ(run.count(MessageState::kSuppressed), 1u);
}

TYPED_TEST(EngineSending, AnUnsubscribeOfTheAddressWinsOverWhatIsPending) {
  this->open(R"(
policy marketing { consent required for offers  quiet 11:00 to 13:00 local }
template offer() from "marketing.liquid"
campaign promotion {
  policy marketing
  on signed_up
  again always
  send offer()
}
)");
  EngineRun& run = this->run;
  run.person("ana");
  run.engine().set_subscription("ana", std::nullopt, true, "form", run.now);
  run.event("ana", "signed_up", kFree);
  EXPECT_EQ(run.count(MessageState::kPending), 1u);
  UnsubscribeRequest request;
  request.person = raw(*run.engine().find_user("ana"));
  request.address_hash = address_key(run.engine().workspace_secret(), "ANA@example.com");
  request.topic = "offers";
  run.engine().unsubscribe(request, run.now);
  run.commit();
  run.restart();
  run.run_for(2h);
  EXPECT_TRUE(run.mails.empty());
  EXPECT_EQ(run.count(MessageState::kSuppressed), 1u);
  // Her own word opens both the topic and the address again.
  run.engine().set_subscription("ana", name_hash("offers"), true, "form", run.now);
  run.event("ana", "signed_up", kFree);
  EXPECT_EQ(run.mails.size(), 1u);
}

TYPED_TEST(EngineSending, WhatFindsNoRoomInFlightWaitsAndGoesOnInOrder) {
  this->run.settings.max_in_flight = 2;
  this->open(kGreetAndWait);
  EngineRun& run = this->run;
  for (const char* user : {"a", "b", "c", "d", "e"}) {
    run.person(user);
    run.event(user, "signed_up", kFree);
  }
  EXPECT_EQ(run.mails.size(), 2u);
  EXPECT_EQ(run.engine().parked(), 3u);
  EXPECT_EQ(run.count(MessageState::kPending), 3u);
  run.answer(run.mails[0], SendReport::kSent);
  ASSERT_EQ(run.mails.size(), 3u);
  EXPECT_EQ(run.mails[2].message.mail().address, "c@example.com");
  EXPECT_EQ(run.engine().in_flight(), 2u);
  run.restart();  // two unanswered attempts and two that never began
  run.mails.clear();
  run.advance(10s);
  EXPECT_EQ(run.mails.size(), 2u);
  for (std::size_t i = 0; i < run.mails.size(); ++i) {
    run.answer(Handover(run.mails[i]), SendReport::kSent);
    run.advance(1s);
  }
  EXPECT_EQ(run.count(MessageState::kSent), 5u);
  EXPECT_EQ(run.engine().parked(), 0u);
  EXPECT_EQ(run.engine().in_flight(), 0u);
}

TYPED_TEST(EngineSending, AParkedMailIsStillStoppedByItsUnless) {
  this->run.settings.max_in_flight = 1;
  this->open(R"(
campaign cart {
  policy service
  on cart_updated as cart per cart_id
  wait 30 minutes unless order_completed where cart_id == cart.cart_id
  send reminder(total: cart.total)
}
)");
  EngineRun& run = this->run;
  const char* cart = R"({"cart_id":"c1","total":"40 EUR"})";
  for (const char* user : {"ana", "bob"}) {
    run.person(user);
    run.event(user, "cart_updated", cart);
  }
  run.run_for(31min);
  ASSERT_EQ(run.mails.size(), 1u);
  run.event("bob", "order_completed", cart);
  run.answer(run.mails[0], SendReport::kSent);
  run.advance(1s);
  EXPECT_EQ(run.mails.size(), 1u);
  EXPECT_EQ(run.count(MessageState::kSuppressed), 1u);
}

TYPED_TEST(EngineSending, AStoreThatFailsStopsTheEngine) {
  this->open(kGreetAndWait);
  EngineRun& run = this->run;
  run.person("ana");
  run.event("ana", "signed_up", kFree);
  run.answer(run.mails.at(0), SendReport::kSent);
  std::string before = run.dump();
  run.mails.clear();
  run.store().fail_after = 0;
  run.engine().take(run.track("ana", "signed_up", kFree), run.now);
  auto turn = run.engine().commit();
  ASSERT_FALSE(turn);
  EXPECT_NE(turn.error().message.find("the disk is full"), std::string::npos);
  EXPECT_TRUE(run.engine().failed());
  run.store().fail_after = -1;
  run.engine().take(run.track("ana", "signed_up", kFree), run.now);
  EXPECT_FALSE(run.engine().commit()) << "it refuses further work until it is opened again";
  EXPECT_FALSE(run.engine().advance(run.now + 10s));
  EXPECT_FALSE(run.engine().find_user("ana"));
  EXPECT_EQ(run.engine().person(PersonId{1}), nullptr);
  EXPECT_EQ(run.dump(), before) << "nothing of the failed turn is there";
  run.restart();
  run.event("ana", "signed_up", kFree);
  EXPECT_EQ(run.mails.size(), 1u);
}

// Whichever commit is the last one to reach the disk, the next process goes on from there: every
// event that was answered has had its effect once, every mail has one state.
TYPED_TEST(EngineSending, AfterAFailureAtAnyCommitEverythingGoesOn) {
  for (int survive = 0; survive < 10; ++survive) {
    EngineRun run(TypeParam::kValue);
    run.open(deploy_text(kVocabulary + kGreetAndWait));
    run.store().fail_after = survive;
    std::vector<Handover> begun;
    auto submit = [&](Envelope envelope) {
      run.engine().take(envelope, run.now);
      auto turn = run.engine().commit();
      if (!turn) {  // the client gets no 2xx and sends it again
        run.store().fail_after = -1;
        run.restart();
        run.engine().take(envelope, run.now);
        turn = run.engine().commit();
      }
      ASSERT_TRUE(turn);
      for (Handover& mail : turn->attempts) begun.push_back(std::move(mail));
    };
    for (int i = 0; i < 5; ++i) {
      std::string user = "u" + std::to_string(i);
      Envelope identify = run.track(user, "", "{\"email\":\"" + user + "@example.com\"}");
      identify.kind = EnvelopeKind::kIdentify;
      identify.message_id = "i" + user;
      submit(identify);
      Envelope event = run.track(user, "signed_up", kFree);
      event.message_id = "e" + user;
      submit(event);
      run.now += 1s;
    }
    run.mails = begun;
    run.advance(1s);
    for (const Handover& mail : std::vector<Handover>(run.mails))
      run.answer(mail, SendReport::kSent);
    EXPECT_EQ(run.engine().totals().journeys_started, 5u) << "failed at commit " << survive;
    EXPECT_EQ(run.count(MessageState::kSent), 5u) << "failed at commit " << survive;
  }
}

}  // namespace
}  // namespace trig::engine
