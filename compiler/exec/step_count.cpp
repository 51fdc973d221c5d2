// on 3 product_viewed within 1 hour per category: a sliding window by occurrence, a count a key.
// The third starts a journey, and then it counts from zero.
#include <algorithm>

#include "compiler/base/limits.h"
#include "compiler/exec/stepper.h"

namespace trig::exec {
namespace {

const ir::OnCount& trigger_of(const ir::Campaign& campaign) {
  return std::get<ir::OnCount>(campaign.trigger.kind);
}

}  // namespace

void Stepper::count(const EventInput& input, std::uint32_t index, ir::Value key, ir::Value record) {
  const ir::Program& program = world_.current->program();
  const ir::Campaign& campaign = program.campaigns[index];
  drop_stale_counts();
  CampaignRef ref{campaign.hash, campaign.version};
  auto progress =
      std::find_if(state_.counts.begin(), state_.counts.end(), [&](const CountProgress& known) {
        return known.campaign == ref && ir::same(known.key, key);
      });
  if (progress == state_.counts.end()) {
    state_.counts.push_back({ref, key, {Instant::min(), Sequence::kNone}, {}});
    progress = state_.counts.end() - 1;
  }
  if (input.moment < progress->complete)
    return not_started(campaign, "it occurred before the last of a count that is complete");
  auto place = std::upper_bound(
      progress->events.begin(), progress->events.end(), input.moment,
      [](const Moment& moment, const TriggerEvent& event) { return moment < event.moment; });
  place = progress->events.insert(place, {input.moment, std::move(record)});
  auto among = static_cast<std::size_t>(place - progress->events.begin());
  bool done = input.may_start && complete(*progress, among);
  if (!done && input.may_start) {
    Instant from = input.moment.occurred_at - trigger_of(campaign).within;
    auto seen = std::count_if(
        progress->events.begin(), progress->events.end(), [&](const TriggerEvent& event) {
          return event.moment.occurred_at > from && !(input.moment < event.moment);
        });
    not_started(campaign, fmt::format("{} of {}{}", seen, ir::describe(program, campaign.trigger),
                                      key.missing() ? "" : " (" + ir::to_string(key) + ")"));
  }
  bound_trigger_events();
}

bool Stepper::complete(CountProgress& progress, std::size_t among) {
  int index = current_campaign(progress.campaign);
  if (index < 0) return false;
  const ir::Program& program = world_.current->program();
  const ir::Campaign& campaign = program.campaigns[static_cast<std::size_t>(index)];
  const ir::OnCount& on = trigger_of(campaign);
  auto wanted = static_cast<std::size_t>(on.count);
  std::vector<TriggerEvent>& events = progress.events;
  std::size_t first = among + 1 >= wanted ? among + 1 - wanted : 0;
  for (; first <= among && first + wanted <= events.size(); ++first) {
    TriggerEvent& last = events[first + wanted - 1];
    if (last.moment.occurred_at - events[first].moment.occurred_at >= on.within) continue;
    std::vector<ir::Value> slots(campaign.slots.size());
    slots[0] = std::move(last.record);
    progress.complete = last.moment;
    events.erase(events.begin(), events.begin() + static_cast<std::ptrdiff_t>(first + wanted));
    JourneyId id = start({static_cast<std::uint32_t>(index), progress.key, progress.complete,
                          std::move(slots), ir::describe(program, campaign.trigger)});
    if (id != JourneyId::kNone) queued_.push_back(id);
    return true;
  }
  return false;
}

// Events that no later one can count with, late ones included; counts of another version, which
// begin from zero.
void Stepper::drop_stale_counts() {
  std::erase_if(state_.counts, [&](CountProgress& progress) {
    int index = current_campaign(progress.campaign);
    if (index < 0) return true;
    const ir::Campaign& campaign =
        world_.current->program().campaigns[static_cast<std::size_t>(index)];
    Instant oldest = now_ - trigger_of(campaign).within - world_.late_window;
    std::erase_if(progress.events,
                  [&](const TriggerEvent& event) { return event.moment.occurred_at < oldest; });
    return progress.events.empty() && progress.complete.occurred_at < oldest;
  });
}

void Stepper::bound_trigger_events() {
  std::size_t events = 0;
  for (const CountProgress& progress : state_.counts) events += progress.events.size();
  for (const SequenceProgress& progress : state_.sequences) events += progress.parts.size();
  while (events > kMaxTriggerEventsPerPerson) {
    auto by_age = [](const auto& a, const auto& b) { return a.first < b.first; };
    std::pair<Moment, std::vector<TriggerEvent>*> oldest{{Instant::max(), Sequence::kNone},
                                                         nullptr};
    for (CountProgress& progress : state_.counts)
      if (!progress.events.empty())
        oldest = std::min(oldest, {progress.events.front().moment, &progress.events}, by_age);
    for (SequenceProgress& progress : state_.sequences)
      if (!progress.parts.empty())
        oldest = std::min(oldest, {progress.parts.front().moment, &progress.parts}, by_age);
    bool of_sequence = std::any_of(
        state_.sequences.begin(), state_.sequences.end(),
        [&](const SequenceProgress& progress) { return &progress.parts == oldest.second; });
    // A sequence without its first part is none.
    std::size_t gone = of_sequence ? oldest.second->size() : 1;
    oldest.second->erase(oldest.second->begin(),
                         oldest.second->begin() + static_cast<std::ptrdiff_t>(gone));
    events -= gone;
    decide(DecisionKind::kHistoryCut, nullptr, JourneyId::kNone,
           fmt::format("more than {} events on the way to counts and sequences",
                       kMaxTriggerEventsPerPerson));
  }
  std::erase_if(state_.sequences,
                [](const SequenceProgress& progress) { return progress.parts.empty(); });
}

}  // namespace trig::exec
