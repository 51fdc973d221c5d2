// Codes of coupons: what they look like, that they are told from forged and mistyped ones.
#include "stdlib/coupon.h"

#include <gtest/gtest.h>

#include <set>

namespace trig::stdlib {
namespace {

const CouponSort kSort{"CART10", "cart10"};
constexpr std::string_view kKey = "a secret of the shop, 32 bytes or more";
constexpr std::string_view kAlphabet = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";

TEST(Coupon, IsItsPrefixAndFourGroupsOfFour) {
  std::string code = coupon_code(kSort, kKey, 1);
  ASSERT_EQ(code.size(), std::string("CART10").size() + 4 * 5);
  EXPECT_TRUE(code.starts_with("CART10-"));
  for (std::size_t i = 7; i < code.size(); ++i)
    EXPECT_TRUE((i - 6) % 5 == 0 || kAlphabet.find(code[i]) != kAlphabet.npos) << code;
}

// A code is given to people: it must never change.
TEST(Coupon, StaysWhatItIs) {
  EXPECT_EQ(coupon_code(kSort, kKey, 1), "CART10-8SF4-NFKH-ZJVX-GUVQ");
  EXPECT_EQ(coupon_code(kSort, kKey, (std::uint64_t{7} << 24) | 3), "CART10-UW7E-TR3X-B7D6-XBPD");
}

TEST(Coupon, AnotherJourneyPoolOrKeyGivesAnother) {
  std::set<std::string> codes;
  for (std::uint64_t journey = 0; journey < 20'000; ++journey)
    codes.insert(coupon_code(kSort, kKey, journey));
  EXPECT_EQ(codes.size(), 20'000u);
  EXPECT_FALSE(codes.contains(coupon_code({"CART10", "spring"}, kKey, 1)));
  EXPECT_FALSE(codes.contains(coupon_code(kSort, "another secret", 1)));
}

TEST(Coupon, IsGenuineHoweverItIsTyped) {
  std::string code = coupon_code(kSort, kKey, 42);
  EXPECT_EQ(verify_coupon(kSort, kKey, code), CouponFinding::kGenuine);
  std::string typed;
  for (char c : code) typed += c == '-' ? ' ' : static_cast<char>(std::tolower(c));
  EXPECT_EQ(verify_coupon(kSort, kKey, typed), CouponFinding::kGenuine);
  CouponSort hyphens{"SPRING-26", "spring"};
  EXPECT_EQ(verify_coupon(hyphens, kKey, coupon_code(hyphens, kKey, 42)), CouponFinding::kGenuine);
}

TEST(Coupon, EveryWrongSignAndEveryExchangeOfNeighboursIsMistyped) {
  const std::string code = coupon_code(kSort, kKey, 42);
  int wrong = 0;
  for (std::size_t i = 7; i < code.size(); ++i) {
    if (code[i] == '-') continue;
    for (char c : kAlphabet) {
      std::string other = code;
      other[i] = c;
      if (other == code) continue;
      EXPECT_EQ(verify_coupon(kSort, kKey, other), CouponFinding::kMistyped) << other;
      ++wrong;
    }
    std::size_t next = i + 1 < code.size() && code[i + 1] == '-' ? i + 2 : i + 1;
    if (next >= code.size() || code[i] == code[next]) continue;
    std::string exchanged = code;
    std::swap(exchanged[i], exchanged[next]);
    EXPECT_EQ(verify_coupon(kSort, kKey, exchanged), CouponFinding::kMistyped) << exchanged;
  }
  EXPECT_EQ(wrong, 16 * 30);
}

TEST(Coupon, ToldFromOthers) {
  const std::string code = coupon_code(kSort, kKey, 42);
  EXPECT_EQ(verify_coupon(kSort, "another secret", code), CouponFinding::kForged);
  EXPECT_EQ(verify_coupon({"CART10", "spring"}, kKey, code), CouponFinding::kForged);
  EXPECT_EQ(verify_coupon({"SPRING", "spring"}, kKey, code), CouponFinding::kOtherPrefix);
  EXPECT_EQ(verify_coupon(kSort, kKey, ""), CouponFinding::kOtherPrefix);
  EXPECT_EQ(verify_coupon(kSort, kKey, "CART10"), CouponFinding::kMistyped);
  EXPECT_EQ(verify_coupon(kSort, kKey, code + "2"), CouponFinding::kMistyped);
  EXPECT_EQ(verify_coupon(kSort, kKey, code.substr(0, code.size() - 1)), CouponFinding::kMistyped);
  EXPECT_EQ(verify_coupon(kSort, kKey, "CART10-0000-1111-IIII-LLLL"), CouponFinding::kMistyped);
}

}  // namespace
}  // namespace trig::stdlib
