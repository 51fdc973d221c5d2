// on cart_updated as cart then checkout_started as checkout within 1 hour where …: each later event
// takes the newest open start that it fits; an event that took one opens none.
#include <algorithm>

#include "compiler/exec/stepper.h"
#include "compiler/exec/trigger_slots.h"

namespace trig::exec {
namespace {

const ir::OnSequence& trigger_of(const ir::Campaign& campaign) {
  return std::get<ir::OnSequence>(campaign.trigger.kind);
}

}  // namespace

void Stepper::take_parts(const EventInput& input) {
  const std::vector<TriggerIndex::Part>& parts = world_.current->triggers().sequences[input.index];
  if (parts.empty()) return;
  drop_stale_sequences();
  for (std::size_t i = 0; i < parts.size();) {
    std::uint32_t campaign = parts[i].campaign;
    bool taken = false;
    for (; i < parts.size() && parts[i].campaign == campaign; ++i)
      taken = taken || take_part(input, parts[i]);
  }
  bound_trigger_events();
}

bool Stepper::take_part(const EventInput& input, const TriggerIndex::Part& part) {
  const ir::Campaign& campaign = world_.current->program().campaigns[part.campaign];
  ir::Value record = bind(*world_.current, campaign, campaign.trigger.alternatives[part.part],
                          *input.fields, trigger_of(campaign).slots[part.part]);
  return part.part == 0 ? open_sequence(input, part.campaign, record)
                        : take_open(input, part, record);
}

// The slots that are bound once `next` has come too.
std::vector<ir::Value> Stepper::slots_of(std::uint32_t index, const SequenceProgress& open,
                                         const TriggerEvent* next) const {
  const ir::Campaign& campaign = world_.current->program().campaigns[index];
  const std::vector<std::uint32_t>& order = trigger_of(campaign).slots;
  std::vector<ir::Value> slots(campaign.slots.size());
  for (std::size_t i = 0; i < open.parts.size(); ++i) slots[order[i]] = open.parts[i].record;
  if (next != nullptr) slots[order[open.parts.size()]] = next->record;
  return slots;
}

bool Stepper::fits(std::uint32_t index, const SequenceProgress& open,
                   const TriggerEvent& next) const {
  const ir::Campaign& campaign = world_.current->program().campaigns[index];
  std::size_t part = open.parts.size();
  if (part > 0) {
    const Moment& before = open.parts.back().moment;
    Instant latest = before.occurred_at + trigger_of(campaign).within[part];
    if (!(before < next.moment) || next.moment.occurred_at > latest) return false;
  }
  ir::NodeId where = campaign.trigger.alternatives[part].where;
  if (where == ir::NodeId::kNone) return true;
  std::vector<ir::Value> slots = slots_of(index, open, &next);
  return holds(world_.current->evaluate(where, frame_for(*world_.current, &slots)));
}

bool Stepper::take_open(const EventInput& input, const TriggerIndex::Part& part,
                        const ir::Value& record) {
  const ir::Program& program = world_.current->program();
  const ir::Campaign& campaign = program.campaigns[part.campaign];
  TriggerEvent next{input.moment, record};
  auto newest = state_.sequences.end();
  for (auto open = state_.sequences.begin(); open != state_.sequences.end(); ++open) {
    if (open->campaign.campaign != campaign.hash || open->first != 0) continue;
    if (open->parts.size() != part.part || !fits(part.campaign, *open, next)) continue;
    if (newest == state_.sequences.end() || newest->parts.back().moment < open->parts.back().moment)
      newest = open;
  }
  if (newest == state_.sequences.end()) {
    // Its start may still arrive. One that may be a start itself is that.
    if (campaign.trigger.alternatives[0].event == input.index) return false;
    state_.sequences.push_back({{campaign.hash, campaign.version}, part.part, {next}});
    if (input.may_start)
      not_started(campaign, fmt::format("no start is open that this {} could take",
                                        program.events[input.index].name));
    return false;
  }
  SequenceProgress open = std::move(*newest);
  state_.sequences.erase(newest);
  open.parts.push_back(std::move(next));
  go_on(part.campaign, std::move(open), input.may_start);
  return true;
}

bool Stepper::open_sequence(const EventInput& input, std::uint32_t index, const ir::Value& record) {
  const ir::Campaign& campaign = world_.current->program().campaigns[index];
  SequenceProgress open{{campaign.hash, campaign.version}, 0, {}};
  TriggerEvent first{input.moment, record};
  if (!fits(index, open, first)) {
    std::vector<ir::Value> slots = slots_of(index, open, &first);
    const Frame frame = frame_for(*world_.current, &slots);
    const ir::NodeId part =
        first_false(*world_.current, campaign.trigger.alternatives[0].where, frame);
    not_started(campaign, "`where` is false: " + explain(*world_.current, part, frame));
    return false;
  }
  open.parts.push_back(std::move(first));
  go_on(index, std::move(open), input.may_start);
  return true;
}

// Later parts that arrived before what they follow are taken now, the earliest first.
void Stepper::go_on(std::uint32_t index, SequenceProgress open, bool may_start) {
  const ir::Program& program = world_.current->program();
  const ir::Campaign& campaign = program.campaigns[index];
  const auto& parts = campaign.trigger.alternatives;
  while (open.parts.size() < parts.size()) {
    auto earliest = state_.sequences.end();
    for (auto early = state_.sequences.begin(); early != state_.sequences.end(); ++early) {
      if (early->campaign.campaign != campaign.hash || early->first != open.parts.size()) continue;
      if (!fits(index, open, early->parts.front())) continue;
      if (earliest == state_.sequences.end() ||
          early->parts.front().moment < earliest->parts.front().moment)
        earliest = early;
    }
    if (earliest == state_.sequences.end()) break;
    open.parts.push_back(std::move(earliest->parts.front()));
    state_.sequences.erase(earliest);
  }
  if (open.parts.size() < parts.size()) {
    if (may_start)
      not_started(campaign, fmt::format("{} came; {} is awaited until {}",
                                        program.events[parts[open.parts.size() - 1].event].name,
                                        program.events[parts[open.parts.size()].event].name,
                                        at_text(open.parts.back().moment.occurred_at +
                                                trigger_of(campaign).within[open.parts.size()])));
    state_.sequences.push_back(std::move(open));
    return;
  }
  if (!may_start) return not_started(campaign, "an event that is too old completed the sequence");
  std::vector<ir::Value> slots = slots_of(index, open, nullptr);
  ir::Value key;
  if (parts.back().key != ir::NodeId::kNone)
    key = world_.current->evaluate(parts.back().key, frame_for(*world_.current, &slots));
  JourneyId id = start({index, std::move(key), open.parts.back().moment, std::move(slots),
                        ir::describe(program, campaign.trigger)});
  if (id != JourneyId::kNone) queued_.push_back(id);
}

// Starts that nothing can take any more, late events included; those of another version.
void Stepper::drop_stale_sequences() {
  std::erase_if(state_.sequences, [&](const SequenceProgress& progress) {
    int index = current_campaign(progress.campaign);
    if (index < 0) return true;
    const ir::Campaign& campaign =
        world_.current->program().campaigns[static_cast<std::size_t>(index)];
    Duration keep = world_.late_window;
    if (progress.first == 0) keep += trigger_of(campaign).within[progress.parts.size()];
    return progress.parts.back().moment.occurred_at + keep < now_;
  });
}

}  // namespace trig::exec
