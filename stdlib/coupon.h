// Codes of coupons: derived, never stored, and verified by whoever holds the key of their pool.
//
//   coupon_code({"CART10", "cart10"}, key, journey)     // "CART10-8SF4-NFKH-ZJVX-GUVQ"
//   verify_coupon({"CART10", "cart10"}, key, "cart10 8sf4 nfkh zjvx guvq")   // kGenuine
//
// A code is its pool's prefix and 16 signs of an alphabet of 31 in which no two are alike to the
// eye (no 0 O 1 I L):
//   10 signs  HMAC-SHA256(key, "trig coupon" 00 pool 00 journey as 8 bytes), first 8 bytes mod
//   31^10
//    5 signs  HMAC-SHA256(key, "trig coupon proof" 00 pool 00 the 10 signs), likewise mod 31^5
//    1 sign   a check: the sum of sign × place (1 to 16) is 0 mod 31, so one wrong sign or two
//             neighbours exchanged never pass
// A number is written with its highest sign first. docs/reference/coupons.md has the same for
// shops.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace trig::stdlib {

struct CouponSort {
  std::string prefix;
  std::string pool;
};

std::string coupon_code(const CouponSort& sort, std::string_view key, std::uint64_t journey);

enum class CouponFinding : std::uint8_t {
  kGenuine,
  kOtherPrefix,  // of another pool, if of any
  kMistyped,     // too long or short, a sign outside the alphabet, or the check fails
  kForged,       // well typed, but not made with this key
};

// Case, blanks and hyphens do not count.
CouponFinding verify_coupon(const CouponSort& sort, std::string_view key, std::string_view code);

}  // namespace trig::stdlib
