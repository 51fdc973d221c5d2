// What the adapters of e-mail providers share: the one HTTP call they need, as a function that is
// handed in, and what its result means for a mail. The adapters differ in their JSON and in whether
// a repeat is safe.
//
//   HttpPost post = [&](HttpCall call, auto done) { client.request(…); };
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/result.h"
#include "runtime/ports/transport.h"

namespace trig::delivery {

struct HttpCall {
  std::string url;
  std::vector<MailHeader> headers;
  std::string body;
};

enum class HttpFate : std::uint8_t {
  kNotSent,  // not one byte of the request was taken
  kInDoubt,  // the link died, or time ran out, with the request or a part of it written
  kAnswered,
};

struct HttpReply {
  HttpFate fate = HttpFate::kNotSent;
  int status = 0;  // with kAnswered, as the next two
  std::vector<MailHeader> headers;
  std::string body;
  std::string error;  // with the other fates: what went wrong
};

// POSTs the body and calls back exactly once, on the same thread, later.
using HttpPost = std::function<void(HttpCall, std::function<void(HttpReply)>)>;

// 2xx accepted; 408, 429 and 5xx deferred, with Retry-After if it is in seconds; 401, 402, 403,
// 404, 405 and redirects blocked (the key, the account or the address of the API is wrong); other
// 4xx refused. A call in doubt stays so, unless the provider recognises a repeat: then it is
// deferred.
SendReply judge_http(const HttpReply& reply, bool repeat_is_safe);

// The value of a Retry-After header (RFC 9110 §10.2.3). Its other form, a date, would need a clock:
// nullopt, as for anything that is no whole number of seconds.
std::optional<Duration> retry_after(std::string_view value);

// "https://api.example.com/" and "/emails" make one URL. Failure: not http or https; white space.
Result<std::string> endpoint(std::string_view base_url, std::string_view path);

// Failure for a key that is empty or could not stand in an HTTP header.
Status check_api_key(std::string_view key);

// The value in ASCII: words outside it as encoded words, in one line.
Result<std::string> ascii_value(const MailHeader& header);

}  // namespace trig::delivery
