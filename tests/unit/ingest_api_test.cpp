#include <sys/resource.h>

#include "compiler/base/hash.h"
#include "runtime/ingest/segment_api.h"
#include "runtime/ports/limits.h"
#include "tests/unit/http_fixture.h"
#include "tests/unit/ingest_fixture.h"

namespace trig::ingest {
namespace {

using net::body_of;
using net::RawSocket;
using net::status_of;

const std::string kEvent = R"({"type":"track","event":"E","userId":"u","messageId":"m"})";
const std::string kBatch = R"({"batch":[)" + kEvent + "]}";

class SegmentApiTest : public testing::Test {
 protected:
  // Sends one request with the first key and gives the whole response.
  std::string send(std::string method, std::string path, std::string body,
                   std::string headers = {}) {
    return raw(method + " " + path + " HTTP/1.1\r\nHost: h\r\nAuthorization: Basic " +
               base64("wk_shop:") + "\r\n" + headers +
               "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  std::string send_without_key(std::string path, std::string body) {
    return raw("POST " + path + " HTTP/1.1\r\nHost: h\r\nContent-Length: " +
               std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  std::string raw(const std::string& bytes) {
    RawSocket client(server_.port());
    client.send(bytes);
    return client.read_response();
  }

  RecordingInbox inbox_;
  StandingClock clock_;
  SegmentApi api_{
      {.write_keys = {{"shop", "wk_shop"}, {"blog", "wk_blog"}}, .public_host = "e.org"},
      inbox_,
      clock_};
  net::ServerThread server_{{.refusal_headers = SegmentApi::cors_headers()},
                            [this](net::HttpRequest request, net::HttpResponder respond) {
                              api_.handle(std::move(request), std::move(respond));
                            }};
};

TEST_F(SegmentApiTest, TakesEveryRoute) {
  const std::string single =
      R"({"event":"E","userId":"u","previousId":"p","groupId":"g","sentAt":null})";
  std::size_t calls = 0;
  for (const std::string slash : {"", "/"}) {
    for (const char* path : {"/v1/batch", "/v1/b", "/v1/import"}) {
      EXPECT_EQ(body_of(send("POST", path + slash, kBatch)), R"({"success":true})") << path;
      ++calls;
    }
    for (const char* path : {"/v1/track", "/v1/t", "/v1/identify", "/v1/i", "/v1/page", "/v1/p",
                             "/v1/screen", "/v1/s", "/v1/group", "/v1/g", "/v1/alias", "/v1/a"}) {
      EXPECT_EQ(body_of(send("POST", path + slash, single)), R"({"success":true})") << path;
      ++calls;
    }
    EXPECT_EQ(status_of(send("POST", "/v1/m" + slash, "not even JSON")), 200);
  }
  const auto batches = inbox_.batches();
  ASSERT_EQ(batches.size(), calls);
  for (const auto& batch : batches) {
    ASSERT_EQ(batch.size(), 1u);
    EXPECT_EQ(batch[0].malformed, "");
    EXPECT_EQ(batch[0].source, "shop");
    EXPECT_EQ(batch[0].received_at, clock_.now());
  }
}

TEST_F(SegmentApiTest, OneCallIsOneSubmit) {
  EXPECT_EQ(status_of(send("POST", "/v1/batch",
                           R"({"batch":[)" + kEvent + R"(,{"type":"track"},)" + kEvent + "]}")),
            200);
  ASSERT_EQ(inbox_.batches().size(), 1u);
  const auto batch = inbox_.batches()[0];
  ASSERT_EQ(batch.size(), 3u);
  EXPECT_EQ(batch[0].malformed, "");
  EXPECT_EQ(batch[1].malformed, "a track call has no event name");
  EXPECT_EQ(batch[2].malformed, "");
}

TEST_F(SegmentApiTest, KnowsItsKeys) {
  EXPECT_EQ(status_of(send_without_key("/v1/batch", kBatch)), 401);
  EXPECT_EQ(status_of(send_without_key("/v1/t", R"({"event":"E","userId":"u","writeKey":"wk"})")),
            401);
  EXPECT_EQ(status_of(send_without_key("/v1/t", R"({"event":"E","userId":"u","writeKey":""})")),
            401);
  for (const char* authorization : {"Basic d2tfeA==", "Basic", "Basic !!!", "Basic Og=="}) {
    const std::string response =
        raw("POST /v1/batch HTTP/1.1\r\nHost: h\r\nAuthorization: " + std::string(authorization) +
            "\r\nContent-Length: " + std::to_string(kBatch.size()) + "\r\n\r\n" + kBatch);
    EXPECT_EQ(status_of(response), 401) << authorization;
    EXPECT_EQ(body_of(response), R"({"success":false,"error":"unknown write key"})");
  }
  EXPECT_TRUE(inbox_.batches().empty());
  EXPECT_EQ(
      status_of(send_without_key("/v1/t", R"({"event":"E","userId":"u","writeKey":"wk_blog"})")),
      200);
  EXPECT_EQ(
      status_of(send_without_key("/v1/b", R"({"writeKey":"wk_shop","batch":[)" + kEvent + "]}")),
      200);
  ASSERT_EQ(inbox_.batches().size(), 2u);
  EXPECT_EQ(inbox_.batches()[0][0].source, "blog");
  EXPECT_EQ(inbox_.batches()[1][0].source, "shop");
}

TEST_F(SegmentApiTest, SniffsTheBody) {
  const std::string gzip = "Content-Encoding: gzip\r\n";
  const std::string form = "Content-Type: application/x-www-form-urlencoded\r\n";
  EXPECT_EQ(status_of(send("POST", "/v1/t", kEvent, "Content-Type: text/plain\r\n")), 200);
  EXPECT_EQ(status_of(send("POST", "/v1/batch", compress(kBatch, kGzip), gzip + form)), 200);
  EXPECT_EQ(status_of(send("POST", "/v1/batch", compress(kBatch, kGzip), form)), 200);
  EXPECT_EQ(status_of(send("POST", "/v1/batch", kBatch, gzip)), 200);  // unpacked by a proxy
  for (const int coding : {kZlib, kRawDeflate})
    EXPECT_EQ(status_of(send("POST", "/v1/batch", compress(kBatch, coding),
                             "Content-Encoding: deflate\r\n")),
              200);
  EXPECT_EQ(status_of(send("POST", "/v1/batch", kBatch, "Content-Encoding: br\r\n")), 415);
  for (const auto& batch : inbox_.batches()) EXPECT_EQ(batch.at(0).malformed, "");
  EXPECT_EQ(inbox_.batches().size(), 6u);
}

TEST_F(SegmentApiTest, Refuses400OnlyWhatIsNoJson) {
  for (const std::string body : {"", "hello", R"({"batch":[)", R"({"batch":[{]})"}) {
    const std::string response = send("POST", "/v1/batch", body);
    EXPECT_EQ(status_of(response), 400) << body;
    EXPECT_EQ(body_of(response), R"({"success":false,"error":"the body is not JSON"})");
  }
  const std::string packed = compress(kBatch, kGzip);
  EXPECT_EQ(status_of(send("POST", "/v1/batch", packed.substr(0, packed.size() / 2))), 400);
  EXPECT_TRUE(inbox_.batches().empty());
  EXPECT_EQ(status_of(send("POST", "/v1/batch", "{}")), 200);
  EXPECT_EQ(inbox_.batches().at(0).at(0).malformed, "the body has no batch array");
  EXPECT_EQ(status_of(send("POST", "/v1/batch", R"({"batch":[]})")), 200);
  EXPECT_EQ(inbox_.batches().size(), 1u);
}

TEST_F(SegmentApiTest, BoundsABatchButKeepsALargeEvent) {
  const auto batch_of = [](std::size_t size) {
    std::string body = R"({"batch":[)" + kEvent + R"(],"padding":""})";
    body.insert(body.size() - 2, size - body.size(), 'x');
    return body;
  };
  EXPECT_EQ(status_of(send("POST", "/v1/batch", batch_of(kMaxBatchBytes))), 200);
  for (const std::string& body :
       {batch_of(kMaxBatchBytes + 1), compress(batch_of(kMaxBatchBytes + 1), kGzip)}) {
    const std::string response = send("POST", "/v1/batch", body);
    EXPECT_EQ(status_of(response), 413);
    EXPECT_NE(response.find("Access-Control-Allow-Origin: *"), std::string::npos);
    EXPECT_TRUE(body_of(response).starts_with(R"({"success":false,"error":")"));
  }
  std::string many = R"({"batch":[{})";
  for (std::size_t i = 0; i < kMaxEventsPerBatch; ++i) many += ",{}";
  EXPECT_EQ(status_of(send("POST", "/v1/batch", many + "]}")), 413);
  EXPECT_EQ(inbox_.batches().size(), 1u);

  const std::string large = R"({"userId":"u","event":"E","properties":{"x":")" +
                            std::string(kMaxEventBytes, 'x') + "\"}}";
  EXPECT_EQ(status_of(send("POST", "/v1/t", large)), 200);
  const Envelope kept = inbox_.batches().at(1).at(0);
  EXPECT_EQ(kept.malformed, "the event is larger than 32768 bytes");
  EXPECT_EQ(kept.payload, large.substr(0, kMaxEventBytes));
}

// 256 MB of spaces in 250 KB of gzip; compressed in pieces, so that the test itself stays small.
std::string gzip_bomb() {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, kGzip, 9, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(400'000, '\0');
  std::string piece(1 << 20, ' ');
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  for (int i = 0; i < 256; ++i) {
    stream.next_in = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_in = static_cast<uInt>(piece.size());
    EXPECT_EQ(deflate(&stream, i == 255 ? Z_FINISH : Z_NO_FLUSH), i == 255 ? Z_STREAM_END : Z_OK);
  }
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

TEST_F(SegmentApiTest, DoesNotUnfoldABomb) {
  const std::string bomb = gzip_bomb();
  ASSERT_LT(bomb.size(), kMaxBatchBytes);
  EXPECT_EQ(status_of(send("POST", "/v1/batch", kBatch)), 200);  // everything is warmed up
  rusage before{};
  rusage after{};
  getrusage(RUSAGE_SELF, &before);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(status_of(send("POST", "/v1/batch", bomb)), 413);
  getrusage(RUSAGE_SELF, &after);
  // Unfolding a single one would take 256 MB; the allowance is for allocators that hold memory
  // back.
  EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 64 * 1024) << "kilobytes";
}

TEST_F(SegmentApiTest, PassesOnWhatTheInboxSays) {
  inbox_.answer_with({.kind = ReceiptKind::kOverloaded, .retry_after = std::chrono::seconds(7)});
  const std::string overloaded = send("POST", "/v1/batch", kBatch);
  EXPECT_EQ(status_of(overloaded), 429);
  EXPECT_NE(overloaded.find("Retry-After: 7\r\n"), std::string::npos);
  inbox_.answer_with({.kind = ReceiptKind::kOverloaded, .retry_after = std::chrono::hours(1)});
  EXPECT_NE(send("POST", "/v1/t", kEvent).find("Retry-After: 30\r\n"), std::string::npos);
  inbox_.answer_with({.kind = ReceiptKind::kOverloaded, .retry_after = std::chrono::seconds(0)});
  EXPECT_NE(send("POST", "/v1/t", kEvent).find("Retry-After: 1\r\n"), std::string::npos);
  inbox_.answer_with({.kind = ReceiptKind::kFailed});
  const std::string failed = send("POST", "/v1/batch", kBatch);
  EXPECT_EQ(status_of(failed), 503);
  EXPECT_TRUE(body_of(failed).starts_with(R"({"success":false,"error":")"));
  EXPECT_TRUE(inbox_.batches().empty());
}

TEST_F(SegmentApiTest, RefusesOtherPathsAndMethods) {
  for (const char* path : {"/", "/v1", "/v1/", "/v1/trackk", "/v2/track", "/v1/batch//", "/v1/T",
                           "/v1/projects//settings", "/v1/projects/settings"})
    EXPECT_EQ(status_of(send("POST", path, kBatch)), 404) << path;
  for (const char* method : {"GET", "PUT", "DELETE", "PATCH"}) {
    const std::string response = send(method, "/v1/batch", "");
    EXPECT_EQ(status_of(response), 405) << method;
    EXPECT_NE(response.find("Allow: POST, OPTIONS\r\n"), std::string::npos);
    EXPECT_EQ(body_of(response), R"({"success":false,"error":"only POST is allowed here"})");
  }
  EXPECT_EQ(status_of(send("GET", "/v1/m", "")), 405);
  EXPECT_EQ(status_of(send("POST", "/v1/projects/wk_shop/settings", "")), 405);
}

TEST_F(SegmentApiTest, AnswersPreflights) {
  const std::string response =
      raw("OPTIONS /v1/t HTTP/1.1\r\nHost: h\r\nOrigin: https://shop.example\r\n"
          "Access-Control-Request-Method: POST\r\n"
          "Access-Control-Request-Headers: authorization,content-type,x-retry-count\r\n\r\n");
  EXPECT_EQ(status_of(response), 204);
  EXPECT_NE(response.find("Access-Control-Allow-Origin: *\r\n"), std::string::npos);
  EXPECT_NE(response.find("Access-Control-Allow-Methods: GET, POST, OPTIONS\r\n"),
            std::string::npos);
  EXPECT_NE(response.find("Access-Control-Allow-Headers: authorization, content-type, "
                          "content-encoding, x-retry-count"),
            std::string::npos);
  EXPECT_EQ(response.find("Content-Length"), std::string::npos);
  for (const std::string& readable :
       {send("POST", "/v1/t", kEvent), send("POST", "/v1/t", "x"), send("GET", "/v1/t", ""),
        send_without_key("/v1/t", kEvent), send("POST", "/nowhere", "")}) {
    EXPECT_NE(readable.find("Access-Control-Allow-Origin: *\r\n"), std::string::npos);
    EXPECT_NE(readable.find("Access-Control-Expose-Headers: Retry-After\r\n"), std::string::npos);
  }
}

TEST_F(SegmentApiTest, GivesBrowsersTheirSettings) {
  const std::string response = raw("GET /v1/projects/wk_shop/settings HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(status_of(response), 200);
  EXPECT_EQ(body_of(response),
            R"({"integrations":{"Segment.io":{"apiKey":"wk_shop","apiHost":"e.org/v1",)"
            R"("unbundledIntegrations":[],"addBundledMetadata":true,"versionSettings":)"
            R"({"version":"4.4.7","componentTypes":["browser"]}}},"plan":{"track":{"__default":)"
            R"({"enabled":true,"integrations":{}}}},"edgeFunction":{},"middlewareSettings":{},)"
            R"("enabledMiddleware":{},"metrics":{"sampleRate":0},"remotePlugins":[]})");
  EXPECT_EQ(status_of(raw("GET /v1/projects/unknown/settings HTTP/1.1\r\nHost: h\r\n\r\n")), 404);
}

// An Inbox that takes its time and answers from a thread of its own.
class SlowInbox : public Inbox {
 public:
  ~SlowInbox() override {
    for (auto& thread : threads_) thread.join();
  }
  void submit(std::vector<Envelope>, std::function<void(Receipt)> done) override {
    threads_.emplace_back([this, done = std::move(done)] {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      committed_ = true;
      done({});
    });
  }
  void unsubscribe(UnsubscribeRequest, std::function<void(Receipt)>) override {}
  bool committed() const { return committed_; }

 private:
  std::atomic<bool> committed_{false};
  std::vector<std::thread> threads_;
};

TEST(SegmentApi, AnswersOnlyAfterTheCommit) {
  SlowInbox inbox;
  StandingClock clock;
  SegmentApi api({.write_keys = {{"shop", "k"}}}, inbox, clock);
  net::ServerThread server({}, [&](net::HttpRequest request, net::HttpResponder respond) {
    api.handle(std::move(request), std::move(respond));
  });
  RawSocket client(server.port());
  const std::string body = R"({"writeKey":"k","userId":"u","event":"E"})";
  client.send("POST /v1/t HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) +
              "\r\n\r\n" + body);
  EXPECT_EQ(status_of(client.read_response()), 200);
  EXPECT_TRUE(inbox.committed());
}

}  // namespace
}  // namespace trig::ingest
