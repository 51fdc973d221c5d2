// An event of the person: what it stops, what it measures, what it renews, what it starts.
#include <algorithm>
#include <boost/container/small_vector.hpp>

#include "compiler/base/limits.h"
#include "compiler/exec/operators.h"
#include "compiler/exec/stepper.h"
#include "compiler/exec/trigger_slots.h"

namespace trig::exec {
namespace {

// `why` says of events that took longer to arrive when they occurred.
constexpr Duration kToldLate = std::chrono::minutes(1);

const ir::StartTrigger::Alternative* alternative_for(const ir::Program& program,
                                                     const ir::Campaign& campaign, NameHash event) {
  for (const auto& alternative : campaign.trigger.alternatives)
    if (program.events[alternative.event].hash == event) return &alternative;
  return nullptr;
}

// Why conditions on one event do not hold, each text once.
class NegativeTexts {
 public:
  NegativeTexts(const Executor& executor, std::vector<std::string>& texts, FieldTexts& fields)
      : executor_(executor), texts_(texts), fields_(fields) {}

  // The number of the text of a part that does not hold; `field` as only_field says.
  std::uint32_t of(ir::NodeId part, std::int32_t field, const Frame& frame) {
    if (field < 0) return add(explain(executor_, part, frame, fields_));
    for (const auto& [known, text] : of_field_)
      if (known == field) return text;
    of_field_.emplace_back(field, add(explain(executor_, part, frame, fields_)));
    return of_field_.back().second;
  }

 private:
  std::uint32_t add(std::string text) {
    auto known = std::find(texts_.begin(), texts_.end(), text);
    const auto number = static_cast<std::uint32_t>(known - texts_.begin());
    if (known == texts_.end()) texts_.push_back(std::move(text));
    return number;
  }

  const Executor& executor_;
  std::vector<std::string>& texts_;
  FieldTexts& fields_;
  boost::container::small_vector<std::pair<std::int32_t, std::uint32_t>, 4> of_field_;
};

}  // namespace

void Stepper::on(const EventInput& input) {
  decide(DecisionKind::kEvent, nullptr, JourneyId::kNone, [&] {
    std::string text = world_.current->program().events[input.index].name;
    if (now_ - input.moment.occurred_at < kToldLate) return text;
    text += ", occurred " + at_text(input.moment.occurred_at);
    if (!input.may_start) text += "; so late that it starts nothing";
    return text;
  });
  note_event(input);
  check_watches(input);
  count_late(input);
  check_goals(input);
  std::vector<JourneyId> to_run;
  std::vector<JourneyId> to_resume;
  renew_journeys(input, to_run);
  check_waits(input, to_resume);
  start_journeys(input, to_run);
  take_parts(input);
  note_silences(input);
  refresh_segments(world_.current->triggers().segments[input.index], input.may_start);
  for (JourneyId id : to_resume) run(id);
  for (JourneyId id : to_run) begin(id);
}

EventFields Stepper::fields_for(const Executor& executor, const EventInput& input,
                                std::uint32_t& index) {
  if (&executor == world_.current) {
    index = input.index;
    return input.fields;
  }
  const ir::Program& program = executor.program();
  for (index = 0; index < program.events.size(); ++index)
    if (program.events[index].hash == input.event) break;
  if (index == program.events.size()) return nullptr;
  auto known = std::find_if(decoded_.begin(), decoded_.end(),
                            [&](const auto& one) { return one.first == &executor; });
  if (known == decoded_.end()) {
    known = decoded_.emplace(decoded_.end(), &executor, std::make_unique<Decoded>());
    executor.decode(index, input.payload, *known->second);
  }
  if (!known->second->problems.empty()) return nullptr;
  return known->second.get();
}

bool Stepper::satisfies(const CampaignInProgram& in, const ir::Watch& watch, const Moment& trigger,
                        const std::vector<ir::Value>& slots, const EventInput& input,
                        std::size_t* which) {
  if (!(trigger < input.moment)) return false;  // semantics 4: only what occurred after
  const ir::Program& program = in.executor->program();
  for (std::size_t i = 0; i < watch.alternatives.size(); ++i) {
    const ir::Watch::Alternative& alternative = watch.alternatives[i];
    if (program.events[alternative.event].hash != input.event) continue;
    std::uint32_t index = 0;
    const EventFields fields = fields_for(*in.executor, input, index);
    if (!fields) continue;
    Frame frame = frame_for(*in.executor, &slots);
    frame.event = fields;
    if (alternative.where != ir::NodeId::kNone &&
        !holds(in.executor->evaluate(alternative.where, frame)))
      continue;
    if (which != nullptr) *which = i;
    return true;
  }
  return false;
}

void Stepper::check_watches(const EventInput& input) {
  std::vector<JourneyId> ended;
  for (Journey& journey : state_.journeys) {
    auto in = version_of(journey);
    if (!in) continue;
    const ir::Campaign& campaign = in->executor->program().campaigns[in->campaign];
    auto stops = [&](const ir::Watch& watch) {
      if (!satisfies(*in, watch, journey.trigger, journey.slots, input)) return false;
      in->executor->stopped_by(in->campaign, watch);
      return true;
    };
    const bool stopped =
        std::any_of(journey.armed.begin(), journey.armed.end(),
                    [&](std::uint32_t watch) { return stops(campaign.watches[watch]); }) ||
        std::any_of(campaign.exits.begin(), campaign.exits.end(), stops);
    if (stopped) ended.push_back(journey.id);
  }
  const std::string& name = world_.current->program().events[input.index].name;
  for (JourneyId id : ended) end_journey(id, name);
}

void Stepper::count_late(const EventInput& input) {
  const Instant kept_from = now_ - world_.late_window;
  state_.late_watches.drop_before(kept_from);
  if (!state_.late_watches.any_from(input.moment.occurred_at)) return;
  for (const LateWatch& late :
       state_.late_watches.from(std::max(input.moment.occurred_at, kept_from))) {
    auto in = world_.find_version(late.campaign);
    if (!in) continue;
    const ir::Campaign& campaign = in->executor->program().campaigns[in->campaign];
    if (!satisfies(*in, campaign.watches[late.watch], late.trigger, late.slots, input)) continue;
    ++effects_.arrived_too_late;
    decide(DecisionKind::kArrivedTooLate, &campaign, late.journey,
           fmt::format("{} occurred at {}, but the mail had begun at {}",
                       world_.current->program().events[input.index].name,
                       at_text(input.moment.occurred_at), at_text(late.begun_at)));
  }
}

void Stepper::check_goals(const EventInput& input) {
  std::erase_if(state_.goals, [&](const GoalWatch& watch) {
    // For a while an event may still arrive that occurred before the deadline. A journey that goes
    // on may begin afresh, and its goals with it.
    if (now_ > watch.deadline + world_.late_window)
      return state_.find_journey(watch.journey) == nullptr;
    auto in = world_.find_version(watch.campaign);
    if (!in) return true;
    const ir::Campaign& campaign = in->executor->program().campaigns[in->campaign];
    const ir::Goal& goal = campaign.goals[watch.goal];
    std::size_t which = 0;
    if (input.moment.occurred_at > watch.deadline ||
        !satisfies(*in, goal.watch, watch.trigger, watch.slots, input, &which))
      return false;
    std::uint32_t index = 0;
    reach_goal(watch, *in, which, *fields_for(*in->executor, input, index));
    return true;
  });
}

void Stepper::reach_goal(const GoalWatch& watch, const CampaignInProgram& in,
                         std::size_t alternative, const ir::Items& fields) {
  const ir::Program& program = in.executor->program();
  const ir::Campaign& campaign = program.campaigns[in.campaign];
  const ir::Goal& goal = campaign.goals[watch.goal];
  int field = goal.value_fields[alternative];
  ir::Value value = field < 0 ? ir::Value() : fields[static_cast<std::size_t>(field)];
  decide(DecisionKind::kGoal, &campaign, watch.journey,
         program.events[goal.watch.alternatives[alternative].event].name +
             (value.missing() ? "" : ", value " + ir::to_string(value)));
  effects_.goals.push_back(
      {watch.campaign, campaign.name, watch.journey, watch.goal, std::move(value)});
}

ir::Value Stepper::bind(const Executor& executor, const ir::Campaign& campaign,
                        const ir::StartTrigger::Alternative& alternative, const ir::Items& fields,
                        std::uint32_t of) const {
  const ir::Slot& slot = campaign.slots[of];
  const ir::RecordType& record = executor.program().types.record_at(slot.record);
  ir::Items bound(record.fields.size());
  for (std::size_t i = 0; i < bound.size(); ++i)
    if (slot.read[i] && alternative.slot_fields[i] >= 0)
      bound[i] = fields[static_cast<std::size_t>(alternative.slot_fields[i])];
  return ir::Value::record(std::move(bound));
}

// `restart while waiting`: a newer event of the same key begins afresh until the first send, then
// only renews the binding; one that no longer satisfies `where` ends the journey. "Newer" is by
// occurrence, against the event bound last. One that may start nothing only renews.
void Stepper::renew_journeys(const EventInput& input, std::vector<JourneyId>& to_run) {
  std::vector<JourneyId> ended;
  for (Journey& journey : state_.journeys) {
    auto in = version_of(journey);
    if (!in) continue;
    const ir::Program& program = in->executor->program();
    const ir::Campaign& campaign = program.campaigns[in->campaign];
    if (!campaign.restart_while_waiting || !(journey.bound < input.moment)) continue;
    const auto* alternative = alternative_for(program, campaign, input.event);
    if (alternative == nullptr) continue;
    std::uint32_t index = 0;
    const EventFields fields = fields_for(*in->executor, input, index);
    if (!fields) continue;
    std::vector<ir::Value> slots = trigger_slots(program, campaign, *alternative, *fields);
    Frame frame = frame_for(*in->executor, &slots);
    frame.event = fields;
    if (alternative->key != ir::NodeId::kNone &&
        !ir::same(in->executor->evaluate(alternative->key, frame), journey.key))
      continue;
    if (alternative->where != ir::NodeId::kNone &&
        !holds(in->executor->evaluate(alternative->where, frame))) {
      ended.push_back(journey.id);
      continue;
    }
    journey.slots[0] = bind(*in->executor, campaign, *alternative, *fields);
    journey.bound = input.moment;
    if (journey.attempted || !input.may_start) {
      decide(DecisionKind::kRefreshed, &campaign, journey.id, program.events[index].name);
      continue;
    }
    restart(journey, campaign, input.moment, program.events[index].name);
    to_run.push_back(journey.id);
  }
  for (JourneyId id : ended) end_journey(id, "the condition no longer holds");
}

void Stepper::restart(Journey& journey, const ir::Campaign& campaign, const Moment& moment,
                      const std::string& event) {
  decide(DecisionKind::kRestarted, &campaign, journey.id, event + " came again");
  cancel_message(journey.message, "restarted");
  journey.message = MessageId::kNone;
  journey.trigger = moment;
  journey.started_at = now_;
  journey.step = 0;
  journey.wake.reset();
  journey.armed.clear();
  journey.since = moment;
  journey.taken.clear();
  std::fill(journey.slots.begin() + 1, journey.slots.end(), ir::Value());
  journey.held_out = false;
  journey.effective = false;  // what it did before counts from the start it had then
  for (GoalWatch& watch : state_.goals) {
    if (watch.journey != journey.id || watch.campaign != journey.campaign) continue;
    watch.trigger = moment;
    watch.deadline = moment.occurred_at + campaign.goals[watch.goal].within;
    watch.slots = journey.slots;
  }
}

void Stepper::start_journeys(const EventInput& input, std::vector<JourneyId>& to_run) {
  if (world_.current->candidates(input.index).empty()) return;
  Frame frame = frame_for(*world_.current, nullptr);
  frame.event = input.fields;
  std::vector<Executor::Match> matches;
  world_.current->match(input.index, frame, matches);
  FieldTexts texts;
  if (input.may_start && world_.explain) explain_not_started(input, matches, texts);
  for (const Executor::Match& match : matches) try_start(input, match, texts, to_run);
}

void Stepper::explain_not_started(const EventInput& input,
                                  const std::vector<Executor::Match>& matches, FieldTexts& fields) {
  const ir::Program& program = world_.current->program();
  const std::vector<Executor::Match>& candidates = world_.current->candidates(input.index);
  const std::size_t kept_out = candidates.size() - matches.size();
  if (kept_out == 0) return;
  const std::size_t told = std::min(kept_out, kMaxNegativesPerEvent);
  NotStarted& negatives = effects_.not_started.emplace_back();
  negatives.at = now_;
  negatives.after = effects_.decisions.size();
  negatives.more = kept_out - told;
  negatives.campaigns.reserve(told);
  NegativeTexts texts(*world_.current, negatives.texts, fields);
  std::vector<ir::Value> slots;
  Frame frame = frame_for(*world_.current, &slots);
  frame.event = input.fields;
  auto match = matches.begin();  // in the order of the candidates
  for (const Executor::Match& candidate : candidates) {
    if (negatives.campaigns.size() == told) break;
    if (match != matches.end() && match->campaign == candidate.campaign &&
        match->alternative == candidate.alternative) {
      ++match;
      continue;
    }
    const ir::Campaign& campaign = program.campaigns[candidate.campaign];
    ir::NodeId part = candidate.first_part;
    std::int32_t field = candidate.first_field;
    if (field < 0 || compare(ir::Op::kEqual, (*input.fields)[static_cast<std::size_t>(field)],
                             program.node(program.node(part).b).value)) {
      const auto& alternative = campaign.trigger.alternatives[candidate.alternative];
      if (candidate.reads_slots)
        slots = trigger_slots(program, campaign, alternative, *input.fields);
      part = first_false(*world_.current, alternative.where, frame);
      field = only_field(program, part);
    }
    negatives.campaigns.push_back({&campaign, texts.of(part, field, frame)});
  }
}

void Stepper::try_start(const EventInput& input, const Executor::Match& match, FieldTexts& texts,
                        std::vector<JourneyId>& to_run) {
  const ir::Program& program = world_.current->program();
  const ir::Campaign& campaign = program.campaigns[match.campaign];
  const auto& alternative = campaign.trigger.alternatives[match.alternative];
  bool counts = std::holds_alternative<ir::OnCount>(campaign.trigger.kind);
  if (!input.may_start && !counts) return;
  const bool has_key = alternative.key != ir::NodeId::kNone;
  std::vector<ir::Value> slots;
  if (has_key || world_.explain)
    slots = trigger_slots(program, campaign, alternative, *input.fields);
  Frame frame = frame_for(*world_.current, &slots);
  frame.event = input.fields;
  ir::Value key;
  if (has_key) {
    key = world_.current->evaluate(alternative.key, frame);
    if (key.missing()) return not_started(campaign, "the event has no key");
  }
  ir::Value record = bind(*world_.current, campaign, alternative, *input.fields);
  if (counts) return count(input, match.campaign, std::move(key), std::move(record));
  // A journey that this very event restarted is not "already inside": it has been dealt with.
  for (const Journey& journey : state_.journeys)
    if (campaign.restart_while_waiting && journey.campaign.campaign == campaign.hash &&
        ir::same(journey.key, key))
      return;
  std::vector<ir::Value> bound(campaign.slots.size());
  bound[0] = std::move(record);
  std::string why;
  if (world_.explain) {
    why = program.events[input.index].name;
    if (alternative.where != ir::NodeId::kNone)
      why += " where " + explain(*world_.current, alternative.where, frame, texts);
  }
  JourneyId id =
      start({match.campaign, std::move(key), input.moment, std::move(bound), std::move(why)});
  if (id != JourneyId::kNone) to_run.push_back(id);
}

}  // namespace trig::exec
