#include "runtime/net/http_server.h"

#include <sys/resource.h>

#include <atomic>
#include <mutex>
#include <vector>

#include "tests/unit/http_fixture.h"

namespace trig::net {
namespace {

using std::chrono::milliseconds;

// Answers "METHOD path|query|body".
void echo(HttpRequest request, HttpResponder respond) {
  respond({.headers = {{"X-Probe", std::string(request.headers.get("x-probe"))}},
           .body = request.method + " " + request.path + "|" + request.query + "|" + request.body});
}

TEST(HttpServer, GivesTheHandlerTheParts) {
  ServerThread server({}, [](HttpRequest request, HttpResponder respond) {
    EXPECT_EQ(request.remote_address, "127.0.0.1");
    EXPECT_EQ(request.headers.get("x-PROBE"), "Value");
    EXPECT_FALSE(request.headers.has("x-other"));
    echo(std::move(request), std::move(respond));
  });
  RawSocket client(server.port());
  client.send(
      "POST /a%20b/c?x=1?y HTTP/1.1\r\nHost: h\r\nX-Probe: Value\r\n"
      "Content-Length: 5\r\n\r\nhello");
  const std::string response = client.read_response();
  EXPECT_EQ(status_of(response), 200);
  EXPECT_EQ(body_of(response), "POST /a%20b/c|x=1?y|hello");
  EXPECT_NE(response.find("X-Probe: Value\r\n"), std::string::npos);
}

TEST(HttpServer, TakesTheAbsoluteFormOfATarget) {
  ServerThread server({}, echo);
  RawSocket client(server.port());
  client.send("GET http://example.org/p?q HTTP/1.1\r\nHost: example.org\r\n\r\n");
  EXPECT_EQ(body_of(client.read_response()), "GET /p|q|");
}

TEST(HttpServer, ReadsChunkedBodies) {
  ServerThread server({}, echo);
  RawSocket client(server.port());
  client.send(
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n");
  EXPECT_EQ(body_of(client.read_response()), "POST /||abcdefg");
}

TEST(HttpServer, KeepsConnectionsAliveUnlessAskedNotTo) {
  ServerThread server({}, echo);
  RawSocket client(server.port());
  for (int i = 0; i < 3; ++i) {
    client.send("GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(body_of(client.read_response()), "GET /" + std::to_string(i) + "||");
  }
  EXPECT_EQ(server.server().stats().accepted, 1u);
  client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_NE(client.read_response().find("Connection: close"), std::string::npos);
  EXPECT_TRUE(client.closed_within(milliseconds(5000)));
}

TEST(HttpServer, ClosesAfterAnHttp10Request) {
  ServerThread server({}, echo);
  RawSocket client(server.port());
  client.send("GET / HTTP/1.0\r\n\r\n");
  EXPECT_EQ(body_of(client.read_all()), "GET /||");
}

// Later requests of a pipeline are answered at once by the handler, the first one last; still the
// answers come back in the order asked.
TEST(HttpServer, AnswersAPipelineInOrder) {
  std::mutex mutex;
  std::vector<std::string> seen;
  ServerThread server({}, [&](HttpRequest request, HttpResponder respond) {
    {
      std::lock_guard lock(mutex);
      seen.push_back(request.path);
    }
    if (request.path != "/0") return respond({.body = request.path});
    std::thread([respond] {
      std::this_thread::sleep_for(milliseconds(50));
      respond({.body = "/0"});
    }).detach();
  });
  RawSocket client(server.port());
  std::string pipeline;
  for (int i = 0; i < 50; ++i)
    pipeline += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: h\r\n\r\n";
  client.send(pipeline);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(body_of(client.read_response()), "/" + std::to_string(i));
  std::lock_guard lock(mutex);
  EXPECT_EQ(seen.size(), 50u);
}

TEST(HttpServer, TakesAnswersFromAnyThread) {
  std::atomic<int> running{0};
  ServerThread server({}, [&](HttpRequest request, HttpResponder respond) {
    ++running;
    std::thread([&running, respond, path = request.path] {
      respond({.body = path});
      --running;
    }).detach();
  });
  std::vector<RawSocket> clients;
  for (int i = 0; i < 20; ++i) clients.emplace_back(server.port());
  for (int round = 0; round < 10; ++round) {
    for (auto& client : clients) client.send("GET /r HTTP/1.1\r\nHost: h\r\n\r\n");
    for (auto& client : clients) EXPECT_EQ(body_of(client.read_response()), "/r");
  }
  EXPECT_TRUE(eventually([&] { return running == 0; }));
}

TEST(HttpServer, AnswersHeadWithoutABody) {
  ServerThread server({}, echo);
  RawSocket client(server.port());
  client.send("HEAD /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  const std::string response = client.read_all();
  EXPECT_NE(response.find("Content-Length: 9\r\n"), std::string::npos);
  EXPECT_EQ(body_of(response), "");
}

TEST(HttpServer, Answers500WhenTheHandlerDropsARequest) {
  ServerThread server({}, [](HttpRequest, HttpResponder) {});
  RawSocket client(server.port());
  client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(status_of(client.read_response()), 500);
}

TEST(HttpServer, NeverWritesAHeaderWithALineBreak) {
  ServerThread server({}, [](HttpRequest, HttpResponder respond) {
    respond({.headers = {{"Location", "x\r\nSet-Cookie: a=b"}}});
  });
  RawSocket client(server.port());
  client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  const std::string response = client.read_response();
  EXPECT_EQ(status_of(response), 500);
  EXPECT_EQ(response.find("Set-Cookie"), std::string::npos);
}

TEST(HttpServer, RefusesWhatIsNotHttp) {
  ServerThread server({}, echo);
  for (const char* bytes :
       {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 tls?\r\n\r\n", "GET /\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n", "POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
        "0\r\n\r\n"}) {
    RawSocket client(server.port());
    client.send(bytes);
    const std::string response = client.read_all();
    EXPECT_EQ(status_of(response), 400) << bytes;
    EXPECT_EQ(body_of(response), R"({"success":false,"error":"not an HTTP/1.1 request"})");
  }
  EXPECT_EQ(server.server().stats().requests, 0u);
}

TEST(HttpServer, BoundsTheHeader) {
  ServerThread server({}, echo);
  RawSocket fits(server.port());
  fits.send("GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(kMaxHeaderBytes - 1024, 'x') +
            "\r\n\r\n");
  EXPECT_EQ(status_of(fits.read_response()), 200);
  RawSocket over(server.port());
  over.send("GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(kMaxHeaderBytes, 'x') + "\r\n\r\n");
  EXPECT_EQ(status_of(over.read_all()), 431);
  RawSocket endless(server.port());
  endless.send("GET / HTTP/1.1\r\n");
  for (int i = 0; i < 1'000 && endless.send("X: " + std::string(100, 'x') + "\r\n");) ++i;
  EXPECT_EQ(status_of(endless.read_all()), 431);
  // Each line read for itself.
  RawSocket slow(server.port());
  slow.send("GET / HTTP/1.1\r\n");
  const std::size_t lines = kMaxHeaderBytes / 512 + 4;
  for (std::size_t i = 0; i < lines && slow.send("X: " + std::string(507, 'x') + "\r\n"); ++i)
    std::this_thread::sleep_for(milliseconds(5));
  EXPECT_EQ(status_of(slow.read_all()), 431);
}

TEST(HttpServer, RefusesALargeBodyBeforeItIsSent) {
  ServerThread server({.refusal_headers = {{"X-Cors", "*"}}, .max_body_bytes = 1000}, echo);
  RawSocket exact(server.port());
  exact.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n" + std::string(1000, 'x'));
  EXPECT_EQ(status_of(exact.read_response()), 200);
  RawSocket announced(server.port());
  announced.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1001\r\n\r\n");
  const std::string response = announced.read_response();
  EXPECT_EQ(status_of(response), 413);
  EXPECT_NE(response.find("X-Cors: *"), std::string::npos);
}

TEST(HttpServer, RefusesALargeChunkedBodyWhileReading) {
  ServerThread server({.max_body_bytes = 10'000}, echo);
  RawSocket client(server.port());
  client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 100; ++i)
    if (!client.send("400\r\n" + std::string(1024, 'x') + "\r\n")) break;
  EXPECT_EQ(status_of(client.read_all()), 413);
}

// The answer must reach a client that goes on sending its whole body first.
TEST(HttpServer, ARefusedClientThatSendsEverythingReadsTheAnswer) {
  ServerThread server({}, echo);
  for (int i = 0; i < 20; ++i) {
    RawSocket client(server.port());
    const std::string body(1'000'000, 'x');
    client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n" + body);
    EXPECT_EQ(status_of(client.read_all()), 413);
  }
}

// But patience with a refused client ends, by bytes and by time.
TEST(HttpServer, DoesNotListenToARefusedClientForEver) {
  ServerThread server({}, echo);
  RawSocket talker(server.port());
  talker.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000000\r\n\r\n");
  const std::string piece(1 << 20, 'x');
  std::size_t sent = 0;
  while (sent < 100 * piece.size() && talker.send(piece)) sent += piece.size();
  EXPECT_LT(sent, 100 * piece.size());
  RawSocket silent(server.port());
  silent.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000000\r\n\r\n");
  EXPECT_EQ(status_of(silent.read_response()), 413);
  EXPECT_TRUE(eventually([&] { return server.server().stats().open_connections == 0; }));
}

TEST(HttpServer, GivesUpOnAClientThatDoesNotRead) {
  ServerThread server({.write_timeout = milliseconds(100)}, [](HttpRequest, HttpResponder respond) {
    respond({.body = std::string(50'000'000, 'x')});
  });
  RawSocket client(server.port());
  client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  ASSERT_TRUE(eventually([&] { return server.server().stats().requests == 1; }));
  EXPECT_TRUE(eventually([&] { return server.server().stats().open_connections == 0; }));
}

TEST(HttpServer, AsksForTheBodyWhenTheClientWaitsToBeAsked) {
  ServerThread server({}, echo);
  RawSocket client(server.port());
  client.send("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(status_of(client.read_response()), 100);
  client.send("ok");
  EXPECT_EQ(body_of(client.read_response()), "POST /||ok");
}

// All connections together may hold no more body bytes than the budget.
TEST(HttpServer, BoundsTheBodiesOfAllConnectionsTogether) {
  ServerThread server({.max_body_bytes = 10'000, .max_buffered_bytes = 25'000}, echo);
  std::vector<RawSocket> slow;
  for (int i = 0; i < 2; ++i) {
    slow.emplace_back(server.port());
    slow.back().send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10000\r\n\r\n" +
                     std::string(9'999, 'x'));
  }
  // The third can only be refused once the first two have been read.
  const std::string whole =
      "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 9000"
      "\r\n\r\n" +
      std::string(9'000, 'y');
  std::string refused;
  EXPECT_TRUE(eventually([&] {
    RawSocket third(server.port());
    third.send(whole);
    refused = third.read_all();
    return status_of(refused) == 503;
  }));
  EXPECT_NE(refused.find("Retry-After: 1"), std::string::npos);
  for (auto& client : slow) {
    client.send("x");
    EXPECT_EQ(status_of(client.read_response()), 200);
  }
  RawSocket after(server.port());
  after.send(whole);
  EXPECT_EQ(status_of(after.read_all()), 200);
}

TEST(HttpServer, EndsARequestThatDripsIn) {
  ServerThread server({.read_timeout = milliseconds(200)}, echo);
  RawSocket client(server.port());
  client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n");
  std::thread drip([&] {  // each byte in time, the whole never
    for (int i = 0; i < 40 && client.send("x"); ++i) std::this_thread::sleep_for(milliseconds(20));
  });
  const std::string response = client.read_response();
  drip.join();
  EXPECT_EQ(status_of(response), 408);
  EXPECT_EQ(server.server().stats().requests, 0u);
}

TEST(HttpServer, ClosesIdleConnections) {
  ServerThread server({.read_timeout = milliseconds(100), .idle_timeout = milliseconds(150)}, echo);
  RawSocket silent(server.port());
  RawSocket used(server.port());
  used.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(status_of(used.read_response()), 200);
  EXPECT_TRUE(silent.closed_within(milliseconds(5000)));
  EXPECT_TRUE(used.closed_within(milliseconds(5000)));
  EXPECT_TRUE(eventually([&] { return server.server().stats().open_connections == 0; }));
}

TEST(HttpServer, DoesNotTimeOutAHandler) {
  ServerThread server({.read_timeout = milliseconds(50), .idle_timeout = milliseconds(50)},
                      [](HttpRequest, HttpResponder respond) {
                        std::thread([respond] {
                          std::this_thread::sleep_for(milliseconds(300));
                          respond({.body = "late"});
                        }).detach();
                      });
  RawSocket client(server.port());
  client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(body_of(client.read_response()), "late");
}

TEST(HttpServer, ShedsConnectionsBeyondItsNumber) {
  ServerThread server({.max_connections = 3}, echo);
  std::vector<RawSocket> held;
  for (int i = 0; i < 3; ++i) held.emplace_back(server.port());
  ASSERT_TRUE(eventually([&] { return server.server().stats().open_connections == 3; }));
  RawSocket fourth(server.port());
  EXPECT_EQ(status_of(fourth.read_all()), 503);
  EXPECT_EQ(server.server().stats().shed, 1u);
  held[0].send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(status_of(held[0].read_response()), 200);
  held.pop_back();
  ASSERT_TRUE(eventually([&] { return server.server().stats().open_connections == 2; }));
  RawSocket fifth(server.port());
  fifth.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(status_of(fifth.read_response()), 200);
}

// 1,000 connections each give one byte now and then; a good client is served all the while.
TEST(HttpServer, ServesAGoodClientAmongAThousandSlowOnes) {
  ASSERT_GE(raise_fd_limit(), 2'500u);
  ServerThread server({}, echo);
  std::vector<RawSocket> slow;
  for (int i = 0; i < 1'000; ++i) {
    slow.emplace_back(server.port());
    ASSERT_TRUE(slow.back().connected());
    slow.back().send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n");
  }
  RawSocket good(server.port());
  for (int round = 0; round < 20; ++round) {
    for (auto& client : slow) client.send("X");
    good.send("POST /good HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nok");
    ASSERT_EQ(body_of(good.read_response()), "POST /good||ok");
  }
  EXPECT_EQ(server.server().stats().open_connections, 1'001u);
}

TEST(HttpServer, SurvivesClientsThatLeaveAtAnyPoint) {
  std::mutex mutex;
  std::vector<HttpResponder> kept;
  ServerThread server({}, [&](HttpRequest request, HttpResponder respond) {
    if (request.path == "/ping") return respond({.body = std::string(100'000, 'x')});
    std::lock_guard lock(mutex);
    kept.push_back(std::move(respond));
  });
  const std::string whole = "POST /slow HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello";
  for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
    RawSocket client(server.port());
    client.send(std::string_view(whole).substr(0, cut));
    if (cut % 2 == 0) client.reset();
  }
  for (int i = 0; i < 20; ++i) {  // asks for a large answer and does not wait for it
    RawSocket client(server.port());
    client.send("GET /ping HTTP/1.1\r\nHost: h\r\n\r\n");
    client.reset();
  }
  ASSERT_TRUE(eventually([&] {
    std::lock_guard lock(mutex);
    return !kept.empty();
  }));
  std::lock_guard lock(mutex);
  for (auto& respond : kept) respond({.body = "nobody is there"});
  RawSocket client(server.port());
  client.send("GET /ping HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(status_of(client.read_response()), 200);
}

TEST(HttpServer, StopsGracefully) {
  std::promise<HttpResponder> asked;
  ServerThread server(
      {}, [&](HttpRequest, HttpResponder respond) { asked.set_value(std::move(respond)); });
  RawSocket idle(server.port());
  RawSocket busy(server.port());
  busy.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  HttpResponder respond = asked.get_future().get();
  ASSERT_TRUE(eventually([&] { return server.server().stats().open_connections == 2; }));

  std::promise<void> stopped;
  auto done = stopped.get_future();
  const auto port = server.port();
  server.server().stop(std::chrono::seconds(10), [&] { stopped.set_value(); });
  EXPECT_TRUE(idle.closed_within(milliseconds(5000)));
  EXPECT_FALSE(RawSocket(port).connected());
  EXPECT_EQ(done.wait_for(milliseconds(50)), std::future_status::timeout);
  respond({.body = "in time"});
  const std::string response = busy.read_all();
  EXPECT_EQ(body_of(response), "in time");
  EXPECT_NE(response.find("Connection: close"), std::string::npos);
  EXPECT_EQ(done.wait_for(std::chrono::seconds(5)), std::future_status::ready);
}

TEST(HttpServer, StopIsBoundedInTime) {
  std::promise<HttpResponder> asked;
  ServerThread server(
      {}, [&](HttpRequest, HttpResponder respond) { asked.set_value(std::move(respond)); });
  RawSocket busy(server.port());
  busy.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  HttpResponder respond = asked.get_future().get();
  std::promise<void> stopped;
  auto done = stopped.get_future();
  server.server().stop(milliseconds(50), [&] { stopped.set_value(); });
  EXPECT_EQ(done.wait_for(std::chrono::seconds(5)), std::future_status::ready);
  EXPECT_TRUE(busy.closed_within(milliseconds(5000)));
  respond({.body = "too late"});
}

TEST(HttpServer, RespondersOutliveTheServer) {
  std::promise<HttpResponder> asked;
  HttpResponder respond;
  {
    ServerThread server(
        {}, [&](HttpRequest, HttpResponder given) { asked.set_value(std::move(given)); });
    RawSocket busy(server.port());
    busy.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    respond = asked.get_future().get();
    server.destroy_server();
    EXPECT_TRUE(busy.closed_within(milliseconds(5000)));
  }
  respond({.body = "into the void"});
}

TEST(HttpServer, SaysWhereItCannotListen) {
  ServerThread server({}, echo);
  EventLoop loop;
  auto second = HttpServer::listen(loop, {.port = server.port()}, echo);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().message, "cannot listen on 127.0.0.1 port " +
                                        std::to_string(server.port()) + ": Address already in use");
  auto tls = HttpServer::listen(loop, {.certificate_file = "/nonexistent"}, echo);
  ASSERT_FALSE(tls.has_value());
  EXPECT_TRUE(tls.error().message.starts_with("cannot use certificate /nonexistent: "));
}

TEST(HttpServer, RaisesTheLimitOfOpenFiles) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  const auto hard = limit.rlim_max;
  limit.rlim_cur = 256;
  setrlimit(RLIMIT_NOFILE, &limit);
  EXPECT_EQ(raise_fd_limit(), hard);
  getrlimit(RLIMIT_NOFILE, &limit);
  EXPECT_EQ(limit.rlim_cur, hard);
}

}  // namespace
}  // namespace trig::net
