// AdminApi: asking a running server about itself and changing what it runs, over HTTP on a listener
// of its own (docs/reference/admin-api.md).
//
//   POST /v1/plan · POST /v1/deploy · POST /v1/rollback
//   GET /v1/versions · GET /v1/journeys?campaign=… · GET /v1/why?person=…&campaign=…
//   GET /v1/files · GET /v1/events?from=…&to=…&begin=…
//
// Every request needs `Authorization: Bearer TOKEN`; tokens are compared in constant time, by their
// digests. Plans, deploys and counts are made by one thread of its own, in their order; no more
// than kMaxAdminJobs wait. Every act is told to `audit`, also one that was refused.
#pragma once

#include <array>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "runtime/admin/deployments.h"
#include "runtime/net/http_server.h"
#include "runtime/report/event_page.h"

namespace trig::admin {

struct Token {
  std::string name;
  std::string secret;
};

struct Act {
  std::string who;     // the name of the token; empty: no token of ours
  std::string what;    // "POST /v1/deploy"
  std::string remote;  // "127.0.0.1"
  int status = 0;
  std::string outcome;  // "version 4 after 3", or what was wrong
};

struct AdminOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  std::vector<Token> tokens;
  std::function<void(const Act&)> audit;  // from any thread
};

class AdminApi {
 public:
  // Failure: no token or one that is too short, or nothing to listen on.
  static Result<std::unique_ptr<AdminApi>> start(AdminOptions options, Deployments& deployments,
                                                 const Store& store);
  ~AdminApi();
  // Takes nothing new and waits for the act under way, whose plan gives up. From any thread but its
  // own.
  void stop();
  std::uint16_t port() const { return http_->port(); }

 private:
  using Digest = std::array<unsigned char, 32>;
  struct Known {
    Digest digest;
    std::string name;
  };
  struct Reply {
    Reply(Answer object) : answer(std::move(object)) {}
    Answer answer;
    std::optional<report::EventPage> events = {};  // the body, where there are some
  };
  using Work = std::function<Reply()>;
  struct Job {
    Act act;
    Work work;
    net::HttpResponder respond;
  };

  AdminApi(AdminOptions options, Deployments& deployments, const Store& store);
  const std::string* name_of(const net::HttpRequest& request) const;
  void handle(net::HttpRequest request, net::HttpResponder respond);
  std::optional<Work> work_of(const net::HttpRequest& request, const std::string& who);
  std::optional<Work> question_of(const net::HttpRequest& request);
  Answer why(const std::string& query) const;
  Reply events(const std::string& query) const;
  void finish(Job& job) const;
  void work();

  AdminOptions options_;
  Deployments& deployments_;
  const Store& store_;
  std::vector<Known> known_;
  net::EventLoop loop_;
  std::unique_ptr<net::HttpServer> http_;
  std::thread listener_;
  std::thread worker_;

  std::mutex mutex_;  // guards what follows
  std::condition_variable wake_;
  std::deque<Job> jobs_;
  bool stopping_ = false;
};

}  // namespace trig::admin
