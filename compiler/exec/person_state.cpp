#include "compiler/exec/person_state.h"

#include <algorithm>
#include <numeric>

#include "compiler/base/limits.h"

namespace trig::exec {

std::string_view to_string(MessageState state) {
  switch (state) {
    case MessageState::kPending: return "pending";
    case MessageState::kSending: return "sending";
    case MessageState::kSent: return "sent";
    case MessageState::kSuppressed: return "suppressed";
    case MessageState::kFailed: return "failed";
    case MessageState::kExpired: return "expired";
    case MessageState::kInDoubt: return "in doubt";
  }
  return "unknown";
}

bool is_final(MessageState state) {
  return state != MessageState::kPending && state != MessageState::kSending;
}

const MailContent& Message::mail() const {
  static const MailContent kNone;
  return content ? *content : kNone;
}

const ir::Value* PersonState::field(NameHash name) const {
  auto found = std::find_if(fields.begin(), fields.end(),
                            [&](const PersonField& field) { return field.name == name; });
  return found == fields.end() ? nullptr : &found->value;
}

void PersonState::set_field(NameHash name, ir::Value value) {
  auto place = std::lower_bound(
      fields.begin(), fields.end(), name,
      [](const PersonField& field, NameHash wanted) { return field.name < wanted; });
  if (place != fields.end() && place->name == name)
    place->value = std::move(value);
  else
    fields.insert(place, {name, std::move(value)});
}

bool PersonState::subscribed(NameHash topic) const {
  for (const Subscription& subscription : subscriptions)
    if (subscription.topic == topic) return subscription.subscribed;
  return false;
}

void PersonState::set_subscription(NameHash topic, bool subscribed, Instant at) {
  for (Subscription& subscription : subscriptions) {
    if (subscription.topic != topic) continue;
    subscription.subscribed = subscribed;
    subscription.at = at;
    return;
  }
  subscriptions.push_back({topic, subscribed, at});
}

KeptEvents& PersonState::kept(NameHash event) {
  for (KeptEvents& known : kept_events)
    if (known.event == event) return known;
  kept_events.push_back({});
  kept_events.back().event = event;
  return kept_events.back();
}

bool PersonState::any_kept_from(NameHash event, Instant instant) const {
  return std::any_of(kept_events.begin(), kept_events.end(), [&](const KeptEvents& known) {
    return known.event == event && known.newest >= instant;
  });
}

Journey* PersonState::find_journey(JourneyId wanted) {
  for (Journey& journey : journeys)
    if (journey.id == wanted) return &journey;
  return nullptr;
}

Message* PersonState::find_message(MessageId wanted) {
  for (Message& message : messages)
    if (message.id == wanted) return &message;
  return nullptr;
}

void HourCounts::add(int hour) {
  HourCounts one;
  one.counts[static_cast<std::size_t>(hour)] = 1;
  add(one);
}

void HourCounts::add(const HourCounts& other) {
  for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += other.counts[i];
  while (total() >= kMaxHourCount)
    for (std::uint32_t& count : counts) count /= 2;
}

std::uint32_t HourCounts::total() const {
  return std::accumulate(counts.begin(), counts.end(), std::uint32_t{0});
}

int HourCounts::best() const {
  return static_cast<int>(std::max_element(counts.begin(), counts.end()) - counts.begin());
}

DueTimes timers_of(const PersonState& state) {
  DueTimes timers;
  for (const Journey& journey : state.journeys)
    if (journey.wake) timers.push_back(*journey.wake);
  for (const Message& message : state.messages)
    if (message.due) timers.push_back(*message.due);
  for (const PlannedStart& start : state.planned)
    if (start.due) timers.push_back(*start.due);
  for (const Membership& membership : state.memberships)
    if (membership.check_at) timers.push_back(*membership.check_at);
  std::sort(timers.begin(), timers.end());
  timers.erase(std::unique(timers.begin(), timers.end()), timers.end());
  return timers;
}

}  // namespace trig::exec
