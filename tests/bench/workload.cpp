#include "tests/bench/workload.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace trig::workload {
namespace {

using namespace std::string_view_literals;

constexpr std::array kThings = {"shirts"sv, "shoes"sv,  "lamps"sv, "chairs"sv,
                                "pots"sv,   "knives"sv, "bags"sv,  "coats"sv};
constexpr std::array kBrands = {"Aster"sv, "Birch"sv, "Cedar"sv, "Dune"sv,
                                "Elm"sv,   "Fern"sv,  "Gorse"sv, "Heath"sv};
constexpr std::array kNames = {"Linen shirt"sv,  "Walking shoe"sv, "Reading lamp"sv, "Oak chair"sv,
                               "Copper pot"sv,   "Bread knife"sv,  "Canvas bag"sv,   "Wool coat"sv,
                               "Crème brûlée"sv, "Tea towel"sv};
constexpr std::array kCountries = {"FR"sv, "DE"sv, "ES"sv, "IT"sv, "NL"sv};
constexpr double kExponent = 0.8;
constexpr auto kBetweenEvents = std::chrono::milliseconds(10);
constexpr std::uint32_t kHighestTotal = 50'000;  // cents

std::string department_name(std::uint32_t department) {
  return fmt::format("{}-{}", kThings[department % kThings.size()], department);
}

std::string coupon_of(std::uint32_t department) { return fmt::format("SAVE{}", department); }

std::string amount(std::uint64_t cents) {
  return fmt::format("{}.{:02}", cents / 100, cents % 100);
}

std::string iso(Instant instant) {
  const auto day = std::chrono::floor<std::chrono::days>(instant);
  const std::chrono::year_month_day date(day);
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(instant - day).count();
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     ms / 3'600'000, ms / 60'000 % 60, ms / 1000 % 60, ms % 1000);
}

std::string user_id(std::uint32_t shopper) { return fmt::format("user-{:06}", shopper); }
std::string anonymous_id(std::uint32_t shopper) {
  return fmt::format("a7c0b1f2-51f1-4a0e-9d2c-{:012}", shopper);
}

constexpr std::string_view kVocabulary = R"(use std.ecommerce

person {
  email:      email key
  first_name: text?
  country:    country?
}

topic offers "Offers"

template note() from "templates/note.html.liquid"

policy marketing {
  consent required for offers
  at most 1 email per day, 4 emails per week
  when capped: skip
}
)";

// {0}: the campaigns' number, {1}: the department, {2}: its coupon, {3} and {4}: amounts.
constexpr std::string_view kGroup = R"(
campaign cheap_{0} {{
  policy marketing
  on product_viewed as seen where category == "{1}" and price < 50
  wait 1 day unless product_added where category == seen.category
  send note()
}}

campaign dear_{0} {{
  policy marketing
  on product_viewed as seen where category == "{1}" and price >= 50
  wait 1 day unless product_added where category == seen.category
  send note()
}}

campaign branded_{0} {{
  policy marketing
  on product_viewed where category == "{1}" and brand in ["Aster", "Birch", "Dune", "Heath"]
  wait 2 days
  send note()
}}

campaign keen_{0} {{
  policy marketing
  on product_viewed
    where category == "{1}" and count(product_viewed in 1 hour where category == "{1}") >= 3
  again after 7 days
  wait 1 hour
  send note()
}}

campaign few_{0} {{
  policy marketing
  on product_added where category == "{1}" and quantity <= 2
  wait 3 hours unless order_completed
  send note()
}}

campaign much_{0} {{
  policy marketing
  on product_added where category == "{1}" and (quantity >= 2 or price > 60)
  wait 1 day
  send note()
}}

campaign cart_{0} {{
  policy marketing
  on cart_updated as cart where total >= {3} EUR and total < {4} EUR
  wait 30 minutes unless order_completed where cart_id == cart.cart_id
  send note()
}}

campaign checkout_{0} {{
  policy marketing
  on checkout_started as checkout where coupon == "{2}"
  wait 1 hour unless order_completed where checkout_id == checkout.checkout_id
  send note()
}}

campaign buyer_{0} {{
  policy marketing
  on order_completed where coupon == "{2}"
  wait 5 days
  send note()
}}

campaign searching_{0} {{
  policy marketing
  on products_searched where query starts with "{1} "
  wait 1 day unless order_completed
  send note()
}}
)";

constexpr std::string_view kSettings = R"(name = "mixed"
timezone = "UTC"

[[senders]]
name = "shop"
display = "Shop"
address = "hello@shop.example.com"
reply_to = "people@shop.example.com"
postal_address = "12 rue des Tanneurs, 67000 Strasbourg, France"

[ingest]
listen = "127.0.0.1:8080"

[ingest.write_keys]
web = "bench-key"

[links]
public_url = "http://127.0.0.1:8080"

[delivery]
kind = "files"
)";

constexpr std::string_view kNote =
    "---\nsubject: Still looking?\nclass: marketing\nfrom: shop\n---\n<p>Hello</p>\n"
    "<a href=\"{{ unsubscribe_url }}\">Unsubscribe</a> {{ postal_address }}\n";

}  // namespace

std::string json(const Event& event) {
  std::string text = fmt::format(
      R"({{"type":"track","event":"{}","userId":"{}","anonymousId":"{}","messageId":"{}",)",
      event.received, event.user_id, event.anonymous_id, event.message_id);
  if (!event.timestamp.empty()) text += fmt::format(R"("timestamp":"{}",)", event.timestamp);
  return text + R"("context":{"library":{"name":"analytics.js","version":"2.1.0"}},"properties":)" +
         event.properties + "}";
}

Workload::Workload(Options options)
    : options_(options),
      departments_((options.campaigns + kCampaignsPerGroup - 1) / kCampaignsPerGroup),
      state_(options.seed) {
  double sum = 0;
  for (std::uint32_t i = 0; i < options_.shoppers; ++i)
    up_to_.push_back(sum += 1 / std::pow(i + 1, kExponent));
  for (double& place : up_to_) place /= sum;
}

std::string Workload::source() const {
  std::string text(kVocabulary);
  for (std::uint32_t d = 0; d < departments_; ++d) {
    auto from = std::uint64_t{d} * kHighestTotal / departments_;
    auto to = (std::uint64_t{d} + 1) * kHighestTotal / departments_;
    text += fmt::format(kGroup, d, department_name(d), coupon_of(d), amount(from), amount(to));
  }
  return text;
}

std::map<std::string, std::string> Workload::project() const {
  return {{"trig.toml", std::string(kSettings)},
          {"campaigns.trig", source()},
          {"templates/note.html.liquid", std::string(kNote)}};
}

// splitmix64, of Steele, Lea and Flood.
std::uint64_t Workload::dice() {
  std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

double Workload::part() { return static_cast<double>(dice() >> 11) / 9007199254740992.0; }

std::uint32_t Workload::shopper() {
  auto place = std::upper_bound(up_to_.begin(), up_to_.end(), part());
  return static_cast<std::uint32_t>(std::min(place, up_to_.end() - 1) - up_to_.begin());
}

std::string Workload::product(std::uint32_t department) {
  const std::uint64_t id = below(10'000);
  return fmt::format(
      R"("product_id":"{}","sku":"SKU-{:05}","name":"{}","brand":"{}","category":"{}","price":{},)",
      id, id, kNames[id % kNames.size()], kBrands[below(kBrands.size())],
      department_name(department), amount(500 + below(9'500)));
}

std::string Workload::products(std::uint32_t department) {
  std::string text = "[";
  for (std::uint64_t left = 1 + below(2); left > 0; --left)
    text += fmt::format(R"({{{}"quantity":{}}}{})", product(department), 1 + below(3),
                        left > 1 ? "," : "]");
  return text;
}

std::string Workload::viewed(std::uint32_t department) {
  const std::uint64_t page = below(10'000);
  return fmt::format(
      R"({{{}"variant":"{}","currency":"EUR","position":{},)"
      R"("url":"https://shop.example.com/p/{}","image_url":"https://cdn.example.com/i/{}.jpg"}})",
      product(department), page % 2 == 0 ? "red" : "blue", below(40), page, page);
}

std::string Workload::added(std::uint32_t department) {
  return fmt::format(R"({{"cart_id":"cart-{:08}",{}"quantity":{},"currency":"EUR","coupon":null}})",
                     below(100'000'000), product(department), 1 + below(3));
}

std::string Workload::cart(std::uint32_t department, std::uint32_t of) {
  return fmt::format(
      R"({{"cart_id":"cart-{:08}","total":{},"currency":"EUR","products":{},"loyal":{}}})",
      of * 7 % 100'000'000, amount(below(kHighestTotal)), products(department),
      below(2) == 0 ? "true" : "false");
}

std::string Workload::checkout(std::uint32_t department, std::uint32_t of) {
  return fmt::format(R"({{"order_id":"order-{:08}","cart_id":"cart-{:08}","value":{},"revenue":{},)"
                     R"("currency":"EUR","coupon":"{}","step":1,"products":{}}})",
                     made_ % 100'000'000, of * 7 % 100'000'000, amount(below(kHighestTotal)),
                     amount(below(kHighestTotal)), coupon_of(department), products(department));
}

std::string Workload::order(std::uint32_t department, std::uint32_t of) {
  return fmt::format(R"({{"order_id":"order-{:08}","cart_id":"cart-{:08}","total":{},"revenue":{},)"
                     R"("shipping":{},"tax":{},"currency":"EUR","coupon":"{}","products":{}}})",
                     made_ % 100'000'000, of * 7 % 100'000'000, amount(below(kHighestTotal)),
                     amount(below(kHighestTotal)), amount(below(900)), amount(below(4'000)),
                     coupon_of(department), products(department));
}

std::string Workload::searched(std::uint32_t department) {
  return fmt::format(R"({{"query":"{} {}","results":{},"page":{{"title":"Search","referrer":""}},)"
                     R"("filters":["in stock","new"],"sort":"relevance"}})",
                     department_name(department), kNames[below(kNames.size())], below(200));
}

Event Workload::next() {
  Event event;
  event.shopper = shopper();
  event.user_id = workload::user_id(event.shopper);
  event.anonymous_id = workload::anonymous_id(event.shopper);
  event.message_id = fmt::format("ajs-{:06x}-{:010}", options_.seed, made_);
  event.occurred_at = options_.start + kBetweenEvents * static_cast<std::int64_t>(made_);
  if (options_.timestamps) event.timestamp = iso(event.occurred_at);
  // One of the shopper's own departments.
  std::uint64_t favourite = event.shopper * std::uint64_t{kDepartmentsPerShopper};
  favourite = (favourite + below(kDepartmentsPerShopper)) * 0x9e3779b97f4a7c15;
  const auto of = static_cast<std::uint32_t>((favourite >> 32) % departments_);
  const std::uint64_t kind = below(100);
  auto is = [&](std::string_view name, std::string_view received, std::string properties) {
    event.name = name;
    event.received = received;
    event.properties = std::move(properties);
  };
  if (kind < 44)
    is("product_viewed", "Product Viewed", viewed(of));
  else if (kind < 64)
    is("product_added", "Product Added", added(of));
  else if (kind < 76)
    is("cart_updated", "Cart Updated", cart(of, event.shopper));
  else if (kind < 83)
    is("checkout_started", "Checkout Started", checkout(of, event.shopper));
  else if (kind < 92)
    is("order_completed", "Order Completed", order(of, event.shopper));
  else
    is("products_searched", "Products Searched", searched(of));
  ++made_;
  return event;
}

std::string Workload::batch(std::size_t events) {
  std::string body = R"({"batch":[)";
  for (std::size_t i = 0; i < events; ++i) {
    if (i > 0) body += ',';
    body += json(next());
  }
  return body + "]}";
}

std::string Workload::identify(std::uint32_t shopper) {
  return fmt::format(
      R"({{"type":"identify","userId":"{}","anonymousId":"{}","messageId":"identify-{}",)"
      R"("traits":{{"email":"shopper{}@example.com","firstName":"Ana","country":"{}"}}}})",
      workload::user_id(shopper), workload::anonymous_id(shopper), shopper, shopper,
      kCountries[shopper % kCountries.size()]);
}

}  // namespace trig::workload
