// The workload `mixed`: a shop's events as its browsers and servers send them, and the campaigns of
// its departments. Everything follows from the options: the same seed, the same bytes, on every
// machine.
//
// Campaigns come in groups of kCampaignsPerGroup, one group a department; groups differ in their
// keys only. So more campaigns are more distinct keys, and an event matches as many of 10,000 as of
// 100: 1 to 3. The campaigns of a department, with what they have to do:
//
//   cheap       product viewed, category ==, price < 50; waits unless it was put into the cart
//   dear        product viewed, category ==, price >= 50; waits unless it was put into the cart
//   branded     product viewed, category ==, brand in a list of four
//   keen        product viewed, category ==, and the third of it within an hour (an aggregate)
//   few         product added, category ==, quantity <= 2; waits unless an order came
//   much        product added, category ==, quantity >= 2 or price > 60
//   cart        cart updated, total between two amounts; waits unless the order of this cart came
//   checkout    checkout started, coupon ==; waits unless the order of this checkout came
//   buyer       order completed, coupon ==
//   searching   products searched, the query starts with a word
//
// Shoppers are drawn from a Zipf distribution (exponent 0.8: of 100,000 the busiest has two events
// in a hundred); each has kDepartmentsPerShopper departments of their own. Of 100 events 44 are
// views, 20 additions, 12 carts, 7 checkouts, 9 orders and 8 searches. An event is a track call of
// 300 to 700 bytes with context and properties; carts, checkouts and orders carry lists of products
// and money, and all carry fields that nobody declares.
//
//   Workload workload({.campaigns = 100});
//   for (const auto& [path, text] : workload.project()) …   // a whole project
//   Event event = workload.next();
//   std::string call = json(event);                         // or: workload.batch(500)
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "compiler/base/time.h"

namespace trig::workload {

inline constexpr std::uint32_t kCampaignsPerGroup = 10;
inline constexpr std::uint32_t kDepartmentsPerShopper = 4;

struct Options {
  std::uint32_t campaigns = 100;  // rounded up to whole groups
  std::uint32_t shoppers = 100'000;
  std::uint64_t seed = 1;
  // When the first event occurs; each later one 10 ms after the one before. A server takes events
  // of the last day only as starts: give it the time it is, or leave `timestamps` out.
  Instant start = Instant(std::chrono::sys_days(std::chrono::year(2026) / 3 / 28));
  bool timestamps = true;
};

struct Event {
  std::string name;      // as the language calls it: product_viewed
  std::string received;  // as it is sent: "Product Viewed"
  std::uint32_t shopper = 0;
  std::string user_id;
  std::string anonymous_id;
  std::string message_id;
  std::string timestamp;  // empty: none is sent
  Instant occurred_at;
  std::string properties;  // JSON
};

// The call of Segment's HTTP API.
std::string json(const Event& event);

class Workload {
 public:
  explicit Workload(Options options);

  std::uint32_t campaigns() const { return departments_ * kCampaignsPerGroup; }
  // Path in the project → text: trig.toml (write key "bench-key", mails into files),
  // campaigns.trig, templates.
  std::map<std::string, std::string> project() const;
  // What stands in campaigns.trig.
  std::string source() const;

  Event next();
  // The body of one POST /v1/batch.
  std::string batch(std::size_t events);
  // The identify call that gives a shopper an address, a name and a country.
  std::string identify(std::uint32_t shopper);

 private:
  std::uint64_t dice();
  std::uint64_t below(std::uint64_t bound) { return dice() % bound; }
  double part();  // from 0 to 1
  std::uint32_t shopper();
  std::string product(std::uint32_t department);
  std::string products(std::uint32_t department);
  std::string viewed(std::uint32_t department);
  std::string added(std::uint32_t department);
  std::string cart(std::uint32_t department, std::uint32_t of);
  std::string checkout(std::uint32_t department, std::uint32_t of);
  std::string order(std::uint32_t department, std::uint32_t of);
  std::string searched(std::uint32_t department);

  Options options_;
  std::uint32_t departments_;
  std::uint64_t state_;
  std::uint64_t made_ = 0;
  std::vector<double> up_to_;  // by shopper: the part of all events up to theirs
};

}  // namespace trig::workload
