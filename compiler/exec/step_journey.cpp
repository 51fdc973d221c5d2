// A journey through its steps: until it waits, is parked at a send, or ends.
#include <algorithm>

#include "compiler/base/check.h"
#include "compiler/base/limits.h"
#include "compiler/exec/payload.h"
#include "compiler/exec/stepper.h"

namespace trig::exec {

std::optional<CampaignInProgram> Stepper::version_of(const Journey& journey) {
  return world_.find_version(journey.campaign);
}

void Stepper::on(const TimerDue&) {
  struct Due {
    Instant wake;
    JourneyId id;
  };
  std::vector<Due> due;
  for (const Journey& journey : state_.journeys)
    if (journey.wake && *journey.wake <= now_) due.push_back({*journey.wake, journey.id});
  std::sort(due.begin(), due.end(), [](const Due& a, const Due& b) {
    return a.wake != b.wake ? a.wake < b.wake : raw(a.id) < raw(b.id);
  });
  for (const Due& one : due) {
    Journey* journey = state_.find_journey(one.id);
    // One that ran before may have changed the zone, and with it the end of this wait.
    if (journey == nullptr || !journey->wake || *journey->wake > now_) continue;
    if (one.wake < now_) overdue_.emplace_back(one.id, one.wake);
    leave_wait(*journey);
    run(one.id);
  }
  segments_due();
  planned_due();
}

// A wait whose time is over.
void Stepper::leave_wait(Journey& journey) {
  auto in = version_of(journey);
  const auto* wait = waiting_at<ir::WaitForEvent>(journey, in);
  const auto* silence = waiting_at<ir::WaitForSilence>(journey, in);
  if (silence != nullptr && silence->up_to)
    in->executor->took_way(in->campaign, journey.step,
                           state_.last_own_event + silence->silence > *journey.wake ? 1 : 0);
  journey.wake.reset();
  if (wait == nullptr) {
    ++journey.step;
    return;
  }
  const ir::Campaign& campaign = in->executor->program().campaigns[in->campaign];
  std::string events;
  for (const ir::Watch::Alternative& one : campaign.watches[wait->watch].alternatives)
    events += (events.empty() ? "" : " or ") + in->executor->program().events[one.event].name;
  decide(DecisionKind::kDidNotCome, &campaign, journey.id, events);
  in->executor->took_way(in->campaign, journey.step, 1);
  journey.step = wait->otherwise;
}

// Semantics 4: what occurred after the trigger may have arrived before it.
void Stepper::begin(JourneyId id) {
  Journey* journey = state_.find_journey(id);
  auto in = journey ? version_of(*journey) : std::nullopt;
  if (!in) return;
  const ir::Campaign& campaign = in->executor->program().campaigns[in->campaign];
  std::erase_if(state_.goals, [&](const GoalWatch& watch) {
    if (watch.journey != id || watch.campaign != journey->campaign) return false;
    auto found = first_in_history(*in, campaign.goals[watch.goal].watch, watch.trigger, watch.slots,
                                  std::min(watch.deadline, now_));
    if (found) reach_goal(watch, *in, found->alternative, found->fields);
    return found.has_value();
  });
  if (std::string event = overtaken_by(*journey, *in); !event.empty())
    end_journey(id, event);
  else
    run(id);
}

void Stepper::run(JourneyId id) {
  for (std::size_t steps = 0;; ++steps) {
    Journey* journey = state_.find_journey(id);
    if (journey == nullptr) return;
    auto in = version_of(*journey);
    if (!in) {
      end_journey(id, "its campaign is gone");
      return;
    }
    TRIG_CHECK(steps < kMaxCatchUpSteps, "a journey ran in a circle");  // steps only go forward
    if (!journey->held_out) in->executor->at_step(in->campaign, journey->step);
    if (!run_step(*journey, *in)) return;
  }
}

bool Stepper::run_step(Journey& journey, const CampaignInProgram& in) {
  const ir::Program& program = in.executor->program();
  const ir::Campaign& campaign = program.campaigns[in.campaign];
  const ir::Step& step = campaign.steps[journey.step];
  if (const auto* wait = std::get_if<ir::WaitSpan>(&step.node))
    return begin_wait(journey, in, add_span(now_, wait->span, zone()), wait->unless);
  if (const auto* wait = std::get_if<ir::WaitUntil>(&step.node)) {
    journey.wait_begin = now_;
    return begin_wait(journey, in, wait_until(journey, in, *wait), wait->unless);
  }
  if (const auto* wait = std::get_if<ir::WaitForEvent>(&step.node))
    return begin_wait_for(journey, in, *wait);
  if (const auto* wait = std::get_if<ir::WaitForSilence>(&step.node)) {
    journey.wait_begin = now_;
    const std::uint32_t at = journey.step;
    const bool silent = begin_wait(journey, in, silence_end(journey, *wait), wait->unless,
                                   "for " + duration_text(wait->silence) + " of silence, ");
    if (silent && wait->up_to) in.executor->took_way(in.campaign, at, 0);
    return silent;
  }
  if (const auto* split = std::get_if<ir::Split>(&step.node)) {
    choose_arm(journey, in, *split);
    return true;
  }
  if (const auto* branch = std::get_if<ir::Branch>(&step.node)) {
    Frame frame = frame_for(*in.executor, journey);
    bool taken = holds(in.executor->evaluate(branch->condition, frame));
    decide(DecisionKind::kBranch, &campaign, journey.id,
           fmt::format("{}: {}", taken, explain(*in.executor, branch->condition, frame)));
    in.executor->took_way(in.campaign, journey.step, taken ? 0 : 1);
    journey.step = taken ? journey.step + 1 : branch->otherwise;
    return true;
  }
  if (const auto* jump = std::get_if<ir::Jump>(&step.node)) {
    journey.step = jump->to;
    return true;
  }
  if (std::holds_alternative<ir::End>(step.node)) {
    end_journey(journey.id, "finished");
    return false;
  }
  if (journey.held_out) {
    hold_out(journey, in);
    return true;
  }
  if (const auto* send = std::get_if<ir::Send>(&step.node)) {
    decide_send(journey, in, *send);
    return false;
  }
  if (const auto* one = std::get_if<ir::Subscribe>(&step.node)) {
    subscribe(journey, in, *one);
  } else if (const auto* one = std::get_if<ir::Emit>(&step.node)) {
    emit(journey, in, *one);
  } else if (const auto* one = std::get_if<ir::Post>(&step.node)) {
    post(journey, in, *one);
  } else {
    set_field(journey, in, std::get<ir::SetField>(step.node));
  }
  ++journey.step;
  // Queues what starts by it; `journey` may have moved.
  if (std::holds_alternative<ir::SetField>(step.node)) fields_changed();
  return true;
}

std::optional<Instant> Stepper::wait_until(const Journey& journey, const CampaignInProgram& in,
                                           const ir::WaitUntil& wait) const {
  if (wait.base == ir::NodeId::kNone)
    return next_local(journey.wait_begin, wait.time.value_or(TimeOfDay{0}), zone());
  ir::Value base = in.executor->evaluate(wait.base, frame_for(*in.executor, journey));
  if (const Date* date = base.get<Date>())
    return at_local(*date, wait.time.value_or(TimeOfDay{0}), zone());
  const Instant* instant = base.get<Instant>();
  if (instant == nullptr) return std::nullopt;
  if (!wait.time) return *instant;
  return at_local(zone().to_local(*instant).date(), *wait.time, zone());
}

bool Stepper::begin_wait(Journey& journey, const CampaignInProgram& in,
                         std::optional<Instant> until, const std::vector<std::uint32_t>& unless,
                         std::string_view what) {
  const ir::Campaign& campaign = in.executor->program().campaigns[in.campaign];
  journey.wait_begin = now_;
  for (std::uint32_t watch : unless)
    if (std::find(journey.armed.begin(), journey.armed.end(), watch) == journey.armed.end())
      journey.armed.push_back(watch);
  if (!unless.empty()) {
    if (std::string event = overtaken_by(journey, in); !event.empty()) {
      end_journey(journey.id, event);
      return false;
    }
  }
  if (!until) {
    end_journey(journey.id, "the moment to wait for has no value");
    return false;
  }
  if (*until <= now_) {
    ++journey.step;
    return true;
  }
  journey.wake = until;
  decide(DecisionKind::kWaiting, &campaign, journey.id,
         [&] { return fmt::format("{}until {}", what, at_text(*until)); });
  return false;
}

std::optional<Stepper::Found> Stepper::first_in_history(
    const CampaignInProgram& in, const ir::Watch& watch, const Moment& trigger,
    const std::vector<ir::Value>& slots, Instant until, const std::vector<Moment>* taken) const {
  if (world_.history == nullptr) return std::nullopt;
  const ir::Program& program = in.executor->program();
  std::optional<Found> first;
  for (std::size_t i = 0; i < watch.alternatives.size(); ++i) {
    const ir::Watch::Alternative& alternative = watch.alternatives[i];
    const ir::EventType& event = program.events[alternative.event];
    if (!state_.any_kept_from(event.hash, trigger.occurred_at)) continue;
    world_.history->scan(
        event.hash, trigger.occurred_at, until, [&](const Moment& moment, std::string_view row) {
          if (!(trigger < moment)) return true;
          if (first && first->moment < moment) return false;
          if (taken != nullptr && std::find(taken->begin(), taken->end(), moment) != taken->end())
            return true;
          ir::Items fields = decode_history_row(program, event, row);
          Frame frame = frame_for(*in.executor, &slots);
          frame.event = &fields;
          bool wanted = alternative.where == ir::NodeId::kNone ||
                        holds(in.executor->evaluate(alternative.where, frame));
          if (wanted) first = Found{moment, i, std::move(fields)};
          return !wanted;
        });
  }
  return first;
}

std::string Stepper::overtaken_by(const Journey& journey, const CampaignInProgram& in) const {
  const ir::Program& program = in.executor->program();
  const ir::Campaign& campaign = program.campaigns[in.campaign];
  std::optional<Moment> first;
  const ir::Watch* by = nullptr;
  std::string event;
  auto look = [&](const ir::Watch& watch) {
    auto found = first_in_history(in, watch, journey.trigger, journey.slots, now_);
    if (!found || (first && *first < found->moment)) return;
    first = found->moment;
    by = &watch;
    event = program.events[watch.alternatives[found->alternative].event].name;
  };
  for (std::uint32_t watch : journey.armed) look(campaign.watches[watch]);
  for (const ir::Watch& exit : campaign.exits) look(exit);
  if (by != nullptr) in.executor->stopped_by(in.campaign, *by);
  return event;
}

void Stepper::end_overtaken() {
  std::vector<std::pair<JourneyId, std::string>> ending;
  for (const Journey& journey : state_.journeys) {
    auto in = version_of(journey);
    if (!in) continue;
    if (std::string event = overtaken_by(journey, *in); !event.empty())
      ending.emplace_back(journey.id, std::move(event));
  }
  for (const auto& [id, event] : ending) end_journey(id, event);
}

// A change of zone moves waits for a local time; exact waits stay. Mails that the policy held back
// for a local time are asked for again at once.
void Stepper::zone_changed() {
  move_planned();
  for (Journey& journey : state_.journeys) {
    if (!journey.wake) continue;
    auto in = version_of(journey);
    if (!in) continue;
    const ir::Campaign& campaign = in->executor->program().campaigns[in->campaign];
    const auto* wait = std::get_if<ir::WaitUntil>(&campaign.steps[journey.step].node);
    if (wait == nullptr) continue;
    // One that is past by that is over now, not before the zone was known.
    journey.wake = std::max(wait_until(journey, *in, *wait).value_or(now_), now_);
    decide(DecisionKind::kWaiting, &campaign, journey.id,
           "the zone changed: until " + at_text(*journey.wake));
  }
  for (Message& message : state_.messages)
    if (message.state == MessageState::kPending && message.attempt == 0 && !message.rate_slot &&
        message.due && *message.due > now_)
      message.due = message.best_hour < 0 ? now_ : at_best_hour(message);
}

void Stepper::mark_effective(Journey& journey, const ir::Campaign& campaign) {
  if (journey.effective) return;
  journey.effective = true;
  if (campaign.again != ir::AgainMode::kNever && campaign.again != ir::AgainMode::kAfter) return;
  if (campaign.again == ir::AgainMode::kAfter)  // those that keep nobody out, late events included
    std::erase_if(state_.past_starts, [&](const PastStart& past) {
      return past.campaign == campaign.hash &&
             add_span(past.started_at, campaign.again_after, zone()) + world_.late_window < now_;
    });
  for (PastStart& past : state_.past_starts) {
    if (past.campaign != campaign.hash || !ir::same(past.key, journey.key)) continue;
    // After a join a journey of the other person may have begun later, with its effect before this.
    past.started_at = std::max(past.started_at, journey.trigger.occurred_at);
    return;
  }
  state_.past_starts.push_back({campaign.hash, journey.key, journey.trigger.occurred_at});
}

void Stepper::end_all(const std::vector<JourneyId>& journeys, const std::string& reason) {
  for (JourneyId id : journeys)
    if (state_.find_journey(id) != nullptr) end_journey(id, reason);
}

void Stepper::end_journey(JourneyId id, const std::string& reason) {
  Journey* journey = state_.find_journey(id);
  TRIG_CHECK(journey != nullptr, "a journey ended twice");
  auto in = version_of(*journey);
  const ir::Campaign* campaign = in ? &in->executor->program().campaigns[in->campaign] : nullptr;
  const NameHash campaign_hash = journey->campaign.campaign;
  cancel_message(journey->message, reason);
  std::erase_if(state_.journeys, [&](const Journey& other) { return other.id == id; });
  effects_.ended.push_back({campaign_hash, reason});
  decide(DecisionKind::kEnded, campaign, id, reason);
}

}  // namespace trig::exec
