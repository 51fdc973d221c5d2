#include "compiler/exec/step.h"

#include <algorithm>
#include <tuple>

#include "compiler/base/check.h"
#include "compiler/exec/stepper.h"

namespace trig::exec {

std::string_view to_string(DecisionKind kind) {
  switch (kind) {
    case DecisionKind::kEvent: return "event";
    case DecisionKind::kFields: return "fields";
    case DecisionKind::kSubscription: return "subscription";
    case DecisionKind::kStarted: return "started";
    case DecisionKind::kNotStarted: return "not started";
    case DecisionKind::kRestarted: return "restarted";
    case DecisionKind::kRefreshed: return "refreshed";
    case DecisionKind::kWaiting: return "waiting";
    case DecisionKind::kBranch: return "when";
    case DecisionKind::kEnded: return "ended";
    case DecisionKind::kSendDecided: return "send decided";
    case DecisionKind::kHeldBack: return "held back";
    case DecisionKind::kSuppressed: return "suppressed";
    case DecisionKind::kExpired: return "expired";
    case DecisionKind::kAttempt: return "attempt";
    case DecisionKind::kSent: return "sent";
    case DecisionKind::kRetry: return "retry";
    case DecisionKind::kFailed: return "failed";
    case DecisionKind::kInDoubt: return "in doubt";
    case DecisionKind::kGoal: return "goal";
    case DecisionKind::kArrivedTooLate: return "arrived too late";
    case DecisionKind::kIdentity: return "identity";
    case DecisionKind::kDeploy: return "deploy";
    case DecisionKind::kHistoryCut: return "history cut";
    case DecisionKind::kCame: return "came";
    case DecisionKind::kDidNotCome: return "did not come";
    case DecisionKind::kSplit: return "split";
    case DecisionKind::kHeldOut: return "held out";
    case DecisionKind::kEmitted: return "emitted";
    case DecisionKind::kEdited: return "edited";
    case DecisionKind::kSegment: return "segment";
  }
  return "unknown";
}

void Effects::clear() {
  decisions.clear();
  not_started.clear();
  messages.clear();
  attempts.clear();
  goals.clear();
  started.clear();
  ended.clear();
  addresses.clear();
  emitted.clear();
  objectives_met = objectives_missed = arrived_too_late = 0;
}

void step(const World& world, PersonState& state, const Input& input, Instant now,
          Effects& effects) {
  Stepper stepper(world, state, now, effects);
  std::visit([&](const auto& one) { stepper.on(one); }, input);
  stepper.begin_queued();
}

void end_journeys(const World& world, PersonState& state, const std::vector<NameHash>& campaigns,
                  const std::string& reason, Instant now, Effects& effects) {
  std::vector<JourneyId> ending;
  for (const Journey& journey : state.journeys)
    if (std::find(campaigns.begin(), campaigns.end(), journey.campaign.campaign) != campaigns.end())
      ending.push_back(journey.id);
  Stepper(world, state, now, effects).end_all(ending, reason);
}

void edit_journeys(const World& world, PersonState& state, const std::vector<NameHash>& campaigns,
                   Instant now, Effects& effects) {
  std::vector<JourneyId> edited;
  for (const Journey& journey : state.journeys)
    if (std::find(campaigns.begin(), campaigns.end(), journey.campaign.campaign) != campaigns.end())
      edited.push_back(journey.id);
  Stepper stepper(world, state, now, effects);
  for (JourneyId id : edited) stepper.edit(id);
  stepper.begin_queued();
}

Zone send_zone(const ir::Program& program, const PersonState& state) {
  if (program.person_timezone < 0) return program.zone;
  const ir::RecordType& person = program.types.record_at(program.person);
  const std::string& name = person.fields[static_cast<std::size_t>(program.person_timezone)].name;
  const ir::Value* value = state.field(name_hash(name));
  if (value == nullptr || value->missing())
    value = &program.sources[program.person.detail]
                 .defaults[static_cast<std::size_t>(program.person_timezone)];
  const std::string* text = value->get<std::string>();
  if (text == nullptr) return program.zone;
  return Zone::find(*text).value_or(program.zone);
}

ir::Items person_items(const ir::Program& program, const PersonState& state) {
  const ir::RecordType& person = program.types.record_at(program.person);
  ir::Items items(person.fields.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    const ir::Value* value = state.field(name_hash(person.fields[i].name));
    items[i] =
        value && !value->missing() ? *value : program.sources[program.person.detail].defaults[i];
  }
  return items;
}

std::vector<MessageId> due_messages(const World& world, const PersonState& state, Instant now) {
  struct Candidate {
    int priority;
    std::string_view campaign;
    std::uint64_t journey;
    MessageId id;
  };
  std::vector<Candidate> due;
  for (const Message& message : state.messages) {
    if (message.state != MessageState::kPending || !message.due || *message.due > now) continue;
    Candidate candidate{static_cast<int>(ir::Priority::kMedium), "", raw(message.journey),
                        message.id};
    if (auto in = world.find_version(message.campaign)) {
      const ir::Campaign& campaign = in->executor->program().campaigns[in->campaign];
      candidate.priority = static_cast<int>(campaign.priority);
      candidate.campaign = campaign.name;
    }
    due.push_back(candidate);
  }
  std::sort(due.begin(), due.end(), [](const Candidate& a, const Candidate& b) {
    return std::tuple(a.priority, a.campaign, a.journey, raw(a.id)) <
           std::tuple(b.priority, b.campaign, b.journey, raw(b.id));
  });
  std::vector<MessageId> ids;
  for (const Candidate& candidate : due) ids.push_back(candidate.id);
  return ids;
}

Frame Stepper::frame_for(const Executor& executor, const std::vector<ir::Value>* slots) const {
  Frame frame;
  frame.slots = slots;
  frame.person = person_for(executor);
  frame.history = world_.history;
  frame.state = &state_;
  frame.now = now_;
  frame.zone = zone();
  frame.known_since = state_.known_since;
  frame.current = world_.current;
  frame.current_person = person_for(*world_.current);
  frame.coupon_keys = world_.coupon_keys;
  return frame;
}

Frame Stepper::frame_for(const Executor& executor, const Journey& journey) const {
  Frame frame = frame_for(executor, &journey.slots);
  frame.journey = journey.id;
  return frame;
}

std::string Stepper::at_text(Instant instant) const {
  LocalTime local = zone().to_local(instant);
  local.since_epoch = std::chrono::floor<std::chrono::seconds>(local.since_epoch);
  return trig::to_string(local) + " " + zone().name();
}

void Stepper::note(DecisionKind kind, const ir::Campaign* campaign, JourneyId journey,
                   std::string detail) {
  Decision decision{now_, kind, {}, {}, journey, std::move(detail)};
  if (campaign != nullptr) {
    decision.campaign = campaign->hash;
    decision.campaign_name = campaign->name;
  }
  effects_.decisions.push_back(std::move(decision));
}

void Stepper::on(const FieldsInput& input) {
  const ir::Program& program = world_.current->program();
  const ir::RecordType& person = program.types.record_at(program.person);
  Zone before = zone();
  std::string detail;
  for (const PersonField& field : input.fields) {
    const ir::Value* known = state_.field(field.name);
    if (known != nullptr && ir::same(*known, field.value)) continue;
    state_.set_field(field.name, field.value);
    for (const ir::Field& declared : person.fields)
      if (name_hash(declared.name) == field.name)
        detail += fmt::format("{}{} = {}", detail.empty() ? "" : ", ", declared.name,
                              ir::to_string(field.value));
  }
  if (detail.empty()) return;
  decide(DecisionKind::kFields, nullptr, JourneyId::kNone, detail);
  if (zone() != before) zone_changed();
  fields_changed();
}

void Stepper::on(const SubscriptionInput& input) {
  const ir::Program& program = world_.current->program();
  std::string topics;
  for (const ir::Topic& topic : program.topics) {
    if (input.topic && *input.topic != topic.hash) continue;
    state_.set_subscription(topic.hash, input.subscribed, now_);
    topics += (topics.empty() ? "" : ", ") + topic.name;
  }
  // A topic that the current program no longer has can still be left.
  for (Subscription& subscription : state_.subscriptions)
    if (!input.topic || *input.topic == subscription.topic) {
      subscription.subscribed = input.subscribed;
      subscription.at = now_;
    }
  decide(DecisionKind::kSubscription, nullptr, JourneyId::kNone,
         fmt::format("{} {} ({})", input.subscribed ? "subscribed to" : "unsubscribed from",
                     topics.empty() ? "a topic of an earlier deploy" : topics, input.how));
}

}  // namespace trig::exec
