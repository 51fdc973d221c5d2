// Deploys with people inside (semantics 8; Q27, Q28).
#include "compiler/exec/state_forms.h"
#include "runtime/ports/limits.h"
#include "tests/sim/engine_fixture.h"

namespace trig::engine {
namespace {

template <typename Where>
class EngineDeploy : public EngineTest<Where> {
 protected:
  void open(const std::string& campaigns) {
    this->run.open(deploy_text(kVocabulary + R"(
template hint(text: text) from "service.liquid"
)" + campaigns));
  }
  // The `text` argument of the mails so far, with the receiver.
  std::string mails() {
    std::string all;
    for (const Handover& mail : this->run.mails) {
      const auto* text = mail.message.mail().arguments.at(0).template get<std::string>();
      all += mail.message.mail().address.substr(0, mail.message.mail().address.find('@')) + ":" +
             *text + " ";
    }
    return all;
  }
};
TYPED_TEST_SUITE(EngineDeploy, BothStoresAndWays);

std::string hints(const std::string& wait, const std::string& text) {
  return "campaign hints {\n  policy service\n  on signed_up\n  wait " + wait +
         " unless order_completed\n  send hint(text: \"" + text + "\")\n}\n";
}

TYPED_TEST(EngineDeploy, APinnedJourneyFinishesOnTheOldTextNewOnesOnTheNew) {
  EngineRun& run = this->run;
  this->open(hints("1 hour", "old"));
  run.person("ana");
  run.event("ana", "signed_up", kFree);
  run.advance(10s);
  this->open(hints("2 hours", "new"));
  run.person("bob");
  run.event("bob", "signed_up", kFree);
  run.run_for(3h);
  EXPECT_EQ(this->mails(), "ana:old bob:new ");
  EXPECT_EQ(run.mails[1].message.begun_at - run.mails[0].message.begun_at, 1h + 10s);
}

TYPED_TEST(EngineDeploy, APinnedJourneySeesEventsByItsOwnText) {
  EngineRun& run = this->run;
  this->open(hints("1 hour", "old"));
  run.person("ana");
  run.person("bob");
  run.event("ana", "signed_up", kFree);
  run.event("bob", "signed_up", kFree);
  this->open(
      "campaign hints {\n  policy service\n  on signed_up\n  wait 1 hour\n  send hint(text: "
      "\"new\")\n}\n");
  run.restart();
  run.event("ana", "order_completed", R"({"cart_id":"c","total":"1 EUR"})");
  run.run_for(2h);
  EXPECT_EQ(this->mails(), "bob:old ");
}

TYPED_TEST(EngineDeploy, ACampaignThatDidNotChangeGoesOn) {
  EngineRun& run = this->run;
  this->open(hints("1 hour", "same"));
  run.person("ana");
  run.event("ana", "signed_up", kFree);
  Hash128 before = run.state("ana").journeys.at(0).campaign.version;
  // Another campaign came before it, a comment was added, the lines are laid out differently.
  this->open(
      "campaign another {\n  policy service\n  on cart_updated\n  send hint(text: \"x\")\n}\n"
      "# A comment\ncampaign hints { policy service\n on signed_up\n wait 1 hour\n unless "
      "order_completed send hint(text: \"same\") }\n");
  EXPECT_EQ(run.engine().deployed().program->campaigns.at(1).version, before);
  run.run_for(2h);
  EXPECT_EQ(this->mails(), "ana:same ");
}

TYPED_TEST(EngineDeploy, ARemovedCampaignEndsItsJourneys) {
  EngineRun& run = this->run;
  this->open(hints("1 hour", "gone") +
             "campaign stays {\n  policy service\n  on signed_up\n  wait 1 hour\n  send hint(text: "
             "\"stays\")\n}\n");
  run.person("ana");
  run.event("ana", "signed_up", kFree);
  run.advance(10s);
  this->open(
      "campaign stays {\n  policy service\n  on signed_up\n  wait 1 hour\n  send hint(text: "
      "\"stays\")\n}\n");
  EXPECT_NE(run.why("ana").find("hints: ended, the campaign was removed"), std::string::npos)
      << run.why("ana");
  EXPECT_EQ(run.engine().totals().journeys_ended, 1u);
  run.run_for(2h);
  EXPECT_EQ(this->mails(), "ana:stays ");
}

TYPED_TEST(EngineDeploy, ADeployThatWasCutOffIsFinishedByTheNextOpen) {
  EngineRun& run = this->run;
  this->open(hints("1 hour", "gone"));
  // More people than one commit of the removal takes, so that some journeys end before the failure.
  constexpr int kPeople = 2'500;
  for (int i = 0; i < kPeople; ++i)
    run.engine().take(run.track("u" + std::to_string(i), "signed_up", kFree), run.now);
  run.commit();
  auto removed = deploy_text(kVocabulary + R"(
template hint(text: text) from "service.liquid"
campaign other { policy service  on cart_updated  send hint(text: "other") }
)");
  if (TypeParam::kValue) return;  // the store on disk is opened by the fixture, without a failure
  run.store().fail_after = 2;
  if (kLive<TypeParam>) {
    run.engine().deploy(removed, run.now);
    ASSERT_TRUE(run.engine().failed());
  } else {
    auto failed = Engine::open(run.store(), removed, drive::compile_files(), run.settings, run.now);
    ASSERT_FALSE(failed);
  }
  run.close();
  run.store().fail_after = -1;
  run.open(removed);
  EXPECT_EQ(run.engine().totals().journeys_started, static_cast<std::uint64_t>(kPeople));
  EXPECT_EQ(run.engine().totals().journeys_ended, static_cast<std::uint64_t>(kPeople));
}

// The campaign whose journeys move, its steps by name.
std::string moving(const std::string& steps, const std::string& edits = "move") {
  return "campaign hints {\n  policy service\n  on signed_up as it\n  again never\n" + steps +
         "  goal order_completed within 7 days\n  edits " + edits + "\n}\n";
}
std::string named_wait(const std::string& name, const std::string& wait) {
  return "  step " + name + "\n  wait " + wait + "\n";
}
std::string named_send(const std::string& name, const std::string& text) {
  return "  step " + name + "\n  send hint(text: " + text + ")\n";
}

TYPED_TEST(EngineDeploy, EditsEndEndsTheJourneysOfAnEditedCampaign) {
  EngineRun& run = this->run;
  std::string other =
      "campaign same {\n  policy service\n  on signed_up\n  wait 1 hour\n  send hint(text: "
      "\"same\")\n  edits end\n}\n";
  this->open(hints("1 hour", "old") + other);
  run.person("ana");
  run.event("ana", "signed_up", kFree);
  this->open(moving("  wait 1 hour\n  send hint(text: \"new\")\n", "end") + other);
  EXPECT_NE(run.why("ana").find("hints: ended, the campaign was edited"), std::string::npos)
      << run.why("ana");
  run.run_for(2h);
  EXPECT_EQ(this->mails(), "ana:same ");
}

TYPED_TEST(EngineDeploy, AMovedJourneyGoesOnAtTheStepOfTheSameName) {
  EngineRun& run = this->run;
  this->open(moving(named_wait("pause", "1 hour") + named_send("mail", "\"old\"")));
  run.person("ana");
  run.event("ana", "signed_up", kFree);
  run.run_for(30min);
  this->open(moving(named_wait("more", "5 hours") + named_wait("pause", "2 hours") +
                    named_send("mail", "it.plan") + named_wait("rest", "1 hour") +
                    named_send("last", "\"last\"")));
  EXPECT_NE(run.why("ana").find("hints: edited, goes on at step `pause` of the new text"),
            std::string::npos)
      << run.why("ana");
  run.run_for(5h);
  // The field `plan` was not kept by the old text, which read nothing of the event: the mail that
  // needs it fails, and the journey goes on.
  EXPECT_NE(run.why("ana").find("hints: failed"), std::string::npos) << run.why("ana");
  ASSERT_EQ(run.mails.size(), 1u);
  EXPECT_EQ(run.mails[0].message.begun_at, at("2026-03-10T15:00:00Z")) << "from its own start";
}

TYPED_TEST(EngineDeploy, AWaitThatIsOverInTheNewTextEndsAtOnce) {
  EngineRun& run = this->run;
  this->open(moving(named_wait("pause", "5 hours") + named_send("mail", "it.plan")));
  run.person("ana");
  run.event("ana", "signed_up", kFree);
  run.run_for(3h);
  this->open(moving(named_wait("pause", "1 hour") + named_send("mail", "it.plan")));
  run.run_for(1min);
  EXPECT_EQ(this->mails(), "ana:free ") << "what both texts read is kept";
}

TYPED_TEST(EngineDeploy, AMovedJourneyIsWatchedByTheNewText) {
  EngineRun& run = this->run;
  this->open(
      moving(named_wait("pause", "1 hour unless order_completed") + named_send("mail", "\"old\"")));
  run.person("ana");
  run.person("bob");
  run.event("ana", "signed_up", kFree);
  run.event("bob", "signed_up", kFree);
  this->open(
      moving(named_wait("pause", "1 hour unless cart_updated") + named_send("mail", "\"new\"")));
  run.event("ana", "order_completed", R"({"cart_id":"c","total":"1 EUR"})");
  run.event("bob", "cart_updated", R"({"cart_id":"c","total":"1 EUR"})");
  run.run_for(2h);
  EXPECT_EQ(this->mails(), "ana:new ");
  EXPECT_EQ(run.engine().totals().goals, 1u) << "goals are those of the text it began with";
}

TYPED_TEST(EngineDeploy, AJourneyWhoseStepIsGoneStaysOnTheOldText) {
  EngineRun& run = this->run;
  this->open(moving(named_wait("pause", "1 hour") + named_send("mail", "\"old\"")));
  run.person("ana");
  run.event("ana", "signed_up", kFree);
  this->open(moving(named_wait("rest", "1 hour") + named_send("mail", "\"new\"")));
  EXPECT_NE(run.why("ana").find("hints: edited, stays on the old text: step `pause` is gone"),
            std::string::npos)
      << run.why("ana");
  run.restart();
  run.run_for(2h);
  EXPECT_EQ(this->mails(), "ana:old ");
}

// The mail was held back by quiet hours when the deploy came.
TYPED_TEST(EngineDeploy, APendingMailMovesWithItsJourney) {
  EngineRun& run = this->run;
  auto text = [](const std::string& mail) {
    std::string campaign = moving(named_send("mail", mail));
    campaign.replace(campaign.find("service"), 7, "noon");
    return "policy noon { consent not needed quiet 11:00 to 14:00 local }\n" + campaign;
  };
  this->open(text("\"old\""));
  run.person("ana");
  run.event("ana", "signed_up", kFree);
  EXPECT_EQ(run.count(exec::MessageState::kPending), 1u);
  this->open(text("\"new\""));
  run.run_for(3h);
  EXPECT_EQ(this->mails(), "ana:new ");
  EXPECT_EQ(run.engine().totals().decided, 1u);
}

TYPED_TEST(EngineDeploy, AMailWhoseStepBecameAWaitIsWithdrawn) {
  EngineRun& run = this->run;
  auto text = [](const std::string& steps) {
    std::string campaign = moving(steps);
    campaign.replace(campaign.find("service"), 7, "noon");
    return "policy noon { consent not needed quiet 11:00 to 14:00 local }\n" + campaign;
  };
  this->open(text(named_send("mail", "\"old\"")));
  run.person("ana");
  run.event("ana", "signed_up", kFree);
  this->open(text(named_wait("mail", "4 hours") + named_send("later", "\"new\"")));
  EXPECT_EQ(run.count(exec::MessageState::kSuppressed), 1u);
  run.run_for(5h);
  EXPECT_EQ(this->mails(), "ana:new ");
  EXPECT_EQ(run.mails[0].message.begun_at, at("2026-03-10T16:00:00Z"));
}

TYPED_TEST(EngineDeploy, PoliciesAreAlwaysTheCurrentOnes) {
  EngineRun& run = this->run;
  auto campaigns = [](const std::string& policy) {
    return "policy limited { " + policy + " }\n" +
           "campaign hints {\n  policy limited\n  on signed_up\n  wait 1 hour\n  send hint(text: "
           "\"hint\")\n}\n";
  };
  this->open(campaigns("consent not needed"));
  run.person("ana");
  run.event("ana", "signed_up", kFree);
  this->open(campaigns("consent not needed quiet 12:00 to 14:00 local"));
  run.run_for(90min);
  EXPECT_EQ(this->mails(), "") << "the journey began under a policy without quiet hours";
  run.run_for(1h);
  EXPECT_EQ(this->mails(), "ana:hint ");
}

// The topic of a policy that was removed is one of the program that had it.
TYPED_TEST(EngineDeploy, AJourneyWhosePolicyWasRemovedGoesOnUnderIt) {
  EngineRun& run = this->run;
  const std::string topics = "topic alpha \"A\"\ntopic beta \"B\"\n";
  auto campaign = [](const std::string& policy) {
    return "template news(text: text) from \"marketing.liquid\"\ncampaign hints {\n  policy " +
           policy + "\n  on signed_up\n  wait 1 hour\n  send news(text: \"news\")\n}\n";
  };
  this->open(topics + "policy old_rule { consent required for beta }\n" + campaign("old_rule"));
  for (const char* user : {"ana", "bob"}) run.person(user);
  run.engine().set_subscription("ana", name_hash("beta"), true, "form", run.now);
  run.engine().set_subscription("bob", name_hash("offers"), true, "form", run.now);
  for (const char* user : {"ana", "bob"}) run.event(user, "signed_up", kFree);
  this->open("policy new_rule { consent required for offers }\n" + campaign("new_rule"));
  run.run_for(2h);
  EXPECT_EQ(this->mails(), "ana:news ");
}

// Q34, P9: what a newer release wrote is refused, and left as it is.
TYPED_TEST(EngineDeploy, ARecordOfANewerReleaseIsRefused) {
  this->open(hints("1 hour", "now"));
  this->run.person("ana");
  this->run.event("ana", "signed_up", kFree);
  Commit newer;
  Status read = this->run.store().scan(Space::kPeople, "", "", [&](auto key, auto value) {
    std::string record(value);
    record[0] = static_cast<char>(exec::kPersonForm + 1);
    newer.put(Space::kPeople, std::string(key), record);
    return true;
  });
  ASSERT_TRUE(read);
  ASSERT_TRUE(this->run.store().commit(newer));
  this->run.restart();
  const std::string before = this->run.dump();
  this->run.engine().take(this->run.track("ana", "order_completed", "{}"), this->run.now);
  auto turn = this->run.engine().commit();
  ASSERT_FALSE(turn);
  EXPECT_NE(turn.error().message.find("written by a newer release; run that release"),
            std::string::npos)
      << turn.error().message;
  EXPECT_EQ(this->run.dump(), before);
}

// Programs that were replaced while the engine ran are held for their journeys, a bounded number of
// them; one before those comes from its stored files.
TYPED_TEST(EngineDeploy, AJourneyOfAProgramLongReplacedGoesOn) {
  EngineRun& run = this->run;
  this->open(hints("1 hour", "first"));
  run.person("ana");
  run.event("ana", "signed_up", kFree);
  for (std::size_t i = 0; i < (kLive<TypeParam> ? kMaxReplacedPrograms + 2 : 2); ++i)
    this->open(hints("1 hour", "text " + std::to_string(i)));
  run.run_for(2h);
  EXPECT_EQ(this->mails(), "ana:first ");
}

// What a deploy writes is what is new: texts and versions that were there are not written again.
TYPED_TEST(EngineDeploy, StoresOnlyWhatChanged) {
  EngineRun& run = this->run;
  auto stored = [&] {
    std::map<char, int> rows;
    Status read = run.store().scan(Space::kPrograms, "", "", [&](auto key, auto) {
      ++rows[key[0]];
      return true;
    });
    EXPECT_TRUE(read);
    return rows;
  };
  auto other = [](const std::string& text) {
    std::string campaign = hints("1 hour", text);
    return campaign.replace(campaign.find("hints"), 5, "other");
  };
  this->open(hints("1 hour", "old") + other("stays"));
  std::map<char, int> before = stored();
  this->open(hints("1 hour", "new") + other("stays"));
  std::map<char, int> after = stored();
  EXPECT_EQ(after['f'], before['f'] + 1);
  EXPECT_EQ(after['v'], before['v'] + 1);
  EXPECT_EQ(after['s'], before['s'] + 1);
}

TYPED_TEST(EngineDeploy, NobodyEntersBecauseOfADeploy) {
  EngineRun& run = this->run;
  this->open(hints("1 hour", "first"));
  run.person("ana");
  run.event("ana", "cart_updated", R"({"cart_id":"c","total":"1 EUR"})");
  this->open(
      hints("1 hour", "first") +
      "campaign carts {\n  policy service\n  on cart_updated\n  send hint(text: \"cart\")\n}\n");
  run.run_for(2h);
  EXPECT_EQ(this->mails(), "");
  EXPECT_EQ(run.engine().totals().journeys_started, 0u);
}

}  // namespace
}  // namespace trig::engine
