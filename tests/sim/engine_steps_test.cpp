// Steps as the engine carries them out: events emitted, arms held out, objectives measured.
#include <fmt/format.h>

#include "compiler/base/limits.h"
#include "runtime/report/events.h"
#include "tests/sim/engine_fixture.h"

namespace trig::engine {
namespace {

template <typename Where>
class EngineSteps : public EngineTest<Where> {
 protected:
  const char* const kOrder = R"({"cart_id":"c","total":"5 EUR"})";
  std::vector<report::ListedEvent> listed() {
    std::vector<report::ListedEvent> events;
    EXPECT_TRUE(report::list_events(this->run.store(), false, [&](const auto& event) {
      events.push_back(event);
      return true;
    }));
    return events;
  }
};
TYPED_TEST_SUITE(EngineSteps, BothStores);

TYPED_TEST(EngineSteps, AnEmittedEventIsInTheLogAndInTheHistoryOfItsPerson) {
  EngineRun& run = this->run;
  this->open(R"(
event thanked { plan: text }
campaign a { policy service  on signed_up  again always  emit thanked { plan: trigger.plan } }
campaign b { policy service  on thanked where count(thanked ever) == 2  send welcome() }
)");
  run.person("ana");
  run.event("ana", "signed_up", kFree);
  EXPECT_TRUE(run.mails.empty());
  run.restart();
  run.event("ana", "signed_up", kFree);
  EXPECT_EQ(run.mails.size(), 1u) << "in the commit of the event it follows from";
  std::vector<report::ListedEvent> events = this->listed();
  ASSERT_EQ(events.size(), 5u);
  const report::ListedEvent& last = events.back();
  EXPECT_EQ(last.row.fate, EventFate::kEmitted);
  EXPECT_EQ(last.row.envelope.event, "thanked");
  EXPECT_EQ(last.row.envelope.source, "a");
  EXPECT_EQ(last.row.envelope.payload, R"({"plan":"free"})");
  EXPECT_EQ(last.row.person, run.state("ana").id);
  EXPECT_NE(report::event_text(last, Zone::utc()).find("emitted"), std::string::npos);
  EXPECT_EQ(run.engine().totals().events_emitted, 2u);
  EXPECT_NE(run.why("ana").find("a: emitted, thanked"), std::string::npos) << run.why("ana");
}

// Within one program the checker finds circles; two versions of a campaign may close one: each old
// journey answers one ping, and a new campaign makes the next ping of each answer.
// Q32.
TYPED_TEST(EngineSteps, ACircleOverTwoVersionsIsCutAtItsBound) {
  EngineRun& run = this->run;
  const std::string events = "event ping { n: integer }\nevent pong { n: integer }\n";
  auto campaigns = [](const std::string& rest) {
    std::string all;
    for (std::size_t i = 0; i <= kMaxEmitDepth; ++i)
      all += fmt::format("campaign w{} {{\n  policy service\n  on signed_up\n  {}\n}}\n", i,
                         fmt::format(fmt::runtime(rest), i));
    return all;
  };
  this->open(events +
             campaigns("wait for ping where n == {0} up to 1 day {{ emit pong {{ n: {0} }} }}"));
  run.person("ana");
  run.event("ana", "signed_up", kFree);
  this->open(events + campaigns("send welcome()") +
             "campaign next { policy service  on pong  again always  emit ping { n: trigger.n + 1 "
             "} }\n");
  run.event("ana", "ping", R"({"n":0})");
  EXPECT_EQ(run.engine().totals().events_emitted, kMaxEmitDepth);
  EXPECT_EQ(run.engine().totals().events_rejected, 1u);
  EXPECT_EQ(this->listed().back().row.reason,
            "more than 16 events emitted one because of the other");
}

TYPED_TEST(EngineSteps, SomeoneHeldOutStillReachesTheGoal) {
  EngineRun& run = this->run;
  this->open(R"(
campaign a {
  policy service
  on signed_up
  split "all" { 100% holdout }
  send welcome()
  goal order_completed within 1 day value total
}
)");
  run.person("ana");
  run.event("ana", "signed_up", kFree);
  run.event("ana", "order_completed", this->kOrder);
  EXPECT_EQ(run.engine().totals().goals, 1u);
  EXPECT_EQ(run.engine().totals().decided, 0u);
  EXPECT_NE(run.why("ana").find("a: split, all: holdout (100%)"), std::string::npos);
  EXPECT_NE(run.why("ana").find("a: held out, in the hold-out: no welcome"), std::string::npos)
      << run.why("ana");
}

TYPED_TEST(EngineSteps, AnArmStaysWhenTheSharesAreEdited) {
  EngineRun& run = this->run;
  auto text = [](const std::string& arms) {
    return "campaign a {\n  policy service\n  on signed_up\n  split \"tone\" { " + arms + " }\n}\n";
  };
  this->open(text("100% first { send welcome() }"));
  run.person("ana");
  run.event("ana", "signed_up", kFree);
  EXPECT_EQ(run.engine().totals().decided, 1u);
  this->open(text("1% first { send welcome() } 99% second { stop }"));
  run.event("ana", "signed_up", kFree);
  EXPECT_EQ(run.engine().totals().decided, 2u);
  this->open(text("100% second { stop }"));
  run.event("ana", "signed_up", kFree);
  EXPECT_EQ(run.engine().totals().decided, 2u) << "an arm that is gone is drawn again";
}

TYPED_TEST(EngineSteps, TheArmsRememberedAreBounded) {
  EngineRun& run = this->run;
  this->open(R"(
campaign a { policy service  on signed_up  split "tone" { 100% first { send welcome() } } }
)");
  run.person("ana");
  exec::PersonState state = run.state("ana");
  for (std::size_t i = 0; i < kMaxSplitsPerPerson; ++i)
    state.arms.push_back({NameHash{i + 1}, NameHash{1}, NameHash{1}});
  auto deployed = run.engine().deployed().executor.get();
  exec::World world;
  world.current = deployed;
  world.find_version = [&](const exec::CampaignRef&) {
    return exec::CampaignInProgram{deployed, 0};
  };
  exec::Effects effects;
  exec::EventInput input;
  input.index = static_cast<std::uint32_t>(deployed->program().find_event("signed_up"));
  exec::Decoded event;
  deployed->decode(input.index, kFree, event);
  input.event = deployed->program().events[input.index].hash;
  input.moment = {run.now, Sequence{100}};
  input.fields = &event;
  exec::step(world, state, input, run.now, effects);
  EXPECT_EQ(state.arms.size(), kMaxSplitsPerPerson);
  EXPECT_EQ(state.arms.front().campaign, NameHash{2}) << "the oldest went";
  EXPECT_EQ(state.arms.back().campaign, name_hash("a"));
}

TYPED_TEST(EngineSteps, TheSharesOfManyPeopleAreAsWritten) {
  EngineRun& run = this->run;
  this->open(R"(
campaign a {
  policy service
  on signed_up
  split "tone" { 20% few { send welcome() } 80% many { stop } }
}
)");
  constexpr int kPeople = 2'000;
  for (int i = 0; i < kPeople; ++i) {
    std::string user = "u" + std::to_string(i);
    Envelope identify = run.track(user, "", "{\"email\":\"" + user + "@example.com\"}");
    identify.kind = EnvelopeKind::kIdentify;
    run.engine().take(std::move(identify), run.now);
    run.engine().take(run.track(user, "signed_up", kFree), run.now);
  }
  run.commit();
  EXPECT_GT(run.engine().totals().decided, kPeople * 16u / 100);
  EXPECT_LT(run.engine().totals().decided, kPeople * 24u / 100);
}

TYPED_TEST(EngineSteps, AnObjectiveIsMeasuredAndDropsNothing) {
  EngineRun& run = this->run;
  this->open(R"(
campaign a { policy service  on signed_up  send welcome() within 5 seconds }
)");
  for (const char* user : {"ana", "bob"}) {
    run.person(user);
    run.event(user, "signed_up", kFree);
  }
  ASSERT_EQ(run.mails.size(), 2u);
  run.advance(4s);
  run.answer(run.mails[0], exec::SendReport::kSent);
  run.advance(4s);
  run.answer(run.mails[1], exec::SendReport::kSent);
  EXPECT_EQ(run.engine().totals().objectives_met, 1u);
  EXPECT_EQ(run.engine().totals().objectives_missed, 1u);
  EXPECT_NE(run.why("ana").find("took 4 seconds of 5 seconds: within"), std::string::npos)
      << run.why("ana");
  EXPECT_NE(run.why("bob").find("took 8 seconds of 5 seconds: missed"), std::string::npos)
      << run.why("bob");
}

// Silence was reached while the server was away: what came after it does not undo that.
TYPED_TEST(EngineSteps, AnEventAfterTheSilenceThatNobodySawComesTooLate) {
  EngineRun& run = this->run;
  this->open(R"(
campaign a { policy service  on signed_up  wait 15 minutes of silence  send welcome() }
)");
  run.person("ana");
  run.event("ana", "signed_up", kFree);
  run.close();
  run.now += 1h;
  run.restart();
  run.event("ana", "order_completed", this->kOrder);
  run.run_for(3min);
  EXPECT_EQ(run.mails.size(), 1u);
}

TYPED_TEST(EngineSteps, AnEventAfterTheBoundOfAWaitThatNobodySawComesTooLate) {
  EngineRun& run = this->run;
  this->open(R"(
campaign a {
  policy service
  on signed_up
  wait for order_completed up to 15 minutes { stop } else { send welcome() }
}
)");
  run.person("ana");
  run.person("bob");
  run.event("ana", "signed_up", kFree);
  run.event("bob", "signed_up", kFree);
  run.close();
  run.now += 1h;
  run.restart();
  run.event("ana", "order_completed", this->kOrder);
  Envelope late = run.track("bob", "order_completed", this->kOrder);
  late.occurred_at = run.now - 50min;
  run.take(std::move(late));
  run.run_for(3min);
  ASSERT_EQ(run.mails.size(), 1u);
  EXPECT_EQ(run.mails[0].message.mail().address, "ana@example.com");
}

}  // namespace
}  // namespace trig::engine
