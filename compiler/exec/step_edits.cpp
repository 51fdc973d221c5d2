// What a deploy does to a journey whose campaign was edited (semantics 8).
#include <algorithm>

#include "compiler/exec/stepper.h"

namespace trig::exec {
namespace {

const std::vector<std::uint32_t>* unless_of(const ir::Step& step) {
  if (const auto* wait = std::get_if<ir::WaitSpan>(&step.node)) return &wait->unless;
  if (const auto* wait = std::get_if<ir::WaitUntil>(&step.node)) return &wait->unless;
  if (const auto* wait = std::get_if<ir::WaitForSilence>(&step.node)) return &wait->unless;
  return nullptr;
}

// Index of the step of that name; the number of steps if there is none.
std::size_t find_step(const ir::Campaign& campaign, const std::string& name) {
  auto place = std::find_if(campaign.steps.begin(), campaign.steps.end(),
                            [&](const ir::Step& step) { return step.name == name; });
  return name.empty() ? campaign.steps.size()
                      : static_cast<std::size_t>(place - campaign.steps.begin());
}

// The watches of the new text for those that the journey has armed: of the waits of the same names,
// and of the step it comes to.
std::vector<std::uint32_t> armed_in(const ir::Campaign& from, const ir::Campaign& to,
                                    const std::vector<std::uint32_t>& armed, std::size_t step) {
  std::vector<std::uint32_t> moved;
  auto add = [&](std::size_t index) {
    const std::vector<std::uint32_t>* unless =
        index < to.steps.size() ? unless_of(to.steps[index]) : nullptr;
    if (unless == nullptr) return;
    for (std::uint32_t watch : *unless)
      if (std::find(moved.begin(), moved.end(), watch) == moved.end()) moved.push_back(watch);
  };
  for (const ir::Step& owner : from.steps) {
    const std::vector<std::uint32_t>* unless = unless_of(owner);
    bool is_armed =
        unless != nullptr && std::any_of(unless->begin(), unless->end(), [&](std::uint32_t watch) {
          return std::find(armed.begin(), armed.end(), watch) != armed.end();
        });
    if (is_armed) add(find_step(to, owner.name));
  }
  add(step);
  return moved;
}

// The fields that have the same name and type in both; the others are missing.
ir::Value record_in(const ir::Program& from, ir::Type old_type, const ir::Program& to,
                    ir::Type new_type, const ir::Value& value) {
  const ir::Record* old = value.get<ir::Record>();
  if (old == nullptr) return {};
  const ir::RecordType& given = from.types.record_at(old_type);
  const ir::RecordType& wanted = to.types.record_at(new_type);
  ir::Items fields(wanted.fields.size());
  for (std::size_t i = 0; i < fields.size(); ++i) {
    int index = given.find(wanted.fields[i].name);
    if (index < 0) continue;
    ir::Type type = given.fields[static_cast<std::size_t>(index)].type;
    bool composed = type.kind == ir::Kind::kList || type.kind == ir::Kind::kRecord;
    bool same = from.types.name(type.required()) == to.types.name(wanted.fields[i].type.required());
    if (same && !composed) fields[i] = (*old->fields)[static_cast<std::size_t>(index)];
  }
  return ir::Value::record(std::move(fields));
}

std::vector<ir::Value> slots_in(const ir::Program& from, const ir::Campaign& old_text,
                                const ir::Program& to, const ir::Campaign& new_text,
                                const std::vector<ir::Value>& slots) {
  std::vector<ir::Value> moved(new_text.slots.size());
  for (std::size_t i = 0; i < moved.size(); ++i) {
    const ir::Slot& wanted = new_text.slots[i];
    for (std::size_t k = 0; k < old_text.slots.size(); ++k) {
      const ir::Slot& given = old_text.slots[k];
      bool same = i == 0 || k == 0 ? i == k : given.name == wanted.name;
      if (!same || given.record.kind != wanted.record.kind) continue;
      moved[i] = wanted.record.kind == ir::Kind::kRecord
                     ? record_in(from, given.record, to, wanted.record, slots[k])
                     : slots[k];
    }
  }
  return moved;
}

}  // namespace

void Stepper::edit(JourneyId id) {
  Journey* journey = state_.find_journey(id);
  const ir::Program& current = world_.current->program();
  int index = journey == nullptr
                  ? -1
                  : world_.current->triggers().find_campaign(journey->campaign.campaign);
  if (index < 0) return;
  CampaignInProgram to{world_.current, static_cast<std::uint32_t>(index)};
  const ir::Campaign& campaign = current.campaigns[to.campaign];
  if (journey->campaign.version == campaign.version) return;
  switch (campaign.edits) {
    case ir::Edits::kPin: return;
    case ir::Edits::kEnd: end_journey(id, "the campaign was edited"); return;
    case ir::Edits::kMove: break;
  }
  if (auto from = version_of(*journey)) move(*journey, *from, to);
}

// A step that the new text no longer has keeps its journey on the old text.
void Stepper::move(Journey& journey, const CampaignInProgram& from, const CampaignInProgram& to) {
  const ir::Campaign& old_text = from.executor->program().campaigns[from.campaign];
  const ir::Campaign& new_text = to.executor->program().campaigns[to.campaign];
  const std::string name = old_text.steps[journey.step].name;
  std::size_t step = find_step(new_text, name);
  if (step == new_text.steps.size()) {
    decide(DecisionKind::kEdited, &new_text, journey.id,
           name.empty() ? "stays on the old text: its step has no name"
                        : fmt::format("stays on the old text: step `{}` is gone", name));
    return;
  }
  journey.armed = armed_in(old_text, new_text, journey.armed, step);
  journey.slots =
      slots_in(from.executor->program(), old_text, to.executor->program(), new_text, journey.slots);
  journey.campaign = {new_text.hash, new_text.version};
  journey.step = static_cast<std::uint32_t>(step);
  decide(DecisionKind::kEdited, &new_text, journey.id,
         fmt::format("goes on at step `{}` of the new text", name));
  if (std::string event = overtaken_by(journey, to); !event.empty())
    end_journey(journey.id, event);
  else
    settle_in(journey, to);
}

// Takes up the step at hand as if the journey had come to it when it came to the old one.
void Stepper::settle_in(Journey& journey, const CampaignInProgram& in) {
  const ir::Campaign& campaign = in.executor->program().campaigns[in.campaign];
  const ir::Step& step = campaign.steps[journey.step];
  Message* message = state_.find_message(journey.message);
  const auto* send = std::get_if<ir::Send>(&step.node);
  if (send != nullptr && message != nullptr) {
    const ir::Program& program = in.executor->program();
    message->campaign = journey.campaign;
    message->step = journey.step;
    message->mail_template = program.templates[send->mail_template].hash;
    message->policy = program.policies[campaign.policy].hash;
    message->skip_after.reset();
    if (send->skip_after) message->skip_after = message->decided_at + *send->skip_after;
    if (send->as) name_mail(journey, *send->as, message->id);
    changed(*message, MessageState::kPending);
    return;
  }
  if (message != nullptr) {
    journey.wait_begin = message->decided_at;
    cancel_message(journey.message, "the campaign was edited");
    journey.message = MessageId::kNone;
  }
  journey.wake.reset();
  if (send != nullptr) {
    run(journey.id);
    return;
  }
  if (const auto* wait = std::get_if<ir::WaitSpan>(&step.node))
    journey.wake = add_span(journey.wait_begin, wait->span, zone());
  if (const auto* wait = std::get_if<ir::WaitUntil>(&step.node))
    journey.wake = wait_until(journey, in, *wait).value_or(now_);
  if (const auto* wait = std::get_if<ir::WaitForSilence>(&step.node))
    journey.wake = silence_end(journey, *wait);
  if (const auto* wait = std::get_if<ir::WaitForEvent>(&step.node)) {
    journey.wake = journey.wait_begin + wait->up_to;
    if (look_back(journey, in, *wait)) {
      run(journey.id);
      return;
    }
  }
  decide(DecisionKind::kWaiting, &campaign, journey.id, "until " + at_text(*journey.wake));
}

}  // namespace trig::exec
