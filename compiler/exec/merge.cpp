// Two people turn out to be one.
#include <algorithm>

#include "compiler/base/limits.h"
#include "compiler/exec/silence.h"
#include "compiler/exec/stepper.h"

namespace trig::exec {
namespace {

// The journeys of `other` that may not go on beside those of `survivor`, and the survivor's own
// that must give way to an older one.
void collect_doubles(const World& world, const PersonState& survivor, const PersonState& other,
                     std::vector<JourneyId>& end_in_survivor,
                     std::vector<JourneyId>& end_in_other) {
  for (const Journey& theirs : other.journeys) {
    auto in = world.find_version(theirs.campaign);
    // `again always` allows several at once.
    if (in && in->executor->program().campaigns[in->campaign].again == ir::AgainMode::kAlways)
      continue;
    for (const Journey& mine : survivor.journeys) {
      if (mine.campaign.campaign != theirs.campaign.campaign || !ir::same(mine.key, theirs.key))
        continue;
      bool mine_is_older =
          std::pair(mine.started_at, raw(mine.id)) < std::pair(theirs.started_at, raw(theirs.id));
      if (mine_is_older)
        end_in_other.push_back(theirs.id);
      else
        end_in_survivor.push_back(mine.id);
      break;
    }
  }
}

void unite_subscriptions(PersonState& survivor, const PersonState& other) {
  for (const Subscription& theirs : other.subscriptions) {
    bool known = false;
    for (Subscription& mine : survivor.subscriptions) {
      if (mine.topic != theirs.topic) continue;
      known = true;
      mine.subscribed = mine.subscribed && theirs.subscribed;
    }
    if (!known) survivor.subscriptions.push_back(theirs);
  }
}

template <typename T>
void unite(std::vector<T>& mine, std::vector<T>& theirs) {
  std::move(theirs.begin(), theirs.end(), std::back_inserter(mine));
}

void unite_counts(PersonState& survivor, PersonState& other) {
  for (CountProgress& theirs : other.counts) {
    auto mine = std::find_if(
        survivor.counts.begin(), survivor.counts.end(), [&](const CountProgress& known) {
          return known.campaign == theirs.campaign && ir::same(known.key, theirs.key);
        });
    if (mine == survivor.counts.end()) {
      survivor.counts.push_back(std::move(theirs));
      continue;
    }
    unite(mine->events, theirs.events);
    mine->complete = std::max(mine->complete, theirs.complete);
    std::erase_if(mine->events,
                  [&](const TriggerEvent& event) { return event.moment < mine->complete; });
    std::sort(mine->events.begin(), mine->events.end(),
              [](const auto& a, const auto& b) { return a.moment < b.moment; });
  }
}

void unite_planned(PersonState& survivor, const PersonState& other) {
  for (const PlannedStart& theirs : other.planned) {
    auto mine = std::find_if(
        survivor.planned.begin(), survivor.planned.end(), [&](const PlannedStart& known) {
          return known.campaign == theirs.campaign && ir::same(known.row, theirs.row);
        });
    if (mine == survivor.planned.end()) {
      survivor.planned.push_back(theirs);
      mine = survivor.planned.end() - 1;
    }
    const Instant my_silence = silent_since(*mine);
    mine->counts_from = std::min(mine->counts_from, theirs.counts_from);
    mine->last_event = std::max(mine->last_event, theirs.last_event);
    mine->came_for = std::max(mine->came_for, theirs.came_for);
    const Date* my_day = mine->done.get<Date>();
    const Date* their_day = theirs.done.get<Date>();
    bool later = my_day != nullptr && their_day != nullptr && *my_day < *their_day;
    if (mine->done.missing() || later) mine->done = theirs.done;
    // What is planned of a silence that goes on stays; one that the join makes is planned anew.
    const Instant silence = silent_since(*mine);
    if (my_silence != silence) mine->due.reset();
    if (silent_since(theirs) == silence) mine->due = std::max(mine->due, theirs.due);
    mine->trigger = {};  // planned anew
  }
}

void unite_memberships(PersonState& survivor, const PersonState& other) {
  for (const Membership& theirs : other.memberships) {
    bool known = false;
    for (Membership& mine : survivor.memberships) {
      if (mine.segment != theirs.segment) continue;
      known = true;
      mine.inside = mine.inside || theirs.inside;
    }
    if (!known) survivor.memberships.push_back(theirs);
  }
}

}  // namespace

void absorb(const World& world, PersonState& survivor, PersonState other, bool survivor_is_known,
            Instant now, Effects& effects) {
  // The rows of both are one history already.
  survivor.running.clear();
  other.running.clear();
  std::vector<JourneyId> end_in_survivor;
  std::vector<JourneyId> end_in_other;
  collect_doubles(world, survivor, other, end_in_survivor, end_in_other);
  Stepper(world, survivor, now, effects).end_all(end_in_survivor, "merged");
  Stepper(world, other, now, effects).end_all(end_in_other, "merged");

  const ir::Program& program = world.current->program();
  Zone zone_of_survivor = send_zone(program, survivor);
  Zone zone_of_other = send_zone(program, other);
  for (PersonField& field : other.fields) {
    const ir::Value* mine = survivor.field(field.name);
    bool gap = mine == nullptr || mine->missing();
    if (gap || !survivor_is_known) survivor.set_field(field.name, std::move(field.value));
  }
  unite_subscriptions(survivor, other);
  unite(survivor.journeys, other.journeys);
  std::sort(survivor.journeys.begin(), survivor.journeys.end(),
            [](const Journey& a, const Journey& b) { return raw(a.id) < raw(b.id); });
  unite(survivor.messages, other.messages);
  unite(survivor.goals, other.goals);
  survivor.late_watches.unite(other.late_watches);
  unite(survivor.past_starts, other.past_starts);
  unite(survivor.counted_sends, other.counted_sends);
  unite_counts(survivor, other);
  unite(survivor.sequences, other.sequences);
  unite_planned(survivor, other);
  unite_memberships(survivor, other);
  for (const KeptEvents& theirs : other.kept_events) {
    KeptEvents& mine = survivor.kept(theirs.event);
    mine.rows += theirs.rows;
    mine.oldest = std::min(mine.oldest, theirs.oldest);
    mine.newest = std::max(mine.newest, theirs.newest);
    mine.incomplete = mine.incomplete || theirs.incomplete;
  }
  for (const SplitArm& theirs : other.arms) {
    bool known = std::any_of(survivor.arms.begin(), survivor.arms.end(), [&](const SplitArm& mine) {
      return mine.campaign == theirs.campaign && mine.split == theirs.split;
    });
    if (!known && survivor.arms.size() < kMaxSplitsPerPerson) survivor.arms.push_back(theirs);
  }
  survivor.mail_hours.add(other.mail_hours);
  survivor.own_hours.add(other.own_hours);
  survivor.last_own_event = std::max(survivor.last_own_event, other.last_own_event);
  survivor.known_since = std::min(survivor.known_since, other.known_since);
  survivor.identified = survivor.identified || other.identified;
  survivor.has_user_id = survivor.has_user_id || other.has_user_id;
  effects.decisions.push_back({now,
                               DecisionKind::kIdentity,
                               {},
                               {},
                               JourneyId::kNone,
                               fmt::format("joined with person {}", raw(other.id))});
  // Either side may have done what ends a journey of the other.
  Stepper stepper(world, survivor, now, effects);
  stepper.end_overtaken();
  stepper.resume_waits();
  Zone zone = send_zone(program, survivor);
  if (zone != zone_of_survivor || zone != zone_of_other) stepper.zone_changed();
  stepper.after_join();
  stepper.begin_queued();
}

}  // namespace trig::exec
