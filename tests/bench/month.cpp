#include "tests/bench/month.h"

#include <fmt/format.h>

#include <algorithm>

namespace trig {
namespace {

constexpr std::size_t kSessions = 300;  // at a time
constexpr std::uint32_t kCategories = 40;
constexpr std::chrono::hours kLength{30 * 24};
const Instant kStart(std::chrono::sys_days(std::chrono::year(2026) / 3 / 1));

constexpr std::string_view kZones[] = {"Europe/Paris", "Europe/Berlin", "America/New_York",
                                       "Asia/Tokyo"};

}  // namespace

Month::Month(const MonthOptions& options)
    : options_(options),
      random_(options.seed),
      people_(options.people),
      sessions_(std::min<std::size_t>(kSessions, 1 + options.people / 4)) {
  for (Session& session : sessions_) begin_session(session);
}

void Month::begin_session(Session& session) {
  session.person = static_cast<std::uint32_t>(random_() % options_.people);
  session.category = static_cast<std::uint32_t>(random_() % kCategories);
  session.began = false;
}

// What the person at hand does next, without the envelope around it.
std::string Month::event_of(Session& session) {
  Person& person = people_[session.person];
  const auto product = random_() % 500;
  if (!session.began) {
    session.began = true;
    return R"("type":"page","name":"Home","properties":{"path":"/","title":"Marlowe & Finch"})";
  }
  if (!person.identified && chance(30)) {
    person.identified = true;
    return fmt::format(
        R"("type":"identify","traits":{{"email":"p{0}@example.com","first_name":"P{0}",)"
        R"("timezone":"{1}"}})",
        session.person, kZones[session.person % std::size(kZones)]);
  }
  if (person.identified && !person.confirmed && chance(25)) {
    person.confirmed = true;
    return R"("type":"track","event":"Opt In Confirmed","properties":{"proof":"form"})";
  }
  if (person.items > 0 && chance(10)) {
    person.items = 0;
    return fmt::format(
        R"("type":"track","event":"Order Completed","properties":{{"order_id":"o{0}-{1}",)"
        R"("cart_id":"c{0}-{1}","total":{2}.{3:02},"currency":"EUR","products":[{{"sku":"s{4}",)"
        R"("quantity":1}}]}})",
        session.person, person.carts++, 15 + random_() % 120, random_() % 100, product);
  }
  if (chance(25)) {
    ++person.items;
    return fmt::format(
        R"("type":"track","event":"Cart Updated","properties":{{"cart_id":"c{}-{}",)"
        R"("total":{}.{:02},"currency":"EUR","products":[{{"sku":"s{}","quantity":{}}}]}})",
        session.person, person.carts, 8 + 14 * person.items, random_() % 100, product,
        person.items);
  }
  return fmt::format(
      R"("type":"track","event":"Product Viewed","properties":{{"product_id":"{0}","sku":"s{0}",)"
      R"("name":"Product {0}","category":"category-{1}","price":{2}.99}})",
      product, session.category, 5 + product % 90);
}

bool Month::next(std::string& line) {
  if (done_ == options_.events) return false;
  const Instant now = kStart + Duration(kLength) / static_cast<std::int64_t>(options_.events) *
                                   static_cast<std::int64_t>(done_);
  Session& session = sessions_[random_() % sessions_.size()];
  const std::uint32_t person = session.person;
  const std::string event = event_of(session);
  // One in a hundred is told late: by some hours, or days.
  const Instant occurred =
      chance(1) ? now - std::chrono::minutes(random_() % 3'000) : now - std::chrono::seconds(1);
  line =
      fmt::format(R"({{"messageId":"m{}-{}","anonymousId":"browser-{}",{})"
                  R"("originalTimestamp":"{}","receivedAt":"{}",{}}})"
                  "\n",
                  options_.seed, done_, person,
                  people_[person].identified ? fmt::format(R"("userId":"user-{}",)", person) : "",
                  to_string(occurred), to_string(now), event);
  ++done_;
  if (chance(8)) begin_session(session);
  return true;
}

}  // namespace trig
