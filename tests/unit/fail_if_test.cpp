// Conditions of `--fail-if`: what they may say, what is said of those that cannot be understood,
// and that their numbers are exact.
#include "runtime/report/fail_if.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/ports/limits.h"

namespace trig::report {
namespace {

using testing::HasSubstr;

const std::vector<std::string> kCampaigns = {"abandoned_cart", "welcome"};

Backtest backtest(std::uint64_t after, std::uint64_t before) {
  Backtest found;
  found.after.campaigns["abandoned_cart"].sends = after;
  found.after.campaigns["welcome"].suppressed = {{"quiet", 3}, {"cap", 4}};
  found.before.emplace();
  found.before->campaigns["abandoned_cart"].sends = before;
  return found;
}

bool holds(std::string_view text, const Backtest& found) {
  auto condition = parse_condition(text, kCampaigns, true);
  if (!condition) {
    ADD_FAILURE() << condition.error().message;
    return false;
  }
  auto finding = check_condition(*condition, found);
  EXPECT_TRUE(finding.has_value());
  return finding && finding->has_value();
}

std::string complaint(std::string_view text, bool has_before = true) {
  auto condition = parse_condition(text, kCampaigns, has_before);
  if (!condition) return condition.error().message;
  ADD_FAILURE() << text << " was understood";
  return {};
}

TEST(FailIf, Compares) {
  const Backtest found = backtest(21, 10);
  EXPECT_TRUE(holds("abandoned_cart.sends > 2 × before", found));
  EXPECT_TRUE(holds("abandoned_cart.sends>2*before", found));
  EXPECT_FALSE(holds("abandoned_cart.sends > 2.1 × before", found));
  EXPECT_TRUE(holds("abandoned_cart.sends >= 2.1 × before", found));
  EXPECT_TRUE(holds("abandoned_cart.sends == before * 2.1", found));
  EXPECT_FALSE(holds("abandoned_cart.sends != 2.1 × before", found));
  EXPECT_TRUE(holds("0.5 * abandoned_cart.sends < 10.500001", found));
  EXPECT_FALSE(holds("0.5 * abandoned_cart.sends < 10.5", found));
  EXPECT_TRUE(holds("abandoned_cart.sends <= 21", found));
  EXPECT_TRUE(holds("welcome.suppressed == 7", found));
  EXPECT_TRUE(holds("total.sends == abandoned_cart.sends", found));
  EXPECT_TRUE(holds("total.goals == 0", found));
}

TEST(FailIf, CountsACampaignThatIsNotThereAsNone) {
  EXPECT_FALSE(holds("welcome.sends > before", backtest(1, 1)));
}

TEST(FailIf, TellsTheValues) {
  auto condition = parse_condition("abandoned_cart.sends > 2 × before", kCampaigns, true);
  auto finding = check_condition(*condition, backtest(2'100, 1'000));
  ASSERT_TRUE(finding && *finding);
  EXPECT_EQ((*finding)->text,
            "abandoned_cart.sends > 2 × before: abandoned_cart.sends is 2,100, before is 1,000");
}

TEST(FailIf, SaysWhereItIsNotUnderstood) {
  EXPECT_EQ(complaint("abandoned_crt.sends > 2"),
            "--fail-if: there is no campaign `abandoned_crt`, did you mean `abandoned_cart`?\n"
            "  abandoned_crt.sends > 2\n"
            "  ^");
  EXPECT_EQ(complaint("abandoned_cart.sends > 2 × mails"),
            "--fail-if: there is no campaign `mails`\n"
            "  abandoned_cart.sends > 2 × mails\n"
            "                             ^");
  EXPECT_THAT(complaint("abandoned_cart.mails > 2"), HasSubstr("the fields are sends, people"));
  EXPECT_THAT(complaint("abandoned_cart > 2"), HasSubstr("a field of `abandoned_cart`"));
  EXPECT_THAT(complaint("total.sends"), HasSubstr("a comparison is expected here"));
  EXPECT_THAT(complaint("total.sends > 2 total"), HasSubstr("the condition ends before this"));
  EXPECT_THAT(complaint("total.sends > "), HasSubstr("a number, CAMPAIGN.FIELD"));
  EXPECT_THAT(complaint(""), HasSubstr("a number, CAMPAIGN.FIELD"));
  EXPECT_THAT(complaint("total.sends > 1.0000001"), HasSubstr("at most six decimal places"));
  EXPECT_THAT(complaint("total.sends > 1e3"), HasSubstr("is not a number"));
  EXPECT_THAT(complaint("before > 2"), HasSubstr("`before` stands on the right"));
  EXPECT_THAT(complaint("total.sends > before", false), HasSubstr("--against says which"));
  EXPECT_THAT(complaint("2 > 1"), HasSubstr("asks nothing"));
  EXPECT_THAT(complaint("2 > before"), HasSubstr("`before` stands on the right"));
}

TEST(FailIf, HasABoundedNumberOfFactorsAndNoOverflow) {
  std::string side = "total.sends";
  for (std::size_t i = 1; i < kMaxFactors; ++i) side += " * 9000000000000";
  auto condition = parse_condition(side + " > 1", kCampaigns, true);
  ASSERT_TRUE(condition.has_value());
  EXPECT_FALSE(check_condition(*condition, backtest(1, 1)).has_value());
  EXPECT_THAT(complaint(side + " * 2 > 1"), HasSubstr("at most 8 factors"));
}

}  // namespace
}  // namespace trig::report
