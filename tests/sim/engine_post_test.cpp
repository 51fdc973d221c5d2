// Posts: decided, begun and answered as mails are, and asked of no policy.
#include "compiler/base/limits.h"
#include "runtime/report/mails.h"
#include "tests/sim/engine_fixture.h"

namespace trig::engine {
namespace {

template <typename Where>
class EnginePost : public EngineTest<Where> {
 protected:
  void open_partner(const std::string& fields = "plan: it.plan, seats: it.seats") {
    this->open(
        "campaign partner {\n  policy service\n  on signed_up as it\n  again always\n"
        "  post \"https://partner.example.com/hook\" with { " +
        fields + " }\n  wait 1 hour\n  send welcome()\n}\n");
  }
  std::uint64_t posts(exec::MessageState state) {
    return this->run.engine().totals().posts[static_cast<std::size_t>(state)];
  }
  const char* const kFree = R"({"plan":"free","seats":3})";
};
TYPED_TEST_SUITE(EnginePost, BothStores);

TYPED_TEST(EnginePost, ItIsBegunInTheSameCommitAndTheJourneyGoesOn) {
  EngineRun& run = this->run;
  this->open_partner();
  run.event("ana", "signed_up", this->kFree);
  ASSERT_EQ(run.mails.size(), 1u);
  const exec::Message& post = run.mails[0].message;
  ASSERT_TRUE(post.post);
  EXPECT_EQ(post.post->url, "https://partner.example.com/hook");
  EXPECT_EQ(post.post->body, R"({"plan":"free","seats":3})");
  EXPECT_EQ(post.attempt, 1u);
  EXPECT_EQ(this->posts(exec::MessageState::kSending), 1u);
  EXPECT_EQ(run.engine().totals().decided, 0u) << "it is no mail";
  run.answer(run.mails[0], exec::SendReport::kSent);
  EXPECT_EQ(this->posts(exec::MessageState::kSent), 1u);
  run.run_for(2h);
  EXPECT_EQ(run.engine().totals().decided, 1u)
      << "the mail after it, of someone without an address";
  EXPECT_NE(run.why("ana").find("partner: attempt, attempt 1 to https://partner.example.com/hook"),
            std::string::npos)
      << run.why("ana");
}

TYPED_TEST(EnginePost, ItIsTriedAgainWithTheSameBodyAlsoWhenItsJourneyIsOver) {
  EngineRun& run = this->run;
  this->open_partner();
  run.event("ana", "signed_up", this->kFree);
  run.answer(run.mails.at(0), exec::SendReport::kRetry, run.now + 2h);
  EXPECT_EQ(this->posts(exec::MessageState::kPending), 1u);
  run.run_for(119min);
  EXPECT_EQ(run.state("ana").journeys.size(), 0u);
  EXPECT_EQ(run.mails.size(), 1u);
  run.run_for(2min);
  ASSERT_EQ(run.mails.size(), 2u);
  EXPECT_EQ(run.mails[1].message.id, run.mails[0].message.id);
  EXPECT_EQ(run.mails[1].message.attempt, 2u);
  EXPECT_EQ(run.mails[1].message.post->body, run.mails[0].message.post->body);
  run.answer(run.mails[1], exec::SendReport::kFailed);
  EXPECT_EQ(this->posts(exec::MessageState::kFailed), 1u);
}

// Its receiver knows it again by its key.
TYPED_TEST(EnginePost, InDoubtItIsRepeatedEvenWhereMailsAreNot) {
  EngineRun& run = this->run;
  run.settings.at_most_once = true;
  this->open_partner();
  run.event("ana", "signed_up", this->kFree);
  ASSERT_EQ(run.mails.size(), 1u);
  run.restart();
  run.advance(1s);
  ASSERT_EQ(run.mails.size(), 2u) << "nobody answered before the restart";
  EXPECT_EQ(run.mails[1].message.attempt, 2u);
  run.answer(run.mails[1], exec::SendReport::kInDoubt, run.now + 10s);
  run.run_for(1min);
  EXPECT_EQ(run.mails.size(), 3u);
  EXPECT_EQ(this->posts(exec::MessageState::kInDoubt), 0u);
}

TYPED_TEST(EnginePost, ValuesAreJsonAsPartnersReadIt) {
  EngineRun& run = this->run;
  this->open(R"(
event bought {
  total: money  paid: boolean  on: date  tags: list of text  ratio: number  note: text?
}
campaign partner {
  policy service
  on bought as it
  post "https://partner.example.com/hook" with {
    total: it.total, paid: it.paid, on: it.on, tags: it.tags, ratio: it.ratio, note: it.note,
    who: person.first_name, text: "a \"quoted\" word", took: 90 seconds, all: it
  }
}
)");
  run.event(
      "ana", "bought",
      R"({"total":"40.50 EUR","paid":true,"on":"2026-03-10","tags":["a","b\n"],"ratio":0.5})");
  ASSERT_EQ(run.mails.size(), 1u);
  const std::string event =
      R"("total":{"amount":40.5,"currency":"EUR"},"paid":true,"on":"2026-03-10",)"
      R"("tags":["a","b\u000a"],"ratio":0.5,"note":null)";
  EXPECT_EQ(
      run.mails[0].message.post->body,
      "{" + event + R"(,"who":null,"text":"a \"quoted\" word","took":90,"all":{)" + event + "}}");
}

TYPED_TEST(EnginePost, ABodyThatIsTooLargeFailsVisibly) {
  EngineRun& run = this->run;
  this->open_partner("plan: it.plan");
  std::size_t frame = std::string(R"({"plan":""})").size();
  std::string fits(kMaxPostBytes - frame, 'x');
  run.event("ana", "signed_up", "{\"plan\":\"" + fits + "\"}");
  EXPECT_EQ(run.mails.size(), 1u);
  run.event("bob", "signed_up", "{\"plan\":\"" + fits + "x\"}");
  EXPECT_EQ(run.mails.size(), 1u);
  EXPECT_EQ(this->posts(exec::MessageState::kFailed), 1u);
  EXPECT_NE(run.why("bob").find("a body of 65537 bytes (at most 65536)"), std::string::npos)
      << run.why("bob");
}

TYPED_TEST(EnginePost, SomeoneHeldOutIsNotPosted) {
  EngineRun& run = this->run;
  this->open(R"(
campaign partner {
  policy service
  on signed_up
  split "all" { 100% holdout }
  post "https://partner.example.com/hook" with { plan: trigger.plan }
}
)");
  run.event("ana", "signed_up", this->kFree);
  EXPECT_TRUE(run.mails.empty());
  EXPECT_EQ(run.engine().totals().posts_decided, 0u);
}

TYPED_TEST(EnginePost, ItIsListedWithTheMails) {
  EngineRun& run = this->run;
  this->open_partner();
  run.event("ana", "signed_up", this->kFree);
  std::string listed;
  ASSERT_TRUE(report::list_mails(run.store(), {}, [&](const report::ListedMail& mail) {
    listed += report::mail_text(mail, *run.engine().deployed().program, Zone::utc());
    listed += report::mail_json(mail, *run.engine().deployed().program);
    return true;
  }));
  EXPECT_NE(listed.find("sending    partner/post"), std::string::npos) << listed;
  EXPECT_NE(listed.find("https://partner.example.com/hook"), std::string::npos) << listed;
}

}  // namespace
}  // namespace trig::engine
