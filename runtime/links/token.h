// Signed tokens for links in mails: whoever holds the keys can tell that a token is one of theirs,
// whole, and made for this very purpose. The payload is readable by anybody.
//
//   Result<LinkKeys> keys = LinkKeys::create({{1, old_secret}, {2, new_secret}});  // the last
//   signs std::string token = sign(*keys, LinkPurpose::kUnsubscribe, payload);
//   std::optional<std::string> payload = verify(*keys, LinkPurpose::kUnsubscribe, token);
//
// A token is base64url (RFC 4648 §5, no padding) of: version (1), key id, payload, and the first
// 128 bits of HMAC-SHA256 (RFC 2104 §5) over all before. Each purpose has its own key, derived from
// the secret by HKDF-SHA256 (RFC 5869), so that a token for one link never opens another. Tokens do
// not expire: an unsubscribe link must work for as long as the mail may exist. To withdraw them,
// withdraw the key. Failure of create: no key, a key id twice, a secret under kMinLinkSecretBytes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/result.h"

namespace trig::links {

constexpr std::size_t kMinLinkSecretBytes = 32;

// The number is part of the derivation: append, never reorder.
enum class LinkPurpose : std::uint8_t {
  kUnsubscribe = 0,
};
constexpr std::size_t kLinkPurposeCount = 1;

struct LinkKey {
  std::uint8_t id = 0;  // in every token that this key signs
  std::string secret;   // random bytes
};

class LinkKeys {
 public:
  // Oldest first.
  static Result<LinkKeys> create(const std::vector<LinkKey>& keys);

 private:
  friend std::string sign(const LinkKeys&, LinkPurpose, std::string_view);
  friend std::optional<std::string> verify(const LinkKeys&, LinkPurpose, std::string_view);
  struct Derived {
    std::uint8_t id = 0;
    std::array<std::string, kLinkPurposeCount> of_purpose;
  };
  std::vector<Derived> keys_;
};

// `payload` must leave the token within kMaxLinkTokenBytes.
std::string sign(const LinkKeys& keys, LinkPurpose purpose, std::string_view payload);

// The payload; nullopt for anything that `sign` did not give for this purpose with one of these
// keys.
std::optional<std::string> verify(const LinkKeys& keys, LinkPurpose purpose,
                                  std::string_view token);

}  // namespace trig::links
