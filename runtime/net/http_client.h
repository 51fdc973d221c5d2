// HttpClient: HTTP/1.1 calls over TCP or TLS from one EventLoop, with connections kept alive per
// host. One try per call: what to do about a failure depends on whether the peer may have seen the
// request, so the result says which of three things happened, and the caller decides.
//
// TLS peers must present a valid certificate for the host of the URL (TLS 1.2 or later).
// Redirects are not followed. All calls and callbacks are on the loop's thread.
//
//   auto client = HttpClient::create(loop, {});
//   (*client)->request({.url = "https://api.example.org/mail", .body = json},
//                      [](HttpResult result) {
//                        if (result.outcome == HttpOutcome::kResponse) … result.response.status
//                      });
//
// Source: RFC 9110, RFC 9112; RFC 6125 for the name check.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "compiler/base/result.h"
#include "runtime/net/event_loop.h"
#include "runtime/net/http_message.h"
#include "runtime/ports/limits.h"

namespace trig::net {

struct HttpClientOptions {
  bool public_only = false;  // no connection to an address that public_address refuses
  std::string ca_file = {};  // PEM; empty: the system's certificate authorities
  std::chrono::milliseconds connect_timeout = kConnectTimeout;
  std::chrono::milliseconds call_timeout = kCallTimeout;  // waiting and connecting included
  std::chrono::milliseconds keep_idle = std::chrono::seconds(30);
  std::size_t max_response_bytes = kMaxResponseBytes;
  std::size_t max_connections_per_host = kMaxConnectionsPerHost;
  std::size_t max_waiting_calls = kMaxWaitingCalls;  // per host, beyond its connections
};

struct HttpRequestOut {
  std::string method = "POST";
  std::string url = {};  // "https://host[:port]/path?query"
  HttpHeaders headers = {};
  std::string body = {};
};

enum class HttpOutcome : std::uint8_t {
  kNotSent,   // no connection, or not one byte of the request was taken: safe to try again
  kInDoubt,   // the link died, or time ran out, after the request (or part of it) was written
  kResponse,  // the peer answered, with whatever status
};

struct HttpResult {
  HttpOutcome outcome = HttpOutcome::kNotSent;
  HttpResponse response = {};  // of kResponse
  bool truncated = false;      // kResponse whose body broke off or was over max_response_bytes
  std::string error = {};      // of the other two: what went wrong
  bool forbidden = false;      // kNotSent: by public_only, and it will be so again
};

struct HttpClientCore;

class HttpClient {
 public:
  // Fails if the certificate authorities cannot be read.
  static Result<std::unique_ptr<HttpClient>> create(EventLoop& loop, HttpClientOptions options);
  // On the loop's thread or when the loop has ended, and before the loop goes away. Calls under way
  // are cut and their callbacks never called.
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // `done` is called exactly once, never from inside this call.
  void request(HttpRequestOut request, std::function<void(HttpResult)> done);

 private:
  explicit HttpClient(std::shared_ptr<HttpClientCore> core) : core_(std::move(core)) {}
  std::shared_ptr<HttpClientCore> core_;
};

}  // namespace trig::net
