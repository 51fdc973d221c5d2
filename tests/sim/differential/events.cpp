// What one event does: it ends, is counted, renews, answers, starts; then what it moved goes on.
#include <algorithm>

#include "tests/sim/differential/model.h"

namespace trig::sim {
namespace {

bool names(const Texts& events, const std::string& type) {
  return std::find(events.begin(), events.end(), type) != events.end();
}

Val key_of(const Trigger& trigger, const Fields& fields) {
  return trigger.per_key ? fields.at("key") : Val();
}

}  // namespace

void Model::on_event(Event event) {
  event.number = static_cast<int>(facts_.events.size()) + 1;
  facts_.events.push_back(event);
  std::vector<JourneyRef> to_run;
  std::vector<JourneyRef> to_begin;
  for (const JourneyRef& journey : live(event.person))
    if (event.own && journey->wake && journey->step().kind == StepKind::kWaitSilence &&
        event.occurred <= *journey->wake)
      journey->wake = silence_end(event.person, *journey);
  end_by(event);
  count_goals(event);
  renew(event, to_begin);
  answer_waits(event, to_run);
  start_by(event, to_begin);
  note_silences(event);
  for (const Segment& segment : program_.segments)
    if (watched(segment.name) && reads(segment.condition, event.type))
      ask_segment(event.person, segment, event.may_start);
  for (const JourneyRef& journey : to_run) run(event.person, journey);
  for (const JourneyRef& journey : to_begin) begin(event.person, journey);
  finish_step(event.person);
}

bool Model::meets(int person, const Watch& watch, const Moment& after, const Journey& journey,
                  const Event& event) const {
  if (event.person != person || !names(watch.events, event.type) || !(after < moment_of(event)))
    return false;
  View of_event = view(person, journey);
  of_event.event = &event.fields;
  return holds(watch.where, of_event);
}

// The starting event never counts, nor does what occurred before it.
void Model::end_by(const Event& event) {
  for (const JourneyRef& journey : live(event.person)) {
    auto stops = [&](const Watch& watch) {
      return meets(event.person, watch, journey->trigger, *journey, event);
    };
    bool stopped =
        std::any_of(journey->armed.begin(), journey->armed.end(),
                    [&](const Watch* watch) { return stops(*watch); }) ||
        std::any_of(journey->campaign->exits.begin(), journey->campaign->exits.end(), stops);
    if (stopped) end(*journey);
  }
}

// Once for each goal of a journey, its last instant included; also after the journey's end. What
// arrives more than a day after it counts no more.
void Model::count_goals(const Event& event) {
  std::erase_if(people_[static_cast<std::size_t>(event.person)].goals, [&](const OpenGoal& open) {
    Instant deadline = open.trigger.occurred + open.goal->within.exact();
    if (now_ > deadline + std::chrono::hours(24)) return false;
    Journey as_it_was;
    as_it_was.start = open.start;
    if (event.occurred > deadline ||
        !meets(event.person, open.goal->watch, open.trigger, as_it_was, event))
      return false;
    ++outcome_.goals;
    return true;
  });
}

void Model::renew(const Event& event, std::vector<JourneyRef>& to_begin) {
  for (const JourneyRef& journey : live(event.person)) {
    const Trigger& trigger = journey->campaign->trigger;
    if (!journey->campaign->restart || !names(trigger.events, event.type) ||
        !(journey->bound < moment_of(event)) || key_of(trigger, event.fields) != journey->key)
      continue;
    View of_event = view(event.person);
    of_event.event = of_event.trigger = &event.fields;
    if (!holds(trigger.where, of_event)) {
      end(*journey);
      continue;
    }
    journey->start = event.fields;
    journey->bound = moment_of(event);
    if (journey->attempted || !event.may_start) continue;
    if (journey->mail_due) ++outcome_.suppressed;
    Journey fresh;
    fresh.id = journey->id;
    fresh.campaign = journey->campaign;
    fresh.key = journey->key;
    fresh.started = now_;
    fresh.trigger = fresh.bound = fresh.since = moment_of(event);
    fresh.start = event.fields;
    fresh.at = {{&journey->campaign->steps, 0}};
    *journey = std::move(fresh);
    for (OpenGoal& open : people_[static_cast<std::size_t>(event.person)].goals)
      if (open.journey == journey->id) {
        open.trigger = journey->trigger;
        open.start = journey->start;
      }
    to_begin.push_back(journey);
  }
}

// In time is what occurred until the very bound. An event is tested when it comes; those before it
// were.
void Model::answer_waits(const Event& event, std::vector<JourneyRef>& to_run) {
  for (const JourneyRef& journey : live(event.person)) {
    if (!journey->wake || journey->step().kind != StepKind::kWaitFor) continue;
    if (event.occurred > *journey->wake ||
        !meets(event.person, journey->step().watch, journey->since, *journey, event))
      continue;
    answer(*journey, event);
    to_run.push_back(journey);
  }
}

void Model::start_by(const Event& event, std::vector<JourneyRef>& to_begin) {
  for (const Campaign& campaign : program_.campaigns) {
    const Trigger& trigger = campaign.trigger;
    bool counts = trigger.kind == TriggerKind::kCount;
    bool by_event = counts || trigger.kind == TriggerKind::kEvent;
    if (!by_event || !names(trigger.events, event.type)) continue;
    View of_event = view(event.person);
    of_event.event = of_event.trigger = &event.fields;
    if (!holds(trigger.where, of_event)) continue;
    if (counts) {
      count(event, campaign);
      continue;
    }
    Val key = key_of(trigger, event.fields);
    if (event.may_start && may_start(event.person, campaign, key, event.occurred))
      to_begin.push_back(start(event.person, campaign, key, moment_of(event), event.fields));
  }
}

bool Model::may_start(int person, const Campaign& campaign, const Val& key,
                      Instant occurred) const {
  constexpr int kMostAtOnce = 100;  // in one step; semantics 21
  if (starts_ == kMostAtOnce) return false;
  if (campaign.again != Again::kAlways)
    for (const JourneyRef& journey : live(person))
      if (journey->campaign == &campaign && journey->key == key) return false;
  for (const PastStart& past : people_[static_cast<std::size_t>(person)].past) {
    if (past.campaign != &campaign || past.key != key) continue;
    if (campaign.again == Again::kNever) return false;
    if (campaign.again == Again::kAfter &&
        occurred < add_span(past.occurred, campaign.again_after, zone(person)))
      return false;
  }
  return true;
}

JourneyRef Model::start(int person, const Campaign& campaign, const Val& key, const Moment& moment,
                        const Fields& start) {
  Somebody& somebody = people_[static_cast<std::size_t>(person)];
  auto journey = std::make_shared<Journey>();
  journey->id = {person, ++somebody.started};
  journey->campaign = &campaign;
  journey->key = key;
  journey->started = now_;
  journey->trigger = journey->bound = journey->since = moment;
  journey->start = start;
  journey->at = {{&campaign.steps, 0}};
  somebody.journeys.push_back(journey);
  for (const Goal& goal : campaign.goals)
    somebody.goals.push_back({journey->id, &campaign, &goal, moment, start});
  ++outcome_.started;
  ++starts_;
  return journey;
}

}  // namespace trig::sim
