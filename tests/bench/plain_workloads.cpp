#include "tests/bench/plain_workloads.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace trig::plain {
namespace {

int below(int bound, std::mt19937& dice) {
  return static_cast<int>(dice() % static_cast<std::uint32_t>(bound));
}

// Above x with the chance (10 / x)^1.5, and never so high that more thresholds than there are
// could tell.
std::int32_t random_value_cents(std::size_t campaigns, std::mt19937& dice) {
  const double chance = (static_cast<double>(dice()) + 0.5) / 4294967296.0;
  const double highest = kThresholdStep * (static_cast<double>(campaigns) + 1);
  const double value = std::min(kThresholdStep * std::pow(chance, -1 / 1.5), highest);
  return static_cast<std::int32_t>(value * 100) + 1;
}

std::size_t reached(const CartWorkload& workload, std::int32_t value_cents) {
  std::size_t campaigns = 0;
  while (campaigns < workload.thresholds.size() &&
         value_cents > workload.thresholds[campaigns] * 100)
    ++campaigns;
  return campaigns;
}

constexpr std::int64_t kNoJourney = -1;

// The journeys of one person: by campaign, until when they wait.
struct Waiting {
  std::vector<std::int64_t> until;

  void end_those_due(std::int64_t now, Tally& mails) {
    for (std::uint32_t i = 0; i < until.size(); ++i) {
      if (until[i] == kNoJourney || until[i] > now) continue;
      mails.add(i);
      until[i] = kNoJourney;
    }
  }
};

}  // namespace

FilterWorkload filter_workload(int campaigns, std::size_t events, std::uint32_t seed) {
  std::mt19937 dice(seed);
  FilterWorkload workload;
  for (int i = 0; i < campaigns; ++i) {
    FilterRule rule;
    rule.category = below(kCategories, dice);
    rule.country = below(kCountries, dice);
    rule.price = below(kHighestPrice, dice);
    workload.rules.push_back(rule);
  }
  for (std::size_t i = 0; i < events; ++i) {
    FilterEvent event;
    event.category = below(kCategories, dice);
    event.country = below(kCountries, dice);
    event.price_cents = below(kHighestPrice * 120, dice);
    workload.events.push_back(event);
  }
  return workload;
}

std::string filter_project(const FilterWorkload& workload) {
  std::string text =
      "event seen { category: text?  country: text?  price: number? }\n"
      "person { email: email key }\ntopic news\n"
      "template plain() from \"templates/plain.html.liquid\"\n"
      "policy marketing { consent required for news }\n";
  for (std::size_t i = 0; i < workload.rules.size(); ++i)
    text += fmt::format(
        "campaign r{} {{ policy marketing  on seen where category == \"c{}\" and country == "
        "\"k{}\" and price > {}  send plain() }}\n",
        i, workload.rules[i].category, workload.rules[i].country, workload.rules[i].price);
  return text;
}

Tally expected(const FilterWorkload& workload, std::uint64_t events) {
  std::vector<std::vector<std::uint32_t>> by_category(kCategories);
  for (std::uint32_t i = 0; i < workload.rules.size(); ++i)
    by_category[static_cast<std::size_t>(workload.rules[i].category)].push_back(i);
  auto first = [&](std::uint64_t count) {
    Tally tally;
    for (std::uint64_t n = 0; n < count; ++n) {
      const FilterEvent& event = workload.events[n];
      for (std::uint32_t i : by_category[static_cast<std::size_t>(event.category)]) {
        const FilterRule& rule = workload.rules[i];
        if (rule.country == event.country && event.price_cents > rule.price * 100) tally.add(i);
      }
    }
    return tally;
  };
  const Tally round = first(workload.events.size());
  const std::uint64_t rounds = events / workload.events.size();
  Tally tally = first(events % workload.events.size());
  tally.count += rounds * round.count;
  tally.sum += rounds * round.sum;
  return tally;
}

CartWorkload cart_workload(int campaigns, std::size_t events, std::uint32_t seed,
                           std::uint32_t people) {
  std::mt19937 dice(seed);
  CartWorkload workload;
  workload.people = people;
  for (int i = 0; i < campaigns; ++i) workload.thresholds.push_back(kThresholdStep * (i + 1));
  for (std::size_t i = 0; i < events; ++i) {
    CartEvent event;
    event.person = dice() % people;
    event.kind = dice() % 4 == 0 ? CartKind::kOrder : CartKind::kCart;
    event.value_cents = random_value_cents(workload.thresholds.size(), dice);
    workload.events.push_back(event);
  }
  return workload;
}

std::string cart_project(const CartWorkload& workload) {
  std::string text =
      "event cart_updated { cart_id: text  value: number }\n"
      "event order_completed { cart_id: text  value: number }\n"
      "person { email: email key }\n"
      "template reminder() from \"templates/transactional.html.liquid\"\n"
      "policy service { consent not needed }\n";
  for (std::size_t i = 0; i < workload.thresholds.size(); ++i)
    text += fmt::format(
        "campaign r{} {{ policy service  on cart_updated as cart where value > {}  "
        "again when finished  "
        "wait 30 minutes unless order_completed where cart_id == cart.cart_id  "
        "send reminder() }}\n",
        i, workload.thresholds[i]);
  return text;
}

std::string cart_id(std::uint32_t person) { return fmt::format("cart-{}", person); }

std::int64_t cart_time_ms(std::uint64_t number) {
  constexpr std::uint64_t kInAWait = kWaitMs / kEventMs;
  return static_cast<std::int64_t>(number * kEventMs + number / kInAWait);
}

Tally expected(const CartWorkload& workload, std::uint64_t events) {
  std::vector<Waiting> people(workload.people);
  Tally mails;
  for (std::uint64_t n = 0; n < events; ++n) {
    const CartEvent& event = workload.events[n % workload.events.size()];
    const std::int64_t now = cart_time_ms(n);
    Waiting& waiting = people[event.person];
    waiting.end_those_due(now, mails);
    if (event.kind == CartKind::kOrder) {
      waiting.until.clear();
      continue;
    }
    const std::size_t campaigns = reached(workload, event.value_cents);
    if (campaigns > waiting.until.size()) waiting.until.resize(campaigns, kNoJourney);
    for (std::size_t i = 0; i < campaigns; ++i)
      if (waiting.until[i] == kNoJourney) waiting.until[i] = now + kWaitMs;
  }
  for (Waiting& waiting : people) waiting.end_those_due(cart_time_ms(events) + 2 * kWaitMs, mails);
  return mails;
}

}  // namespace trig::plain
