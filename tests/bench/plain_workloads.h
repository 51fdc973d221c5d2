// The two plain workloads that trig and its peers are measured with: the same rules, the same
// events, and how many matches or mails there must be. Made from a seed alone, the same on every
// machine.
//
// *filter*: campaigns whose condition is `category == "cX" and country == "kY" and price > Z`,
// drawn from 500 categories, 20 countries and prices of 0 to 99; events with prices up to 120.
// Matching only: no person, no journey.
//
// *cart*: campaign i starts at a cart whose value is above 10 (i + 1), waits for 30 minutes unless
// the order of the same cart comes, and sends. One cart a person, `again when finished`. 100,000
// people, of whom each event draws one; three events of four are carts. A value is above x with the
// chance (10 / x)^1.5, so a cart matches two of 10 campaigns and 2.6 of 10,000, most often one. 100
// events per simulated second; every half hour lasts a millisecond longer, so that no order ever
// comes at the instant at which its wait ends.
//
// A list of events is played over and over: event n is `events[n % events.size()]`; the time of
// cart event n is `cart_time_ms(n)`.
//
//   plain::CartWorkload cart = plain::cart_workload(10, 1'000'000);
//   plain::cart_project(cart)                 // the text of a project
//   plain::expected(cart, 3'000'000)          // mails of the first three million events
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace trig::plain {

inline constexpr int kCategories = 500;
inline constexpr int kCountries = 20;
inline constexpr int kHighestPrice = 100;
inline constexpr std::uint32_t kPeople = 100'000;
inline constexpr std::int64_t kWaitMs = 30 * 60 * 1'000;
inline constexpr std::int64_t kEventMs = 10;
inline constexpr int kThresholdStep = 10;

// What must come out: the matches or mails, and the sum of the numbers of their campaigns, so that
// they are the same ones and not only as many.
struct Tally {
  std::uint64_t count = 0;
  std::uint64_t sum = 0;
  void add(std::uint32_t campaign) {
    ++count;
    sum += campaign;
  }
  friend bool operator==(const Tally&, const Tally&) = default;
};

struct FilterRule {
  int category = 0;
  int country = 0;
  int price = 0;  // the event's must be above it
};
struct FilterEvent {
  int category = 0;
  int country = 0;
  int price_cents = 0;
};
struct FilterWorkload {
  std::vector<FilterRule> rules;
  std::vector<FilterEvent> events;
};
FilterWorkload filter_workload(int campaigns, std::size_t events, std::uint32_t seed = 1);
// Campaign i is `r<i>`; the event is `seen`, its fields in this order: category, country, price.
std::string filter_project(const FilterWorkload& workload);
Tally expected(const FilterWorkload& workload, std::uint64_t events);

enum class CartKind : std::uint8_t { kCart, kOrder };

struct CartEvent {
  std::uint32_t person = 0;  // whose cart has the same number
  CartKind kind = CartKind::kCart;
  std::int32_t value_cents = 0;
};
struct CartWorkload {
  std::uint32_t people = kPeople;
  std::vector<int> thresholds;  // ascending
  std::vector<CartEvent> events;
};
CartWorkload cart_workload(int campaigns, std::size_t events, std::uint32_t seed = 1,
                           std::uint32_t people = kPeople);
// Campaign i is `r<i>`; the events are `cart_updated` and `order_completed`, both with the fields
// cart_id (`cart_id`) and value. The template is "templates/transactional.html.liquid".
std::string cart_project(const CartWorkload& workload);
std::string cart_id(std::uint32_t person);
// Milliseconds since the first event.
std::int64_t cart_time_ms(std::uint64_t number);
// The mails once so many events are over and half an hour without any has passed.
Tally expected(const CartWorkload& workload, std::uint64_t events);

}  // namespace trig::plain
