#include "runtime/links/unsubscribe.h"

#include "compiler/base/codec.h"

namespace trig::links {

std::string make_unsubscribe_token(const LinkKeys& keys, const UnsubscribeRequest& request) {
  ByteWriter payload;
  payload.varint(request.person);
  payload.text(request.address_hash);
  payload.text(request.topic);
  return sign(keys, LinkPurpose::kUnsubscribe, payload.bytes());
}

std::optional<UnsubscribeRequest> verify_unsubscribe_token(const LinkKeys& keys,
                                                           std::string_view token) {
  std::optional<std::string> payload = verify(keys, LinkPurpose::kUnsubscribe, token);
  if (!payload) return std::nullopt;
  ByteReader reader(*payload);
  UnsubscribeRequest request;
  request.person = reader.varint();
  request.address_hash = reader.text();
  request.topic = reader.text();
  if (!reader.ok() || !reader.at_end()) return std::nullopt;
  return request;
}

}  // namespace trig::links
