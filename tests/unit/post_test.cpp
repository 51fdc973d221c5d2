// Posts over HTTP: a real server on 127.0.0.1, and the addresses that are none of theirs.
#include <gtest/gtest.h>

#include <mutex>

#include "runtime/engine/rows.h"
#include "runtime/net/address_guard.h"
#include "runtime/server/poster.h"
#include "tests/unit/http_fixture.h"

namespace trig::server {
namespace {

using namespace std::chrono_literals;

// Answers every request as it is told, and keeps what it was asked.
class Partner {
 public:
  explicit Partner(net::HttpResponse answer)
      : answer_(std::move(answer)),
        server_({}, [this](net::HttpRequest request, const net::HttpResponder& respond) {
          std::lock_guard lock(mutex_);
          requests_.push_back(std::move(request));
          respond(answer_);
        }) {}

  std::string url(const std::string& host = "127.0.0.1") const {
    return "http://" + host + ":" + std::to_string(server_.port()) + "/hook?kind=new";
  }
  std::vector<net::HttpRequest> requests() {
    std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  std::mutex mutex_;
  net::HttpResponse answer_;
  std::vector<net::HttpRequest> requests_;
  net::ServerThread server_;
};

exec::Message message_to(const std::string& url) {
  exec::Message message;
  message.id = MessageId{numbered(PersonId{7}, 3)};
  message.attempt = 1;
  message.post = std::make_shared<exec::PostCall>(exec::PostCall{url, R"({"order":"o1"})"});
  return message;
}

SendReply post(const exec::Message& message, bool allow_private) {
  net::LoopThread thread;
  std::unique_ptr<Poster> poster;
  std::promise<SendReply> promise;
  thread.run([&] {
    PostSettings settings;
    settings.allow_private = allow_private;
    auto made = Poster::create(thread.loop(), settings, "secret");
    ASSERT_TRUE(made) << made.error().message;
    poster = std::move(*made);
    poster->post(message, [&](SendReply reply) { promise.set_value(std::move(reply)); });
  });
  SendReply reply = promise.get_future().get();
  thread.run([&] { poster.reset(); });
  return reply;
}

SendReply post_to(Partner& partner, std::uint32_t attempt = 1) {
  exec::Message message = message_to(partner.url());
  message.attempt = attempt;
  return post(message, true);
}

TEST(Poster, HandsOverTheBodyUnderOneKeyForAllAttempts) {
  Partner partner({.status = 202});
  EXPECT_EQ(post_to(partner, 1).outcome, SendOutcome::kAccepted);
  EXPECT_EQ(post_to(partner, 2).outcome, SendOutcome::kAccepted);
  auto requests = partner.requests();
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(requests[0].method, "POST");
  EXPECT_EQ(requests[0].path, "/hook");
  EXPECT_EQ(requests[0].query, "kind=new");
  EXPECT_EQ(requests[0].body, R"({"order":"o1"})");
  EXPECT_EQ(requests[0].headers.get("content-type"), "application/json");
  EXPECT_EQ(requests[0].headers.get("idempotency-key"),
            engine::mail_name("secret", message_to("").id));
  EXPECT_EQ(requests[1].headers.get("idempotency-key"), requests[0].headers.get("idempotency-key"));
}

TEST(Poster, TheAnswerDecidesWhetherItIsTriedAgain) {
  struct Case {
    int status;
    SendOutcome outcome;
  };
  for (const Case& one : {Case{200, SendOutcome::kAccepted}, Case{204, SendOutcome::kAccepted},
                          Case{301, SendOutcome::kRefused}, Case{307, SendOutcome::kRefused},
                          Case{400, SendOutcome::kRefused}, Case{404, SendOutcome::kRefused},
                          Case{408, SendOutcome::kDeferred}, Case{425, SendOutcome::kDeferred},
                          Case{429, SendOutcome::kDeferred}, Case{500, SendOutcome::kDeferred},
                          Case{503, SendOutcome::kDeferred}}) {
    Partner partner({.status = one.status, .headers = {{"Location", "http://example.com/"}}});
    SendReply reply = post_to(partner);
    EXPECT_EQ(reply.outcome, one.outcome) << one.status;
    EXPECT_EQ(reply.code, one.status);
    EXPECT_EQ(partner.requests().size(), 1u) << "a redirect is not followed";
  }
}

TEST(Poster, RetryAfterIsKept) {
  Partner busy({.status = 503, .headers = {{"Retry-After", "120"}}});
  EXPECT_EQ(post_to(busy).retry_after, 120s);
  Partner dated({.status = 503, .headers = {{"Retry-After", "Sun, 06 Nov 1994 08:49:37 GMT"}}});
  EXPECT_EQ(post_to(dated).retry_after, std::nullopt);
}

TEST(Poster, NobodyThereIsTriedAgain) {
  std::string url;
  {
    Partner gone({.status = 200});
    url = gone.url();
  }
  SendReply reply = post(message_to(url), true);
  EXPECT_EQ(reply.outcome, SendOutcome::kDeferred);
  EXPECT_FALSE(reply.text.empty());
}

TEST(Poster, AnAddressThatIsNotPublicIsNotCalled) {
  Partner partner({.status = 200});
  for (const char* host : {"127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "[::1]"}) {
    SendReply reply = post(message_to(partner.url(host)), false);
    EXPECT_EQ(reply.outcome, SendOutcome::kRefused) << host << ": " << reply.text;
    EXPECT_NE(reply.text.find("is not a public address"), std::string::npos) << reply.text;
  }
  EXPECT_EQ(post(message_to("http://169.254.169.254/latest/meta-data"), false).outcome,
            SendOutcome::kRefused);
  EXPECT_TRUE(partner.requests().empty());
}

TEST(PublicAddress, IsNoneOfTheSpecialOnes) {
  for (const char* address : {"0.0.0.0",
                              "0.1.2.3",
                              "10.0.0.1",
                              "10.255.255.255",
                              "100.64.0.1",
                              "100.127.255.255",
                              "127.0.0.1",
                              "127.255.255.254",
                              "169.254.169.254",
                              "172.16.0.1",
                              "172.31.255.255",
                              "192.0.0.1",
                              "192.0.2.1",
                              "192.88.99.1",
                              "192.168.0.1",
                              "192.168.255.255",
                              "198.18.0.1",
                              "198.19.255.255",
                              "198.51.100.1",
                              "203.0.113.1",
                              "224.0.0.1",
                              "239.255.255.255",
                              "240.0.0.1",
                              "255.255.255.255",
                              "::",
                              "::1",
                              "::127.0.0.1",
                              "::ffff:10.0.0.1",
                              "::ffff:127.0.0.1",
                              "64:ff9b::7f00:1",
                              "100::1",
                              "2001::1",
                              "2001:db8::1",
                              "2001:1ff::1",
                              "2002:7f00:1::",
                              "3fff::1",
                              "5f00::1",
                              "fc00::1",
                              "fdff::1",
                              "fe80::1",
                              "fec0::1",
                              "ff02::1",
                              "",
                              "localhost",
                              "2130706433",
                              "0x7f.1",
                              "127.1",
                              "1.2.3.4:80"})
    EXPECT_FALSE(net::is_public_address(address)) << address;
}

TEST(PublicAddress, IsTheRest) {
  for (const char* address :
       {"1.1.1.1",         "9.255.255.255",        "11.0.0.0",         "93.184.216.34",
        "100.63.255.255",  "100.128.0.0",          "126.255.255.255",  "128.0.0.0",
        "169.253.255.255", "172.15.255.255",       "172.32.0.0",       "192.0.1.0",
        "192.167.255.255", "192.169.0.0",          "198.17.255.255",   "198.20.0.0",
        "223.255.255.255", "::ffff:93.184.216.34", "2001:200::1",      "2001:4860:4860::8888",
        "2003::1",         "2606:4700:4700::1111", "2a00:1450:4001::1"})
    EXPECT_TRUE(net::is_public_address(address)) << address;
}

}  // namespace
}  // namespace trig::server
