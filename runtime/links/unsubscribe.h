// The token of an unsubscribe link: which person, which address and which topic (RFC 8058 §3.1 asks
// for a component that is hard to forge; the address itself is not in it, only its HMAC).
//
//   std::string token = make_unsubscribe_token(keys, {person, address_hash, "offers"});
//   std::optional<UnsubscribeRequest> request = verify_unsubscribe_token(keys, token);
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "runtime/links/token.h"
#include "runtime/ports/inbox.h"

namespace trig::links {

// `topic` and `address_hash` together: at most 700 bytes.
std::string make_unsubscribe_token(const LinkKeys& keys, const UnsubscribeRequest& request);

std::optional<UnsubscribeRequest> verify_unsubscribe_token(const LinkKeys& keys,
                                                           std::string_view token);

}  // namespace trig::links
