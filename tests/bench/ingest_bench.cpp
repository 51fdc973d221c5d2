// What ingest costs per event, beside the least it could cost: simdjson proving the same bytes.
//   ingest_bench            prints both, and the HTTP way in, as time per event
#include <benchmark/benchmark.h>
#include <simdjson.h>

#include <future>
#include <string>
#include <thread>

#include "runtime/ingest/segment_api.h"
#include "runtime/net/event_loop.h"
#include "runtime/net/http_client.h"
#include "runtime/net/http_server.h"

namespace {

using namespace trig;  // NOLINT: a program of its own

constexpr std::size_t kEvents = 100;

std::string batch_body() {
  std::string body = R"({"batch":[)";
  for (std::size_t i = 0; i < kEvents; ++i) {
    if (i > 0) body += ',';
    body += R"({"messageId":"node-next-1711627200000-3f0c7a52-51f1-4a0e-9d2c-)" +
            std::to_string(100000 + i) +
            R"(","type":"track","event":"Order Completed","userId":"user-)" + std::to_string(i) +
            R"(","anonymousId":"a7c0b1f2-0000-4000-8000-000000000000",)"
            R"("timestamp":"2026-03-28T11:59:58.000Z","integrations":{},)"
            R"("context":{"library":{"name":"@segment/analytics-node","version":"3.1.0"}},)"
            R"("properties":{"order_id":"o-12345","total":119.90,"currency":"EUR","products":)"
            R"([{"product_id":"p1","price":19.90,"quantity":1},{"product_id":"p2","price":100,)"
            R"("quantity":1}]},"_metadata":{"nodeVersion":"20.11.0","jsRuntime":"node"}})";
  }
  return body + R"(],"writeKey":"k","sentAt":"2026-03-28T12:00:00.000Z"})";
}

void per_event(benchmark::State& state) {
  state.counters["per_event"] =
      benchmark::Counter(static_cast<double>(state.iterations() * kEvents),
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void prove_only(benchmark::State& state) {
  const simdjson::padded_string body(batch_body());
  simdjson::dom::parser parser;
  for (auto _ : state) benchmark::DoNotOptimize(parser.parse(body).error());
  per_event(state);
}
BENCHMARK(prove_only);

void parse(benchmark::State& state) {
  const std::string body = batch_body();
  const Instant now = parse_instant("2026-03-28T12:00:00Z").value();
  ingest::EnvelopeParser parser;
  for (auto _ : state)
    benchmark::DoNotOptimize(parser.parse(body, ingest::SegmentCall::kBatch, now));
  per_event(state);
}
BENCHMARK(parse);

class StandingClock : public Clock {
 public:
  Instant now() const override { return parse_instant("2026-03-28T12:00:00Z").value(); }
};

class NoInbox : public Inbox {
 public:
  void submit(std::vector<Envelope>, std::function<void(Receipt)> done) override { done({}); }
  void unsubscribe(UnsubscribeRequest, std::function<void(Receipt)> done) override { done({}); }
};

// One client, one call after another, over loopback: the server's and the client's work together.
void over_http(benchmark::State& state) {
  StandingClock clock;
  NoInbox inbox;
  ingest::SegmentApi api({.write_keys = {{"shop", "k"}}}, inbox, clock);
  net::EventLoop server_loop;
  auto server = net::HttpServer::listen(server_loop, {}, [&](auto request, auto respond) {
                  api.handle(std::move(request), std::move(respond));
                }).value();
  std::thread server_thread([&] { server_loop.run(); });
  net::EventLoop client_loop;
  auto client = net::HttpClient::create(client_loop, {}).value();
  std::thread client_thread([&] { client_loop.run(); });
  const net::HttpRequestOut call{
      .url = "http://127.0.0.1:" + std::to_string(server->port()) + "/v1/batch",
      .body = batch_body()};
  for (auto _ : state) {
    std::promise<int> status;
    client_loop.post([&] {
      client->request(call,
                      [&](net::HttpResult result) { status.set_value(result.response.status); });
    });
    if (status.get_future().get() != 200) state.SkipWithError("not 200");
  }
  per_event(state);
  client_loop.stop();
  server_loop.stop();
  client_thread.join();
  server_thread.join();
}
BENCHMARK(over_http)->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
