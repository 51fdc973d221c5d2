#include "compiler/base/hash.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <xxhash.h>

#include <algorithm>
#include <initializer_list>
#include <memory>

#include "compiler/base/check.h"

namespace trig {
namespace {

constexpr std::string_view kStandard =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrlSafe =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view kBase32 = "abcdefghijklmnopqrstuvwxyz234567";

// SHA-256 through a context that is kept: OpenSSL's HMAC() looks its algorithms up at each call,
// which takes longer than the sums.
class Sha256 {
 public:
  using Digest = std::array<unsigned char, 32>;
  using Block = std::array<char, 64>;

  Sha256() {
    static EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    algorithm_ = algorithm;
    TRIG_CHECK(algorithm_ != nullptr && context_ != nullptr, "SHA-256 is missing");
  }
  Digest of(std::initializer_list<std::string_view> pieces) {
    Digest digest;
    bool done = EVP_DigestInit_ex2(context_.get(), algorithm_, nullptr) == 1;
    for (std::string_view piece : pieces)
      done = done && EVP_DigestUpdate(context_.get(), piece.data(), piece.size()) == 1;
    done = done && EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr) == 1;
    TRIG_CHECK(done, "SHA-256 failed");
    return digest;
  }

 private:
  struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  const EVP_MD* algorithm_ = nullptr;
  std::unique_ptr<EVP_MD_CTX, Free> context_{EVP_MD_CTX_new()};
};

// Regroups bytes into `bits`-bit digits of `alphabet`.
std::string encode(std::string_view bytes, std::string_view alphabet, int bits) {
  std::string text;
  unsigned buffer = 0;
  int held = 0;
  for (unsigned char byte : bytes) {
    buffer = (buffer << 8) | byte;
    held += 8;
    while (held >= bits) {
      held -= bits;
      text += alphabet[(buffer >> held) & ((1u << bits) - 1)];
    }
    buffer &= (1u << held) - 1;
  }
  if (held > 0) text += alphabet[(buffer << (bits - held)) & ((1u << bits) - 1)];
  return text;
}

bool decode(std::string_view text, std::string_view alphabet, int bits, std::string& bytes) {
  bytes.clear();
  unsigned buffer = 0;
  int held = 0;
  for (char c : text) {
    std::size_t digit = alphabet.find(c);
    if (digit == std::string_view::npos) return false;
    buffer = (buffer << bits) | static_cast<unsigned>(digit);
    held += bits;
    if (held < 8) continue;
    held -= 8;
    bytes += static_cast<char>((buffer >> held) & 0xff);
    buffer &= (1u << held) - 1;
  }
  // What is left must be padding bits that are zero, so that each byte string has one spelling.
  return held < bits && buffer == 0;
}

}  // namespace

NameHash name_hash(std::string_view name) {
  return NameHash{XXH3_64bits(name.data(), name.size())};
}

Hash128 hash128(std::string_view bytes) {
  XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {hash.high64, hash.low64};
}

std::string to_hex(Hash128 hash) { return fmt::format("{:016x}{:016x}", hash.high, hash.low); }

std::array<unsigned char, 32> hmac_sha256(std::string_view key, std::string_view message) {
  static thread_local Sha256 sha;
  Sha256::Block inner{};
  if (key.size() > inner.size()) {
    const Sha256::Digest short_key = sha.of({key});
    std::copy(short_key.begin(), short_key.end(), inner.begin());
  } else {
    std::copy(key.begin(), key.end(), inner.begin());
  }
  Sha256::Block outer = inner;
  for (char& c : inner) c ^= 0x36;
  for (char& c : outer) c ^= 0x5c;
  const Sha256::Digest digest = sha.of({{inner.data(), inner.size()}, message});
  return sha.of({{outer.data(), outer.size()},
                 {reinterpret_cast<const char*>(digest.data()), digest.size()}});
}

std::string base64(std::string_view bytes) {
  std::string text = encode(bytes, kStandard, 6);
  while (text.size() % 4 != 0) text += '=';
  return text;
}

std::string base64_url(std::string_view bytes) { return encode(bytes, kUrlSafe, 6); }

bool base64_decode(std::string_view text, std::string& bytes) {
  while (!text.empty() && text.back() == '=') text.remove_suffix(1);
  return decode(text, kStandard, 6, bytes);
}

bool base64_url_decode(std::string_view text, std::string& bytes) {
  return decode(text, kUrlSafe, 6, bytes);
}

std::string base32_lower(std::string_view bytes) { return encode(bytes, kBase32, 5); }

bool base32_lower_decode(std::string_view text, std::string& bytes) {
  return decode(text, kBase32, 5, bytes);
}

}  // namespace trig
