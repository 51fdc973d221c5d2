// Words, spans and histories.
#include "tests/sim/differential/dice.h"

namespace trig::sim {
namespace {

using namespace std::chrono_literals;

const Texts kKeys = {"k1", "k1", "k2", "k3"};
const Texts kWords = {"red", "blue", "reddish", "green"};
const Texts kZones = {"UTC", "Europe/Paris", "America/New_York", "Asia/Kolkata"};
const std::vector<std::int64_t> kCents = {0, 999, 1000, 2000, 2050, 5000};
// The days when clocks change are among them, and the ends of a month and of a year.
const Texts kStarts = {"2026-03-10T12:00:00Z", "2026-03-28T22:30:00Z", "2026-10-24T21:30:00Z",
                       "2026-03-07T20:00:00Z", "2026-10-31T23:00:00Z", "2026-12-30T12:00:00Z",
                       "2028-02-28T08:00:00Z", "2026-06-14T19:50:00Z"};

}  // namespace

Span Dice::short_span() {
  static const std::vector<Span> kSpans = {{10, CalendarUnit::kMinute},
                                           {30, CalendarUnit::kMinute},
                                           {1, CalendarUnit::kHour},
                                           {2, CalendarUnit::kHour}};
  return one_of(kSpans);
}

Span Dice::span() {
  static const std::vector<Span> kSpans = {{1, CalendarUnit::kDay},
                                           {1, CalendarUnit::kDay},
                                           {2, CalendarUnit::kDay},
                                           {1, CalendarUnit::kWeek},
                                           {12, CalendarUnit::kHour}};
  return chance(65) ? short_span() : one_of(kSpans);
}

TimeOfDay Dice::time() {
  static const std::vector<int> kMinutes = {0, 150, 480, 540, 720, 1260};
  return {static_cast<std::int16_t>(one_of(kMinutes))};
}

Texts Dice::some_events() {
  Texts events = {event()};
  if (chance(25)) {
    std::string other = event();
    if (other != events.front()) events.push_back(other);
  }
  return events;
}

// One that is near to some start of a story.
Date Dice::day() {
  Date day = std::chrono::floor<std::chrono::days>(*parse_instant(one_of(kStarts)));
  return day + std::chrono::days(below(4));
}

Fields Dice::event_fields() {
  Fields fields;
  fields["key"] = one_of(kKeys);
  if (chance(70)) fields["word"] = one_of(kWords);
  if (chance(80)) fields["rank"] = std::int64_t{below(6)};
  if (chance(75)) fields["total"] = Amount{one_of(kCents), chance(85) ? "EUR" : "USD"};
  if (chance(50)) {
    Texts tags;
    for (int i = below(3); i > 0; --i) tags.push_back(one_of(kWords));
    fields["tags"] = tags;
  }
  return fields;
}

Duration Dice::step_of_time() {
  static const std::vector<Duration> kOff = {0us, 0us, 0us, 0us, 1us, 1s, 10min};
  Duration step = chance(70) ? short_span().exact() : span().exact();
  return step + one_of(kOff);
}

Item Dice::happening() {
  Item item;
  static const Texts kActors = {"u0", "u0", "u0", "u1", "a0", "a0"};
  item.actor = one_of(kActors);
  int which = below(100);
  if (which < 82) {
    item.event = event();
    item.fields = event_fields();
    static const std::vector<Duration> kLate = {1s, 10min, 30min, 1h, 2h, 24h, 24h + 1us, 49h};
    if (chance(25)) item.late = one_of(kLate);
    if (item.actor == "a0" && chance(8)) item.as = chance(70) ? "u0" : "u1";
    static const Texts kIds = {"m1", "m2"};
    if (chance(8)) item.id = one_of(kIds);
  } else if (which < 88) {
    item.what = Happening::kIdentify;
    item.actor = "a0";
    item.as = chance(80) ? "u0" : "u1";
    if (chance(20)) {
      item.what = Happening::kAlias;
      if (chance(30)) item.actor = item.as == "u0" ? "u1" : "u0";
    }
  } else if (which < 93) {
    item.what = Happening::kTraits;
    item.actor = chance(70) ? "u0" : chance(70) ? "u1" : "a0";
    if (chance(40)) item.fields["email"] = (chance(80) ? item.actor : "u0") + "@example.com";
    if (chance(30)) item.fields["due_on"] = day();
    if (chance(40)) item.fields["name"] = one_of(kWords);
    if (chance(40)) item.fields["points"] = std::int64_t{below(6)};
    if (chance(40)) item.fields["timezone"] = one_of(kZones);
  } else if (which < 98) {
    item.what = Happening::kSubscription;
    item.actor = chance(70) ? "u0" : "u1";
    item.topic = chance(80) ? one_of(kTopics) : "";
    item.subscribes = chance(60);
  } else {
    item.what = Happening::kRestart;
  }
  return item;
}

History Dice::history(const Program&) {
  History history;
  history.start = *parse_instant(one_of(kStarts));
  for (const std::string& user : {std::string("u0"), std::string("u1")}) {
    if (chance(25)) continue;
    Item traits;
    traits.what = Happening::kTraits;
    traits.actor = user;
    traits.fields["email"] = user + "@example.com";
    if (chance(40)) traits.fields["timezone"] = one_of(kZones);
    if (chance(40)) traits.fields["points"] = std::int64_t{below(6)};
    if (chance(50)) {
      Date today = std::chrono::floor<std::chrono::days>(history.start);
      traits.fields["due_on"] = today + std::chrono::days(below(4));
    }
    history.items.push_back(traits);
    Item subscription;
    subscription.what = Happening::kSubscription;
    subscription.actor = user;
    subscription.subscribes = true;
    if (chance(85)) history.items.push_back(subscription);
  }
  auto advance = [&](Duration by) {
    Item item;
    item.what = Happening::kAdvance;
    item.advance = by;
    history.items.push_back(item);
  };
  for (int left = 4 + below(14); left > 0; --left) {
    if (chance(60)) advance(step_of_time());
    history.items.push_back(happening());
  }
  advance(chance(50) ? step_of_time() : std::chrono::hours(24 * 16));
  return history;
}

}  // namespace trig::sim
