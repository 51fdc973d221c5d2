#include "runtime/net/http_client.h"

#include <atomic>
#include <mutex>
#include <vector>

#include "tests/unit/http_fixture.h"
#include "tests/unit/test_certificate.h"

namespace trig::net {
namespace {

using std::chrono::milliseconds;

class ClientThread {
 public:
  explicit ClientThread(HttpClientOptions options = {}) {
    auto made = HttpClient::create(thread_.loop(), std::move(options));
    EXPECT_TRUE(made.has_value());
    client_ = std::move(*made);
  }
  ~ClientThread() {
    thread_.run([this] { client_.reset(); });
  }

  std::future<HttpResult> start(HttpRequestOut request) {
    auto promise = std::make_shared<std::promise<HttpResult>>();
    auto future = promise->get_future();
    thread_.loop().post([this, promise, request = std::move(request)] {
      client_->request(request, [promise](HttpResult result) { promise->set_value(result); });
    });
    return future;
  }
  HttpResult call(HttpRequestOut request) {
    auto future = start(std::move(request));
    if (future.wait_for(std::chrono::seconds(10)) != std::future_status::ready) {
      ADD_FAILURE() << "the call never ended";
      return {};
    }
    return future.get();
  }

 private:
  LoopThread thread_;
  std::unique_ptr<HttpClient> client_;
};

// A peer that follows a script: accepts connections one after another and hands each to `serve`.
class ScriptedPeer {
 public:
  explicit ScriptedPeer(std::function<void(int fd)> serve) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(listener_, 16), 0);
    socklen_t size = sizeof address;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, serve = std::move(serve)] {
      for (int fd; (fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0; ::close(fd))
        serve(fd);
    });
  }
  ~ScriptedPeer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/"; }

 private:
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

std::string read_request(int fd) {
  std::string text;
  char bytes[4096];
  while (text.find("\r\n\r\n") == std::string::npos) {
    const auto got = ::recv(fd, bytes, sizeof bytes, 0);
    if (got <= 0) break;
    text.append(bytes, static_cast<std::size_t>(got));
  }
  return text;
}

void write_all(int fd, std::string_view bytes) {
  EXPECT_EQ(::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL),
            static_cast<ssize_t>(bytes.size()));
}

std::string url(std::uint16_t port, std::string path = "/") {
  return "http://127.0.0.1:" + std::to_string(port) + path;
}

void echo_created(HttpRequest request, HttpResponder respond) {
  respond({.status = 201,
           .headers = {{"X-Agent", std::string(request.headers.get("user-agent"))},
                       {"X-Host", std::string(request.headers.get("host"))}},
           .body = request.method + " " + request.path + "?" + request.query + " " + request.body});
}

TEST(HttpClient, CallsAServer) {
  ServerThread server({}, echo_created);
  ClientThread client;
  const HttpResult result = client.call({.url = url(server.port(), "/mail?x=1"), .body = "hello"});
  EXPECT_EQ(result.outcome, HttpOutcome::kResponse);
  EXPECT_EQ(result.response.status, 201);
  EXPECT_EQ(result.response.body, "POST /mail?x=1 hello");
  EXPECT_EQ(result.response.headers.get("x-agent"), "trig");
  EXPECT_EQ(result.response.headers.get("x-host"), "127.0.0.1:" + std::to_string(server.port()));
  EXPECT_FALSE(result.truncated);
}

TEST(HttpClient, ReusesConnections) {
  ServerThread server({}, echo_created);
  ClientThread client;
  for (int i = 0; i < 10; ++i)
    EXPECT_EQ(client.call({.url = url(server.port())}).response.status, 201);
  EXPECT_EQ(server.server().stats().accepted, 1u);
}

TEST(HttpClient, HeadHasNoBody) {
  ServerThread server({}, echo_created);
  ClientThread client;
  for (int i = 0; i < 2; ++i) {
    const HttpResult result = client.call({.method = "HEAD", .url = url(server.port(), "/abc")});
    EXPECT_EQ(result.response.status, 201);
    EXPECT_EQ(result.response.body, "");
  }
  EXPECT_EQ(server.server().stats().accepted, 1u);
}

TEST(HttpClient, BoundsTheConnectionsOfAHost) {
  std::mutex mutex;
  std::vector<HttpResponder> held;
  ServerThread server({}, [&](HttpRequest, HttpResponder respond) {
    std::lock_guard lock(mutex);
    held.push_back(std::move(respond));
  });
  ClientThread client({.max_connections_per_host = 2, .max_waiting_calls = 3});
  std::vector<std::future<HttpResult>> calls;
  for (int i = 0; i < 6; ++i) calls.push_back(client.start({.url = url(server.port())}));
  const HttpResult sixth = calls[5].get();  // two carried, three waiting, one too many
  EXPECT_EQ(sixth.outcome, HttpOutcome::kNotSent);
  EXPECT_EQ(sixth.error, "127.0.0.1: too many calls are waiting for a connection");
  for (std::size_t answered = 0; answered < 5;) {
    std::vector<HttpResponder> now;
    {
      std::lock_guard lock(mutex);
      now.swap(held);
    }
    EXPECT_LE(now.size(), 2u);
    for (auto& respond : now) respond({.body = "ok"});
    answered += now.size();
  }
  for (int i = 0; i < 5; ++i) EXPECT_EQ(calls[i].get().response.body, "ok");
  EXPECT_EQ(server.server().stats().accepted, 2u);
}

TEST(HttpClient, SaysThatNothingWasSentWithoutAConnection) {
  std::uint16_t dead_port = 0;
  {
    ServerThread server({}, echo_created);
    dead_port = server.port();
  }
  ClientThread client;
  const HttpResult refused = client.call({.url = url(dead_port)});
  EXPECT_EQ(refused.outcome, HttpOutcome::kNotSent);
  EXPECT_NE(refused.error.find("cannot connect: Connection refused"), std::string::npos);
  const HttpResult unknown = client.call({.url = "http://no-such-host.invalid/"});
  EXPECT_EQ(unknown.outcome, HttpOutcome::kNotSent);
}

TEST(HttpClient, RefusesWhatItCannotSend) {
  ClientThread client;
  for (const char* bad : {"", "example.org", "ftp://h/", "http://", "http://user:pw@h/",
                          "http://h/a b", "http://h/\r\nX: y"})
    EXPECT_EQ(client.call({.url = bad}).outcome, HttpOutcome::kNotSent) << bad;
  EXPECT_EQ(client.call({.method = "GET /", .url = "http://h/"}).error,
            "not an HTTP method: GET /");
  EXPECT_EQ(client.call({.url = "http://h/", .headers = {{"X", "a\r\nY: b"}}}).error,
            "a request header is malformed");
}

TEST(HttpClient, IsInDoubtWhenTheLinkDiesAfterTheRequest) {
  std::atomic<int> seen{0};
  ScriptedPeer peer([&](int fd) {
    EXPECT_NE(read_request(fd).find("POST / HTTP/1.1"), std::string::npos);
    ++seen;
  });
  ClientThread client;
  const HttpResult result = client.call({.url = peer.url(), .body = "mail"});
  EXPECT_EQ(result.outcome, HttpOutcome::kInDoubt);
  EXPECT_EQ(seen, 1);  // and no second try
}

TEST(HttpClient, IsInDoubtWhenNoAnswerComesInTime) {
  std::promise<void> over;
  auto until = over.get_future();
  ScriptedPeer peer([&](int fd) {
    read_request(fd);
    until.wait();
  });
  ClientThread client({.call_timeout = milliseconds(150)});
  const HttpResult result = client.call({.url = peer.url()});
  over.set_value();
  EXPECT_EQ(result.outcome, HttpOutcome::kInDoubt);
  EXPECT_NE(result.error.find("no answer in time"), std::string::npos);
}

TEST(HttpClient, IsInDoubtOnAnAnswerThatIsNotHttp) {
  ScriptedPeer peer([](int fd) {
    read_request(fd);
    write_all(fd, "220 mail.example.org ESMTP\r\n\r\n");
  });
  ClientThread client;
  EXPECT_EQ(client.call({.url = peer.url()}).outcome, HttpOutcome::kInDoubt);
}

TEST(HttpClient, AWaitingCallThatRunsOutOfTimeWasNotSent) {
  std::promise<void> over;
  auto until = over.get_future();
  ScriptedPeer peer([&](int fd) {
    read_request(fd);
    until.wait();
  });
  ClientThread client({.call_timeout = milliseconds(150), .max_connections_per_host = 1});
  auto first = client.start({.url = peer.url()});
  auto second = client.start({.url = peer.url()});
  EXPECT_EQ(first.get().outcome, HttpOutcome::kInDoubt);
  const HttpResult waited = second.get();
  over.set_value();
  // Its turn may come in the same instant; what it must not be is answered.
  EXPECT_NE(waited.outcome, HttpOutcome::kResponse);
}

TEST(HttpClient, KeepsTheStatusOfATruncatedAnswer) {
  ScriptedPeer peer([](int fd) {
    read_request(fd);
    write_all(fd, "HTTP/1.1 202 Accepted\r\nContent-Length: 100\r\n\r\npartial");
  });
  ClientThread client;
  const HttpResult result = client.call({.url = peer.url()});
  EXPECT_EQ(result.outcome, HttpOutcome::kResponse);
  EXPECT_EQ(result.response.status, 202);
  EXPECT_TRUE(result.truncated);
}

TEST(HttpClient, BoundsTheAnswer) {
  ServerThread server({}, [](HttpRequest request, HttpResponder respond) {
    respond({.body = std::string(request.path == "/fits" ? 1'000 : 1'001, 'x')});
  });
  ClientThread client({.max_response_bytes = 1'000});
  const HttpResult fits = client.call({.url = url(server.port(), "/fits")});
  EXPECT_EQ(fits.response.body.size(), 1'000u);
  EXPECT_FALSE(fits.truncated);
  const HttpResult over = client.call({.url = url(server.port(), "/over")});
  EXPECT_EQ(over.outcome, HttpOutcome::kResponse);
  EXPECT_EQ(over.response.status, 200);
  EXPECT_TRUE(over.truncated);
  EXPECT_LE(over.response.body.size(), 1'000u);

  ScriptedPeer endless([](int fd) {
    read_request(fd);
    write_all(fd, "HTTP/1.1 200 OK\r\n\r\n");
    const std::string chunk(10'000, 'x');
    while (::send(fd, chunk.data(), chunk.size(), MSG_NOSIGNAL) > 0) {
    }
  });
  EXPECT_TRUE(client.call({.url = endless.url()}).truncated);
}

TEST(HttpClient, SkipsInterimAnswersUpToABound) {
  std::atomic<int> interim{kMaxInterimResponses};
  ScriptedPeer peer([&](int fd) {
    read_request(fd);
    std::string out;
    for (int i = 0; i < interim; ++i) out += "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n";
    write_all(fd, out + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
  });
  ClientThread client;
  EXPECT_EQ(client.call({.url = peer.url()}).response.body, "ok");
  ++interim;
  EXPECT_EQ(client.call({.url = peer.url()}).outcome, HttpOutcome::kInDoubt);
}

TEST(HttpClient, ReadsAnEarlyRefusalOfALargeRequest) {
  ServerThread server({.max_body_bytes = 1'000}, echo_created);
  ClientThread client;
  const HttpResult result =
      client.call({.url = url(server.port()), .body = std::string(2'000'000, 'x')});
  EXPECT_EQ(result.outcome, HttpOutcome::kResponse);
  EXPECT_EQ(result.response.status, 413);
}

// A kept connection that the server closed meanwhile must not turn the next call into a doubt.
TEST(HttpClient, NoticesThatAKeptConnectionIsGone) {
  ServerThread server({.idle_timeout = milliseconds(30)}, echo_created);
  ClientThread client;
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(client.call({.url = url(server.port())}).response.status, 201);
    EXPECT_TRUE(eventually([&] { return server.server().stats().open_connections == 0; }));
  }
}

class HttpClientTls : public testing::Test {
 protected:
  HttpServerOptions options() const {
    return {.certificate_file = certificate.certificate_file(),
            .private_key_file = certificate.key_file()};
  }
  TestCertificate certificate{"DNS:localhost,IP:127.0.0.1"};
};

TEST_F(HttpClientTls, SpeaksTls) {
  ServerThread server(options(), echo_created);
  ClientThread client({.ca_file = certificate.certificate_file()});
  for (const char* host : {"localhost", "127.0.0.1"}) {
    for (int i = 0; i < 3; ++i) {
      const HttpResult result = client.call(
          {.url = "https://" + std::string(host) + ":" + std::to_string(server.port()) + "/s",
           .body = std::string(100'000, 'x')});
      EXPECT_EQ(result.outcome, HttpOutcome::kResponse) << result.error;
      EXPECT_EQ(result.response.body, "POST /s? " + std::string(100'000, 'x'));
    }
  }
  EXPECT_EQ(server.server().stats().accepted, 2u);  // kept alive, per host name
}

TEST_F(HttpClientTls, RefusesACertificateNobodyVouchesFor) {
  ServerThread server(options(), echo_created);
  ClientThread client;
  const HttpResult result =
      client.call({.url = "https://localhost:" + std::to_string(server.port()) + "/"});
  EXPECT_EQ(result.outcome, HttpOutcome::kNotSent);
  EXPECT_NE(result.error.find("certificate verify failed"), std::string::npos) << result.error;
  EXPECT_EQ(server.server().stats().requests, 0u);
}

TEST_F(HttpClientTls, RefusesACertificateForAnotherHost) {
  TestCertificate other("DNS:other.example");
  ServerThread server(
      {.certificate_file = other.certificate_file(), .private_key_file = other.key_file()},
      echo_created);
  ClientThread client({.ca_file = other.certificate_file()});
  const HttpResult result =
      client.call({.url = "https://localhost:" + std::to_string(server.port()) + "/"});
  EXPECT_EQ(result.outcome, HttpOutcome::kNotSent);
  EXPECT_EQ(server.server().stats().requests, 0u);
}

TEST_F(HttpClientTls, ConnectingIsBoundedInTime) {
  std::promise<void> over;
  auto until = over.get_future();
  ScriptedPeer mute([&](int) { until.wait(); });  // takes the connection, never shakes hands
  ClientThread client({.connect_timeout = milliseconds(100)});
  std::string address = mute.url();
  const HttpResult result = client.call({.url = "https" + address.substr(4)});
  over.set_value();
  EXPECT_EQ(result.outcome, HttpOutcome::kNotSent);
  EXPECT_NE(result.error.find("no connection in time"), std::string::npos);
}

// A server must not fall over clients that do not speak TLS to it, or stop half way.
TEST_F(HttpClientTls, TheServerSurvivesBrokenHandshakes) {
  auto slow = options();
  slow.read_timeout = milliseconds(100);
  ServerThread server(slow, echo_created);
  RawSocket plain(server.port());
  plain.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(plain.closed_within(milliseconds(5000)));
  RawSocket silent(server.port());
  EXPECT_TRUE(silent.closed_within(milliseconds(5000)));
  RawSocket gone(server.port());
  gone.send("\x16\x03\x01");
  gone.reset();
  ClientThread client({.ca_file = certificate.certificate_file()});
  EXPECT_EQ(client.call({.url = "https://localhost:" + std::to_string(server.port()) + "/"})
                .response.status,
            201);
}

TEST(HttpClient, SaysWhichAuthoritiesItCannotRead) {
  EventLoop loop;
  auto client = HttpClient::create(loop, {.ca_file = "/nonexistent"});
  ASSERT_FALSE(client.has_value());
  EXPECT_TRUE(
      client.error().message.starts_with("cannot use certificate authorities /nonexistent"));
}

TEST(HttpClient, MayGoAwayWithCallsUnderWay) {
  std::promise<void> over;
  auto until = over.get_future();
  ScriptedPeer peer([&](int fd) {
    read_request(fd);
    until.wait();
  });
  {
    ClientThread client({.max_connections_per_host = 1});
    auto first = client.start({.url = peer.url()});
    auto second = client.start({.url = peer.url()});
    EXPECT_EQ(first.wait_for(milliseconds(50)), std::future_status::timeout);
  }
  over.set_value();
}

}  // namespace
}  // namespace trig::net
