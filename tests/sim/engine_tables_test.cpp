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
TYPED_TEST_SUITE(EngineTables, BothStores);

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
  EXPECT_EQ(run.mails[0].message.address, "ana@example.com");
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
  EXPECT_EQ(ir::to_string(run.mails[1].message.arguments[0]), R"({"free", 0.00 EUR})");
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
  EXPECT_THAT(ir::to_string(run.mails[0].message.arguments[0]), HasSubstr("CART10-"));
}

}  // namespace
}  // namespace trig::engine
