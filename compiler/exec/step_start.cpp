// The beginning of a journey, whatever its trigger.
#include <algorithm>

#include "compiler/base/limits.h"
#include "compiler/exec/stepper.h"

namespace trig::exec {
namespace {

std::string key_text(const ir::Value& key) {
  return key.missing() ? std::string() : " (" + ir::to_string(key) + ")";
}

}  // namespace

void Stepper::not_started(const ir::Campaign& campaign, std::string why) {
  decide(DecisionKind::kNotStarted, &campaign, JourneyId::kNone, std::move(why));
}

int Stepper::current_campaign(const CampaignRef& ref) const {
  const ir::Program& program = world_.current->program();
  int index = world_.current->triggers().find_campaign(ref.campaign);
  bool same =
      index >= 0 && program.campaigns[static_cast<std::size_t>(index)].version == ref.version;
  return same ? index : -1;
}

// Why no journey may begin now, or empty.
std::string Stepper::refusal_to_start(const ir::Campaign& campaign, const ir::Value& key,
                                      Instant occurred_at) {
  if (campaign.again != ir::AgainMode::kAlways)
    for (const Journey& journey : state_.journeys)
      if (journey.campaign.campaign == campaign.hash && ir::same(journey.key, key))
        return "already inside" + key_text(key);
  if (state_.journeys.size() >= kMaxJourneysPerPerson)
    return fmt::format("the person is inside {} journeys already", state_.journeys.size());
  if (campaign.again != ir::AgainMode::kNever && campaign.again != ir::AgainMode::kAfter) return {};
  for (const PastStart& past : state_.past_starts) {
    if (past.campaign != campaign.hash || !ir::same(past.key, key)) continue;
    if (campaign.again == ir::AgainMode::kNever) return "was inside before" + key_text(key);
    Instant free_at = add_span(past.started_at, campaign.again_after, zone());
    if (occurred_at < free_at)
      return fmt::format("was inside before{}; again after {}, from {}", key_text(key),
                         trig::to_string(campaign.again_after), at_text(free_at));
  }
  return {};
}

JourneyId Stepper::start(Start start) {
  const ir::Campaign& campaign = world_.current->program().campaigns[start.campaign];
  std::string refusal = refusal_to_start(campaign, start.key, start.moment.occurred_at);
  // A journey may change the person so that another one starts, and that one the same.
  if (refusal.empty() && starts_ == kMaxStartsAtOnce)
    refusal = fmt::format("{} journeys started at once already", kMaxStartsAtOnce);
  if (!refusal.empty()) {
    not_started(campaign, refusal);
    return JourneyId::kNone;
  }
  ++starts_;
  Journey journey;
  journey.id = JourneyId{numbered(state_.id, state_.next_journey++)};
  journey.campaign = {campaign.hash, campaign.version};
  journey.key = start.key;
  journey.started_at = now_;
  journey.trigger = start.moment;
  journey.bound = start.moment;
  journey.since = start.moment;
  journey.slots = std::move(start.slots);
  for (std::uint32_t g = 0; g < campaign.goals.size(); ++g)
    state_.goals.push_back({journey.id, journey.campaign, g, journey.trigger,
                            start.moment.occurred_at + campaign.goals[g].within, journey.slots});
  decide(DecisionKind::kStarted, &campaign, journey.id,
         [&] { return start.why + key_text(start.key); });
  effects_.started.push_back(campaign.hash);
  JourneyId id = journey.id;
  // One that came with a join may have a greater id.
  auto after = std::upper_bound(state_.journeys.begin(), state_.journeys.end(), id,
                                [](JourneyId one, const Journey& other) { return one < other.id; });
  state_.journeys.insert(after, std::move(journey));
  return id;
}

void Stepper::come(std::uint32_t index, const std::optional<std::uint32_t>& segment,
                   const std::string& why, const Row* row) {
  const ir::Program& program = world_.current->program();
  const ir::Campaign& campaign = program.campaigns[index];
  Frame frame = frame_for(*world_.current, nullptr);
  if (row != nullptr) frame.event = &row->fields;
  if (segment) {
    ir::NodeId condition = program.segments[*segment].condition;
    if (!holds(world_.current->evaluate(condition, frame)))
      return not_started(campaign, fmt::format("{}, but the person is not in {}: {}", why,
                                               program.segments[*segment].name,
                                               explain(*world_.current, condition, frame)));
  }
  ir::NodeId where = campaign.trigger.where;
  if (where != ir::NodeId::kNone && !holds(world_.current->evaluate(where, frame)))
    return not_started(campaign, fmt::format("{}, but `where` is false: {}", why,
                                             explain(*world_.current, where, frame)));
  std::vector<ir::Value> slots(campaign.slots.size());
  if (row != nullptr) slots[0] = bound_row(campaign, *row);
  JourneyId id = start({index, row ? row->key : ir::Value(), this_moment(), std::move(slots), why});
  if (id != JourneyId::kNone) queued_.push_back(id);
}

void Stepper::after_join() {
  drop_stale_counts();
  for (CountProgress& progress : state_.counts)
    for (std::size_t i = 0; i < progress.events.size();) i = complete(progress, i) ? 0 : i + 1;
  bound_trigger_events();
  plan_all(state_.known_since);
  fields_changed();
}

void Stepper::begin_queued() {
  // What begins may start more of them; kMaxStartsAtOnce ends that.
  for (std::size_t i = 0; i < queued_.size(); ++i) begin(queued_[i]);
  queued_.clear();
}

}  // namespace trig::exec
