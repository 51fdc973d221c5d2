#include "runtime/links/token.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>

#include <algorithm>
#include <memory>

#include "compiler/base/check.h"
#include "compiler/base/hash.h"
#include "runtime/ports/limits.h"

namespace trig::links {
namespace {

constexpr char kVersion = 1;
constexpr std::size_t kHeadBytes = 2;  // version, key id
constexpr std::size_t kMacBytes = 16;

std::string_view label_of(LinkPurpose purpose) {
  switch (purpose) {
    case LinkPurpose::kUnsubscribe: return "trig link: unsubscribe";
  }
  return {};
}

// HKDF-SHA256 with the label as info and no salt: 32 bytes.
std::string derive(std::string_view secret, std::string_view label) {
  std::unique_ptr<EVP_PKEY_CTX, void (*)(EVP_PKEY_CTX*)> context(
      EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, nullptr), EVP_PKEY_CTX_free);
  auto bytes = [](std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
  };
  std::string key(32, '\0');
  std::size_t size = key.size();
  bool done =
      context && EVP_PKEY_derive_init(context.get()) == 1 &&
      EVP_PKEY_CTX_set_hkdf_md(context.get(), EVP_sha256()) == 1 &&
      EVP_PKEY_CTX_set1_hkdf_key(context.get(), bytes(secret), static_cast<int>(secret.size())) ==
          1 &&
      EVP_PKEY_CTX_add1_hkdf_info(context.get(), bytes(label), static_cast<int>(label.size())) ==
          1 &&
      EVP_PKEY_derive(context.get(), reinterpret_cast<unsigned char*>(key.data()), &size) == 1;
  TRIG_CHECK(done && size == key.size(), "HKDF failed");
  return key;
}

std::string mac_of(std::string_view key, std::string_view message) {
  std::array<unsigned char, 32> full = hmac_sha256(key, message);
  return std::string(full.begin(), full.begin() + kMacBytes);
}

}  // namespace

Result<LinkKeys> LinkKeys::create(const std::vector<LinkKey>& keys) {
  if (keys.empty()) return fail("links need at least one key");
  LinkKeys made;
  for (const LinkKey& key : keys) {
    if (key.secret.size() < kMinLinkSecretBytes) {
      return fail("link key {} has less than {} bytes", key.id, kMinLinkSecretBytes);
    }
    bool known = std::any_of(made.keys_.begin(), made.keys_.end(),
                             [&](const Derived& other) { return other.id == key.id; });
    if (known) return fail("link key {} is given twice", key.id);
    Derived derived;
    derived.id = key.id;
    for (std::size_t i = 0; i < kLinkPurposeCount; ++i) {
      derived.of_purpose[i] = derive(key.secret, label_of(static_cast<LinkPurpose>(i)));
    }
    made.keys_.push_back(std::move(derived));
  }
  return made;
}

std::string sign(const LinkKeys& keys, LinkPurpose purpose, std::string_view payload) {
  const LinkKeys::Derived& newest = keys.keys_.back();
  std::string bytes{kVersion, static_cast<char>(newest.id)};
  bytes += payload;
  bytes += mac_of(newest.of_purpose[static_cast<std::size_t>(purpose)], bytes);
  std::string token = base64_url(bytes);
  TRIG_CHECK(token.size() <= kMaxLinkTokenBytes, "a link token is too long to be verified");
  return token;
}

std::optional<std::string> verify(const LinkKeys& keys, LinkPurpose purpose,
                                  std::string_view token) {
  std::string bytes;
  if (token.size() > kMaxLinkTokenBytes || !base64_url_decode(token, bytes)) return std::nullopt;
  if (bytes.size() < kHeadBytes + kMacBytes || bytes[0] != kVersion) return std::nullopt;
  auto key = std::find_if(keys.keys_.begin(), keys.keys_.end(), [&](const LinkKeys::Derived& one) {
    return one.id == static_cast<std::uint8_t>(bytes[1]);
  });
  if (key == keys.keys_.end()) return std::nullopt;
  std::string_view signed_part = std::string_view(bytes).substr(0, bytes.size() - kMacBytes);
  std::string mac = mac_of(key->of_purpose[static_cast<std::size_t>(purpose)], signed_part);
  // In constant time, so that a forger learns nothing from how long a refusal takes.
  if (CRYPTO_memcmp(mac.data(), bytes.data() + signed_part.size(), kMacBytes) != 0) {
    return std::nullopt;
  }
  return std::string(signed_part.substr(kHeadBytes));
}

}  // namespace trig::links
