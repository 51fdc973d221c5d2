// Lists, catalogs and coupons in a running engine: always the newest rows, told with their version;
// a mail whose row is gone fails and is counted so.
#include <gmock/gmock.h>

#include "tests/sim/engine_fixture.h"

namespace trig::engine {
namespace {

using ::testing::HasSubstr;

const std::string kTables = R"(
list vip from "vip.csv" by email
catalog plans from "plans.csv" key plan { plan: text  price: money }
coupons cart10 { prefix: "CART10" }
template about(plan: plans) from "service.liquid"
template coded(code: text) from "service.liquid"
)";

template <typename Where>
class EngineTables : public EngineTest<Where> {
 protected:
  void open(const std::string& campaigns, const std::string& vip, const std::string& plans) {
    this->run.open(deploy_text(
        kVocabulary + kTables + campaigns,
        {{"vip.csv", "email\n" + vip},
         {"plans.csv", "plan,price\n" + plans},
         {"trig.toml",
          "name = \"sim\"\n[[senders]]\nname = \"shop\"\naddress = \"shop@example.com\"\n"
          "[coupons]\ncart10 = \"a secret\"\n"}}));
  }
};
TYPED_TEST_SUITE(EngineTables, BothStoresAndWays);

std::string members_only(const std::string& title) {
  return "campaign club \"" + title +
         "\" {\n  policy service\n  on signed_up\n  wait 1 hour\n"
         "  when person in vip { send welcome() }\n}\n";
}

TYPED_TEST(EngineTables, AnOlderTextIsJudgedByTheNewestListAndSaysWhich) {
  EngineRun& run = this->run;
  this->open(members_only("one"), "bob@example.com\n", "");
  for (const char* user : {"ana", "bob"}) {
    run.person(user);
    run.event(user, "signed_up", R"({"plan":"free"})");
  }
  this->open(members_only("two"), "ana@example.com\n", "");
  run.run_for(2h);
  ASSERT_EQ(run.mails.size(), 1u);
  EXPECT_EQ(run.mails[0].message.mail().address, "ana@example.com");
  EXPECT_EQ(run.mails[0].program->program->campaigns[0].title, "one") << "the old text";
  std::string version = run.engine().deployed().program->tables[0].rows->version_text();
  EXPECT_THAT(run.why("ana"), HasSubstr("when, true: person.email = \"ana@example.com\", in vip " +
                                        version + "\n"));
  EXPECT_THAT(run.why("bob"), HasSubstr(", not in vip " + version + "\n"));
}

const std::string kAbout = R"(
campaign tell {
  policy service
  on signed_up
  wait 1 hour
  send about(plan: lookup(plans, trigger.plan))
  wait 1 hour
  send welcome()
}
)";

TYPED_TEST(EngineTables, AMailWhoseRowIsGoneFailsVisiblyAndItsJourneyGoesOn) {
  EngineRun& run = this->run;
  this->open(kAbout, "", "free,0 EUR\n");
  run.person("ana");
  run.event("ana", "signed_up", R"({"plan":"free"})");
  this->open(kAbout, "", "paid,9 EUR\n");
  run.run_for(90min);
  EXPECT_EQ(run.count(exec::MessageState::kFailed), 1u);
  EXPECT_TRUE(run.mails.empty());
  std::string version = run.engine().deployed().program->tables[1].rows->version_text();
  EXPECT_THAT(run.why("ana"), HasSubstr("tell: failed, there is no `plan`: plans " + version +
                                        " has no \"free\"\n"));
  run.run_for(1h);
  ASSERT_EQ(run.mails.size(), 1u) << "the second mail goes";
}

TYPED_TEST(EngineTables, ARowIsReadOnceForAllRetries) {
  EngineRun& run = this->run;
  this->open(kAbout, "", "free,0 EUR\n");
  run.person("ana");
  run.event("ana", "signed_up", R"({"plan":"free"})");
  run.run_for(61min);
  ASSERT_EQ(run.mails.size(), 1u);
  run.answer(run.mails[0], exec::SendReport::kRetry, run.now + 1min);
  this->open(kAbout, "", "paid,9 EUR\n");
  run.run_for(5min);
  ASSERT_EQ(run.mails.size(), 2u);
  EXPECT_EQ(ir::to_string(run.mails[1].message.mail().arguments[0]), R"({"free", 0.00 EUR})");
}

const std::string kCoded = R"(
campaign code {
  policy service
  on signed_up
  send coded(code: coupon(cart10))
}
)";

TYPED_TEST(EngineTables, ACouponNeedsTheKeyOfItsPool) {
  EngineRun& run = this->run;
  this->open(kCoded, "", "");
  run.person("ana");
  run.event("ana", "signed_up", R"({"plan":"free"})");
  run.advance(1s);
  EXPECT_EQ(run.count(exec::MessageState::kFailed), 1u) << "no key was handed to the engine";
  run.settings.coupon_keys[name_hash("cart10")] = "a secret";
  run.restart();
  run.person("bob");
  run.event("bob", "signed_up", R"({"plan":"free"})");
  run.advance(1s);
  ASSERT_EQ(run.mails.size(), 1u);
  EXPECT_THAT(ir::to_string(run.mails[0].message.mail().arguments[0]), HasSubstr("CART10-"));
}

const std::string kContracts = R"(
list contracts from "contracts.csv" by email { id: text  ends_on: date }
template ending(id: text) from "service.liquid"
segment insider: person in insiders
list insiders from "insiders.csv" by email
campaign ends {
  policy service
  on 10 days before contracts.ends_on at 09:00 local as contract per id
  send ending(id: contract.id)
}
campaign leaves {
  policy service
  on leaving insider
  send welcome()
}
)";

std::shared_ptr<const Deployed> with_rows(const std::string& contracts,
                                          const std::string& insiders) {
  return deploy_text(kVocabulary + kContracts, {{"contracts.csv", "email,id,ends_on\n" + contracts},
                                                {"insiders.csv", "email\n" + insiders}});
}

std::vector<std::string> ids_of(const EngineRun& run) {
  std::vector<std::string> ids;
  for (const auto& mail : run.mails) ids.push_back(ir::to_string(mail.message.mail().arguments[0]));
  return ids;
}

TYPED_TEST(EngineTables, DatesOfRowsFollowTheNewestList) {
  EngineRun& run = this->run;
  run.now = at("2026-05-01T12:00:00Z");
  run.open(
      with_rows("ana@example.com,kept,2026-06-20\n"
                "ana@example.com,gone,2026-06-21\n"
                "ana@example.com,later,2026-06-22\n",
                ""));
  run.person("ana");
  run.advance(1s);
  run.open(
      with_rows("ana@example.com,kept,2026-06-20\n"
                "ana@example.com,later,2026-07-22\n"
                "ana@example.com,past,2026-05-05\n"
                "ana@example.com,new,2026-06-23\n",
                ""));
  run.run_for(24h * 60);
  EXPECT_THAT(ids_of(run), ::testing::ElementsAre("\"kept\"", "\"new\""));
  run.run_for(24h * 30);
  ASSERT_EQ(run.mails.size(), 3u) << "the row whose date was moved";
  for (const auto& mail : run.mails) run.answer(mail, exec::SendReport::kSent);
  run.open(with_rows("ana@example.com,kept,2026-09-20\n", ""));
  run.run_for(24h * 60);
  ASSERT_EQ(run.mails.size(), 4u) << "a new value of its date" << run.why("ana");
}

TYPED_TEST(EngineTables, NobodyLeavesASegmentBecauseItsListChanged) {
  EngineRun& run = this->run;
  run.open(with_rows("", "ana@example.com\nbob@example.com\n"));
  run.person("ana");
  run.person("bob");
  run.advance(1s);
  run.open(with_rows("", "bob@example.com\n"));
  run.advance(1s);
  run.event("ana", "signed_up", kFree);
  run.run_for(1h);
  EXPECT_TRUE(run.mails.empty()) << run.why("ana");
}

}  // namespace
}  // namespace trig::engine
