// Who it is about: ids, keys and their joining (semantics 12); what is kept of a person, and its
// bounds.
#include <array>

#include "compiler/base/limits.h"
#include "runtime/ports/limits.h"
#include "tests/sim/engine_fixture.h"

namespace trig::engine {
namespace {

template <typename Where>
class EnginePeople : public EngineTest<Where> {};
TYPED_TEST_SUITE(EnginePeople, BothStores);

TYPED_TEST(EnginePeople, TwoUserIdsMayShareAnAddress) {
  this->open(kGreet);
  EngineRun& run = this->run;
  for (const char* user : {"ana", "bob"}) {
    Envelope identify = run.track(user, "", R"({"email":"home@example.com"})");
    identify.kind = EnvelopeKind::kIdentify;
    run.take(identify);
  }
  EXPECT_NE(run.engine().find_user("ana"), run.engine().find_user("bob"));
  EXPECT_EQ(run.engine().totals().people, 2u);
}

TYPED_TEST(EnginePeople, AKeyFindsThePersonThatHasNoUserIdYet) {
  this->open(kGreet);
  EngineRun& run = this->run;
  Envelope by_form;
  by_form.kind = EnvelopeKind::kIdentify;
  by_form.source = "web";
  by_form.anonymous_id = "browser";
  by_form.payload = R"({"email":"ana@example.com"})";
  run.take(by_form);
  run.person("ana");
  EXPECT_EQ(run.engine().find_user("ana"), run.engine().find_anonymous("browser"));
  EXPECT_EQ(run.engine().totals().people, 1u);
}

Envelope alias(EngineRun& run, const std::string& old_id, const std::string& new_id) {
  Envelope envelope;
  envelope.kind = EnvelopeKind::kAlias;
  envelope.source = "web";
  envelope.user_id = new_id;
  envelope.previous_id = old_id;
  envelope.occurred_at = run.now;
  return envelope;
}

TYPED_TEST(EnginePeople, AMailThatAJoinDecidesIsAskedForAtOnce) {
  this->open(R"(
campaign greet {
  policy service
  on signed_up
  wait for cart_updated up to 1 day {}
  send welcome()
}
)");
  EngineRun& run = this->run;
  run.event("ana", "signed_up", kFree);
  Envelope cart = run.track("", "cart_updated", R"({"cart_id":"c","total":"5 EUR"})");
  cart.anonymous_id = "browser";
  run.take(cart);
  Envelope identify = run.track("ana", "", R"({"email":"ana@example.com"})");
  identify.kind = EnvelopeKind::kIdentify;
  identify.anonymous_id = "browser";
  run.take(identify);
  ASSERT_EQ(run.mails.size(), 1u) << "its address came with the join";
  run.event("bob", "signed_up", kFree);
  run.person("bob");
  cart.anonymous_id = "other browser";
  run.take(cart);
  identify = run.track("bob", "", "{}");
  identify.kind = EnvelopeKind::kIdentify;
  identify.anonymous_id = "other browser";
  run.take(identify);
  EXPECT_EQ(run.mails.size(), 2u) << "nothing but the join told of it";
}

TYPED_TEST(EnginePeople, AnAliasJoinsTwoUserIdsAndTheOldOneForwardsForEver) {
  this->open(R"(
campaign greet {
  policy service
  on signed_up
  wait 1 hour
  send welcome()
}
)");
  EngineRun& run = this->run;
  run.person("old");
  run.event("old", "signed_up", kFree);
  run.advance(10s);
  run.person("new");
  run.take(alias(run, "old", "new"));
  run.restart();
  EXPECT_EQ(run.engine().find_user("old"), run.engine().find_user("new"));
  EXPECT_EQ(run.engine().totals().people, 1u);
  run.event("old", "order_completed", R"({"cart_id":"c","total":"1 EUR"})");
  run.run_for(61min);
  ASSERT_EQ(run.mails.size(), 1u);
  EXPECT_EQ(run.mails[0].message.mail().address, "new@example.com")
      << "the known person's field wins";
  run.answer(run.mails[0], exec::SendReport::kSent);
  EXPECT_EQ(run.count(exec::MessageState::kSent), 1u) << "an id of the joined person still answers";
}

TYPED_TEST(EnginePeople, WhatEitherSideGotCountsForTheCap) {
  this->open(R"(
policy marketing { consent required for offers  at most 1 email per day }
template offer() from "marketing.liquid"
campaign promotion {
  policy marketing
  on signed_up
  again always
  send offer()
}
)");
  EngineRun& run = this->run;
  for (const char* user : {"old", "new"}) {
    run.person(user);
    run.engine().set_subscription(user, std::nullopt, true, "form", run.now);
  }
  run.event("old", "signed_up", kFree);
  ASSERT_EQ(run.mails.size(), 1u);
  run.take(alias(run, "old", "new"));
  run.event("new", "signed_up", kFree);
  EXPECT_EQ(run.mails.size(), 1u);
  EXPECT_EQ(run.count(exec::MessageState::kSuppressed), 1u);
}

TYPED_TEST(EnginePeople, AnOptOutOnEitherSideWins) {
  for (const char* who_left : {"old", "new"}) {
    EngineRun run(TypeParam::kValue);
    run.open(deploy_text(kVocabulary + R"(
policy marketing { consent required for offers }
template offer() from "marketing.liquid"
campaign promotion {
  policy marketing
  on signed_up
  send offer()
}
)"));
    for (const char* user : {"old", "new"}) {
      run.person(user);
      run.engine().set_subscription(user, std::nullopt, user != std::string(who_left), "form",
                                    run.now);
    }
    run.take(alias(run, "old", "new"));
    run.event("new", "signed_up", kFree);
    EXPECT_TRUE(run.mails.empty()) << who_left;
  }
}

TYPED_TEST(EnginePeople, TheHistoryKeepsWhatWindowsWantAndNoMore) {
  this->open(R"(
campaign third {
  policy service
  on signed_up where count(signed_up in 1 day) >= 1000
  send welcome()
}
)");
  EngineRun& run = this->run;
  run.person("ana");
  for (int i = 0; i < 10; ++i) run.event("ana", "signed_up", kFree);
  NameHash event = name_hash("signed_up");
  EXPECT_EQ(run.state("ana").kept_events.at(0).rows, 10u);
  run.now += 25h;
  run.advance(0s);
  run.event("ana", "signed_up", kFree);
  ASSERT_EQ(run.state("ana").kept_events.at(0).event, event);
  EXPECT_EQ(run.state("ana").kept_events.at(0).rows, 1u);
  int rows = 0;
  ASSERT_TRUE(run.store().scan(Space::kHistory, "", "", [&](auto, auto) { return ++rows > 0; }));
  EXPECT_EQ(rows, 1);
  EXPECT_FALSE(run.state("ana").kept_events.at(0).incomplete);
}

TYPED_TEST(EnginePeople, BeyondItsBoundTheOldestRowsGoAndThatIsSaid) {
  this->open(R"(
campaign counted {
  policy service
  on order_completed where count(signed_up ever) == 10000
  send welcome()
}
)");
  EngineRun& run = this->run;
  run.person("ana");
  for (std::size_t i = 0; i < kMaxHistoryPerPersonEvent + 5; ++i) {
    run.engine().take(run.track("ana", "signed_up", kFree), run.now);
    if (i % 1'000 == 0) run.commit();
  }
  run.event("ana", "order_completed", R"({"cart_id":"c","total":"1 EUR"})");
  EXPECT_EQ(run.mails.size(), 1u) << "ten thousand are counted";
  EXPECT_TRUE(run.state("ana").kept_events.at(0).incomplete);
  EXPECT_EQ(run.engine().totals().history_rows_cut, 5u);
}

TYPED_TEST(EnginePeople, AnEventAboutAMailBelongsToWhoGotTheMail) {
  this->open(R"(
event email_clicked { message: message }
campaign greet {
  policy service
  on signed_up
  send welcome() as mail
  wait for email_clicked where message == mail up to 1 day { send reminder(total: 1 EUR) }
}
)");
  EngineRun& run = this->run;
  run.person("ana");
  run.person("bob");
  run.event("ana", "signed_up", kFree);
  ASSERT_EQ(run.mails.size(), 1u);
  std::string name = mail_name(run.engine().workspace_secret(), run.mails[0].message.id);
  const std::string clicked = R"({"message":"<)" + name + R"(@mail.example>"})";
  // By the ids of somebody else, who forwarded it or whose browser this is.
  run.event("bob", "email_clicked", clicked);
  EXPECT_EQ(run.mails.size(), 2u) << run.why("ana");
  EXPECT_EQ(run.mails.back().message.mail().address, "ana@example.com");

  Envelope without_ids = run.track("", "email_clicked", clicked);
  run.take(without_ids);
  EXPECT_EQ(run.engine().totals().events_rejected, 0u);
  without_ids.payload = R"({"message":"aaaaaaaaaaaaaaaaaaaaaaaa"})";
  run.take(without_ids);
  EXPECT_EQ(run.engine().totals().events_rejected, 1u) << "nobody sent such a mail";
}

TYPED_TEST(EnginePeople, TheLinesOfWhyAreBounded) {
  this->open(kGreet);
  EngineRun& run = this->run;
  run.person("ana");
  for (std::size_t i = 0; i < kMaxDecisionsPerPerson; ++i)
    run.event("ana", "order_completed", R"({"cart_id":"c","total":"1 EUR"})");
  run.event("ana", "order_completed", R"({"cart_id":"last","total":"1 EUR"})");
  auto lines = run.engine().decisions(*run.engine().find_user("ana"));
  EXPECT_EQ(lines.size(), kMaxDecisionsPerPerson)
      << "a line a step: none of these events does more";
}

TYPED_TEST(EnginePeople, OneEventSaysOfFewCampaignsWhyItDidNotStartThem) {
  std::string campaigns;
  for (std::size_t i = 0; i < kMaxNegativesPerEvent + 3; ++i)
    campaigns += fmt::format(
        "campaign c{} {{\n  policy service\n  on signed_up where plan == \"p{}\"\n  send "
        "welcome()\n}}\n",
        i, i);
  this->open(campaigns);
  EngineRun& run = this->run;
  run.person("ana");
  run.event("ana", "signed_up", R"({"plan":"p17"})");
  ASSERT_EQ(run.mails.size(), 1u) << "one does start";
  EXPECT_NE(run.why("ana").find("c15: not started"), std::string::npos) << run.why("ana");
  EXPECT_EQ(run.why("ana").find("c16: not started"), std::string::npos);
  EXPECT_NE(run.why("ana").find("not started, `where` of 2 more campaigns is false"),
            std::string::npos)
      << run.why("ana");
}

TYPED_TEST(EnginePeople, AJourneyTooManyIsRefusedAndSaysSo) {
  this->open(R"(
campaign many {
  policy service
  on signed_up
  again always
  wait 1 day
  send welcome()
}
)");
  EngineRun& run = this->run;
  run.person("ana");
  for (std::size_t i = 0; i <= kMaxJourneysPerPerson; ++i) {
    run.engine().take(run.track("ana", "signed_up", kFree), run.now);
    if (i % 100 == 0) run.commit();
  }
  run.commit();
  EXPECT_EQ(run.state("ana").journeys.size(), kMaxJourneysPerPerson);
  EXPECT_NE(run.why("ana").find("many: not started, the person is inside 1000 journeys already"),
            std::string::npos);
}

// A hundred people that are not in memory, with what they look up: one question a space.
TYPED_TEST(EnginePeople, WhatABatchWillAskForIsReadAtOnce) {
  constexpr std::size_t kPeople = 100;
  EngineRun& run = this->run;
  run.settings.people_in_memory = 1;
  this->open(kGreet);
  std::vector<Envelope> batch;
  for (std::size_t i = 0; i < kPeople; ++i) {
    Envelope event = run.track("user" + std::to_string(i), "signed_up", kFree);
    event.anonymous_id = "browser" + std::to_string(i);
    event.message_id = "first" + std::to_string(i);
    batch.push_back(event);
    run.take(event);
  }
  std::vector<const Envelope*> pointers;
  for (const Envelope& event : batch) pointers.push_back(&event);
  std::array<std::size_t, 2> asked{};
  for (const bool ahead : {false, true}) {
    run.restart();
    run.now += 1s;
    for (Envelope& event : batch) event.message_id += ahead ? "b" : "a";
    const std::size_t before = run.store().gets;
    if (ahead) run.engine().read_ahead(pointers, run.now);
    for (const Envelope& event : batch) run.engine().take(event, run.now);
    asked[ahead ? 1 : 0] = run.store().gets - before;
    run.commit();
  }
  EXPECT_EQ(asked[0], 4 * kPeople) << "was it seen, whose are its two ids, who is that";
  EXPECT_EQ(asked[1], 3u);
  EXPECT_EQ(run.engine().totals().journeys_started, 3 * kPeople);
}

// Taking events together, and reading ahead for it, changes nothing, whatever the batch does to
// what was read.
TEST(EngineReadsAhead, TheStoreIsTheSame) {
  std::array<std::string, 2> dumps;
  for (const bool ahead : {false, true}) {
    EngineRun run(true);
    run.settings.people_in_memory = 3;
    run.open(deploy_text(kVocabulary + kGreet + R"(
campaign often {
  policy service
  on cart_updated where count(cart_updated in 1 hour) >= 2
  again always
  wait 10 minutes unless order_completed
  send welcome()
}
)"));
    for (std::size_t turn = 0; turn < 30; ++turn) {
      std::vector<Envelope> batch;
      for (std::size_t i = 0; i < 20; ++i) {
        const std::size_t n = turn * 20 + i;
        // Ids are new, known, joined and seen twice within a batch.
        Envelope event = run.track(n % 3 == 0 ? "" : "user" + std::to_string(n * 7 % 11),
                                   n % 5 == 0 ? "signed_up" : "cart_updated",
                                   n % 5 == 0 ? kFree : R"({"cart_id":"c","total":"40 EUR"})");
        event.anonymous_id = "browser" + std::to_string((n / 2 + turn) % 17);
        event.message_id = "m" + std::to_string(n - (n % 9 == 8 ? 1 : 0));
        batch.push_back(std::move(event));
      }
      std::vector<Envelope*> pointers;
      for (Envelope& event : batch) pointers.push_back(&event);
      if (ahead)
        run.engine().take_all(pointers, run.now);
      else
        for (const Envelope& event : batch) run.engine().take(event, run.now);
      run.commit();
      run.advance(50s);
    }
    EXPECT_GT(run.engine().totals().events_duplicate, 50u);
    EXPECT_LT(run.engine().totals().people, 17u) << "some were joined";
    dumps[ahead ? 1 : 0] = run.dump();
  }
  EXPECT_TRUE(dumps[0] == dumps[1]);
}

}  // namespace
}  // namespace trig::engine
