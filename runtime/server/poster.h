// Poster: one begun `post` → a JSON body handed over by HTTP, and what became of it in the words of
// a transport. At least once: every attempt carries the same Idempotency-Key, which is the name a
// mail would have. Redirects are not followed.
//
//   2xx accepted · 408, 425, 429, 5xx deferred (Retry-After is kept) · any other answer refused
//   no connection: deferred · no answer: in doubt · an address that is not public: refused
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "compiler/exec/person_state.h"
#include "runtime/net/http_client.h"
#include "runtime/ports/transport.h"

namespace trig::server {

struct PostSettings {
  bool allow_private = false;  // also to addresses of this machine and its own networks
  std::string ca_file = {};    // PEM; empty: the system's certificate authorities
};

class Poster {
 public:
  static Result<std::unique_ptr<Poster>> create(net::EventLoop& loop, const PostSettings& settings,
                                                std::string workspace_secret);
  // On the loop's thread; `done` is called exactly once, later, on it.
  void post(const exec::Message& message, std::function<void(SendReply)> done);

 private:
  Poster(std::unique_ptr<net::HttpClient> client, std::string workspace_secret)
      : client_(std::move(client)), workspace_secret_(std::move(workspace_secret)) {}

  std::unique_ptr<net::HttpClient> client_;
  std::string workspace_secret_;
};

}  // namespace trig::server
