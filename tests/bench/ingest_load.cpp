// One client of the example shop, as fast as it is answered: people look at products, fill carts
// and order, 100 events a call (Segment's batch). What each event should start is known beforehand.
//
//   ingest_load --url http://127.0.0.1:8080 --key shop-demo-key [--events N] [--lanes N]
//
// One line of JSON: events a second, the times of the calls, what was sent and what it should
// start. Everything is built before the clock starts, so that only sending and waiting is measured.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>

#include "compiler/base/hash.h"
#include "runtime/net/event_loop.h"
#include "runtime/net/http_client.h"

namespace {

using namespace trig;  // NOLINT: a program of its own
using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kEventsPerCall = 100;
constexpr std::size_t kEventsPerPerson = 5;  // look, cart, look, look, order or cart

struct Made {
  std::string event;
  std::string properties;
};

std::string cart(std::size_t person, bool with_order_id, std::string_view total) {
  return fmt::format(
      R"({{"{}":"{}-{}","total":{},"currency":"EUR","products":[{{"product_id":"p-{}",)"
      R"("name":"Linen shirt","price":{},"quantity":1,"url":"https://shop.example.com/p/{}"}}]}})",
      with_order_id ? "order_id" : "cart_id", with_order_id ? "o" : "c", person, total, person % 97,
      total, person % 97);
}

// The events of one person, in their order; `visit` says which.
Made made(std::size_t person, std::size_t visit) {
  if (visit == 4 && person % 4 == 0) return {"Order Completed", cart(person, true, "45.00")};
  if (visit == 1 || visit == 4)
    return {"Cart Updated", cart(person, false, person % 2 == 0 ? "45.00" : "15.00")};
  return {"Product Viewed",
          fmt::format(R"({{"product_id":"p-{}","name":"Linen shirt","category":"shirts",)"
                      R"("price":45.00,"url":"https://shop.example.com/p/{}"}})",
                      person % 97, person % 97)};
}

// What examples/shop makes of them: `still_looking` at the third look, `abandoned_cart` once for a
// cart of 20 EUR or more, `order_confirmation` and `cross_sell` for an order.
std::size_t journeys_of(std::size_t person) {
  return 1 + (person % 2 == 0 ? 1 : 0) + (person % 4 == 0 ? 2 : 0);
}

std::string event_json(std::size_t person, std::size_t visit) {
  const Made event = made(person, visit);
  return fmt::format(
      R"({{"messageId":"node-next-1711627200000-3f0c7a52-51f1-4a0e-9d2c-{:06}-{}",)"
      R"("type":"track","event":"{}","userId":"user-{}",)"
      R"("anonymousId":"a7c0b1f2-0000-4000-8000-{:012}","integrations":{{}},)"
      R"("context":{{"library":{{"name":"@segment/analytics-node","version":"2.2.1"}}}},)"
      R"("properties":{},"_metadata":{{"nodeVersion":"20.11.0","jsRuntime":"node"}}}})",
      person, visit, event.event, person, person, event.properties);
}

std::vector<std::string> make_bodies(std::size_t people) {
  std::vector<std::string> bodies;
  std::string body;
  std::size_t events = 0;
  for (std::size_t visit = 0; visit < kEventsPerPerson; ++visit)
    for (std::size_t person = 0; person < people; ++person) {
      body += body.empty() ? R"({"batch":[)" : ",";
      body += event_json(person, visit);
      if (++events % kEventsPerCall == 0) bodies.push_back(std::exchange(body, {}) + "]}");
    }
  return bodies;
}

// Sends every body, `lanes` at a time, each lane over a connection that stays open.
class Load {
 public:
  Load(std::string url, const std::string& key, std::vector<std::string> bodies)
      : url_(std::move(url)),
        authorization_("Basic " + base64(key + ":")),
        bodies_(std::move(bodies)),
        milliseconds_(bodies_.size()) {}

  // Seconds; 0 if a call was not answered with 200.
  double run(std::size_t lanes) {
    auto client = net::HttpClient::create(loop_, {});
    if (!client) return 0;
    client_ = std::move(*client);
    const auto begin = SteadyClock::now();
    for (std::size_t lane = 0; lane < lanes; ++lane) loop_.post([this] { send_next(); });
    loop_.run();
    const std::chrono::duration<double> spent = SteadyClock::now() - begin;
    client_.reset();
    return failure_.empty() ? spent.count() : 0;
  }
  const std::string& failure() const { return failure_; }
  double percentile(double part) {
    std::sort(milliseconds_.begin(), milliseconds_.end());
    return milliseconds_[static_cast<std::size_t>(part * static_cast<double>(bodies_.size() - 1))];
  }

 private:
  void send_next() {
    if (next_ == bodies_.size()) return;
    const std::size_t call = next_++;
    const auto begin = SteadyClock::now();
    net::HttpRequestOut request{.url = url_ + "/v1/batch", .body = std::move(bodies_[call])};
    request.headers.add("Authorization", authorization_);
    client_->request(std::move(request), [this, call, begin](const net::HttpResult& result) {
      const std::chrono::duration<double, std::milli> spent = SteadyClock::now() - begin;
      milliseconds_[call] = spent.count();
      if (result.response.status != 200) {
        failure_ = fmt::format("call {}: status {} {}{}", call, result.response.status,
                               result.response.body, result.error);
        return loop_.stop();
      }
      if (++answered_ == bodies_.size()) return loop_.stop();
      send_next();
    });
  }

  std::string url_;
  std::string authorization_;
  std::vector<std::string> bodies_;
  std::vector<double> milliseconds_;
  net::EventLoop loop_;
  std::unique_ptr<net::HttpClient> client_;
  std::size_t next_ = 0;
  std::size_t answered_ = 0;
  std::string failure_;
};

}  // namespace

int main(int argc, char** argv) {
  std::string url;
  std::string key;
  std::size_t events = 100'000;
  std::size_t lanes = 1;
  CLI::App app("posts events to a server of examples/shop");
  app.add_option("--url", url, "of the server")->required();
  app.add_option("--key", key, "a write key of it")->required();
  app.add_option("--events", events, "rounded down to whole thousands")
      ->check(CLI::Range(1000, 10'000'000));
  app.add_option("--lanes", lanes, "calls at a time")->check(CLI::Range(1, 20));
  CLI11_PARSE(app, argc, argv);

  const std::size_t people = events / 1000 * 1000 / kEventsPerPerson;
  std::vector<std::string> bodies = make_bodies(people);
  std::size_t bytes = 0;
  std::size_t journeys = 0;
  for (const std::string& body : bodies) bytes += body.size();
  for (std::size_t person = 0; person < people; ++person) journeys += journeys_of(person);
  const std::size_t posted = people * kEventsPerPerson;
  Load load(url, key, std::move(bodies));
  const double seconds = load.run(lanes);
  if (seconds == 0) {
    fmt::print(stderr, "ingest_load: {}\n", load.failure());
    return 2;
  }
  fmt::print(R"({{"events":{},"seconds":{:.3f},"events_per_second":{:.0f},"bytes_per_event":{},)"
             R"("people":{},"journeys":{},"p50_ms":{:.2f},"p99_ms":{:.2f}}})"
             "\n",
             posted, seconds, static_cast<double>(posted) / seconds, bytes / posted, people,
             journeys, load.percentile(0.5), load.percentile(0.99));
}
