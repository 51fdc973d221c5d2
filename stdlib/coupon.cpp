#include "stdlib/coupon.h"

#include <array>

#include "compiler/base/codec.h"
#include "compiler/base/hash.h"
#include "stdlib/builtins.h"

namespace trig::stdlib {
namespace {

constexpr std::string_view kAlphabet = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";
constexpr std::size_t kNumberSigns = 10;
constexpr std::size_t kProofSigns = 5;
constexpr std::size_t kSigns = kNumberSigns + kProofSigns + 1;
constexpr std::size_t kGroup = 4;
static_assert(kAlphabet.size() == 31, "the check needs a prime");

std::string signs_of(std::string_view key, std::string_view purpose, std::string_view pool,
                     std::string_view of, std::size_t count) {
  std::string message(purpose);
  message += '\0';
  message += pool;
  message += '\0';
  message += of;
  const std::array<unsigned char, 32> mac = hmac_sha256(key, message);
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < 8; ++i) number = (number << 8) | mac[i];
  std::string signs(count, kAlphabet[0]);
  for (std::size_t i = count; i-- > 0; number /= kAlphabet.size())
    signs[i] = kAlphabet[number % kAlphabet.size()];
  return signs;
}

std::string proof_of(std::string_view key, std::string_view pool, std::string_view number) {
  return signs_of(key, "trig coupon proof", pool, number, kProofSigns);
}

// The sum of sign × place; 0 mod 31 for a whole code.
std::size_t weighted_sum(std::string_view signs) {
  std::size_t sum = 0;
  for (std::size_t i = 0; i < signs.size(); ++i) sum += kAlphabet.find(signs[i]) * (i + 1);
  return sum % kAlphabet.size();
}

char check_sign(std::string_view signs) {
  // 16 is the last place, and 2 its inverse: 16 × 2 = 32 = 1 mod 31.
  return kAlphabet[(kAlphabet.size() - weighted_sum(signs)) * 2 % kAlphabet.size()];
}

// Capitals and digits alone: how a prefix and a code are compared.
std::string squeezed(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (c != ' ' && c != '-' && c != '\t' && c != '\n' && c != '\r') out += c;
  }
  return out;
}

}  // namespace

std::string coupon_code(const CouponSort& sort, std::string_view key, std::uint64_t journey) {
  ByteWriter of;
  of.fixed64(journey);
  std::string signs = signs_of(key, "trig coupon", sort.pool, of.bytes(), kNumberSigns);
  signs += proof_of(key, sort.pool, signs);
  signs += check_sign(signs);
  std::string code = sort.prefix;
  for (std::size_t i = 0; i < kSigns; i += kGroup) code += "-" + signs.substr(i, kGroup);
  return code;
}

CouponFinding verify_coupon(const CouponSort& sort, std::string_view key, std::string_view code) {
  std::string signs = squeezed(code);
  std::string prefix = squeezed(sort.prefix);
  if (!signs.starts_with(prefix)) return CouponFinding::kOtherPrefix;
  signs.erase(0, prefix.size());
  bool typed = signs.size() == kSigns && signs.find_first_not_of(kAlphabet) == std::string::npos;
  if (!typed || weighted_sum(signs) != 0) return CouponFinding::kMistyped;
  std::string number = signs.substr(0, kNumberSigns);
  bool genuine = signs.substr(kNumberSigns, kProofSigns) == proof_of(key, sort.pool, number);
  return genuine ? CouponFinding::kGenuine : CouponFinding::kForged;
}

namespace functions {

ir::Value coupon(const Call& call) {
  if (call.pool == nullptr || !call.pool_key) return {};
  std::string code =
      coupon_code({call.pool->prefix, call.pool->name}, *call.pool_key, call.journey);
  if (call.why != nullptr) *call.why = call.pool->name + " gives " + code;
  return code;
}

}  // namespace functions
}  // namespace trig::stdlib
