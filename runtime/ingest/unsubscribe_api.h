// UnsubscribeApi: where the List-Unsubscribe link of a mail leads, /u/TOKEN.
//
// POST unsubscribes, and answers 200 with a confirmation page once the Inbox says that it is
// durable. Mail programs POST `List-Unsubscribe=One-Click` (urlencoded or multipart), the page's
// own button posts the same; the token alone decides whom it is about, so the body is not asked: no
// cookies, no redirect, no login. GET and HEAD change nothing, because scanners follow every link:
// GET shows a page with the button. A token that does not verify gives 404 either way.
//
//   UnsubscribeApi api({.sender = "Example Shop"}, [&](std::string_view token) {
//     return links.verify_unsubscribe(token);
//   }, inbox);
//   if (UnsubscribeApi::owns(request.path)) api.handle(std::move(request), std::move(respond));
//
// Errors: 404, 405; 429 + Retry-After and 503 as the Inbox says, as a page that asks to try again.
// Source: RFC 8058 (one-click), RFC 2369 (List-Unsubscribe).
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/net/http_message.h"
#include "runtime/ports/inbox.h"

namespace trig::ingest {

struct UnsubscribeApiOptions {
  std::string sender = {};                         // "Example Shop"; may be empty
  std::map<std::string, std::string> topics = {};  // name -> "Offers and news"
};

class UnsubscribeApi {
 public:
  using Verifier = std::function<std::optional<UnsubscribeRequest>(std::string_view token)>;

  UnsubscribeApi(UnsubscribeApiOptions options, Verifier verify, Inbox& inbox);

  static bool owns(std::string_view path);
  // The topics from now on.
  void know(std::map<std::string, std::string> topics) { options_.topics = std::move(topics); }
  void handle(net::HttpRequest request, net::HttpResponder respond);

 private:
  std::string mail_text(const UnsubscribeRequest& request) const;

  UnsubscribeApiOptions options_;
  Verifier verify_;
  Inbox& inbox_;
};

}  // namespace trig::ingest
