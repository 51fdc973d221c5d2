// Steps that do something at once: subscribe, set, emit, and the choice of an arm.
#include <algorithm>

#include "compiler/base/limits.h"
#include "compiler/exec/payload.h"
#include "compiler/exec/stepper.h"

namespace trig::exec {
namespace {

// Semantics 14: names and ids decide, so that replays agree.
std::uint32_t draw(const ir::Campaign& campaign, const ir::Split& split, PersonId person) {
  ByteWriter bytes;
  bytes.text(campaign.name);
  bytes.text(split.title);
  bytes.fixed64(raw(person));
  return static_cast<std::uint32_t>(hash128(bytes.bytes()).low % ir::Split::kWhole);
}

std::string share_text(std::uint32_t share) {
  return Decimal::from_millionths(share).to_string() + "%";
}

}  // namespace

void Stepper::subscribe(Journey& journey, const CampaignInProgram& in,
                        const ir::Subscribe& subscribe) {
  const ir::Program& program = in.executor->program();
  const ir::Campaign& campaign = program.campaigns[in.campaign];
  const ir::Topic& topic = program.topics[subscribe.topic];
  mark_effective(journey, campaign);
  state_.set_subscription(topic.hash, subscribe.subscribe, now_);
  const PersonRecord person = person_for(*in.executor);
  if (program.person_email >= 0)
    if (const auto* address =
            person[static_cast<std::size_t>(program.person_email)].get<std::string>())
      effects_.addresses.push_back({*address, topic.hash, subscribe.subscribe});
  decide(DecisionKind::kSubscription, &campaign, journey.id,
         fmt::format("{} {}", subscribe.subscribe ? "subscribed to" : "unsubscribed from",
                     topic.name));
}

void Stepper::set_field(Journey& journey, const CampaignInProgram& in, const ir::SetField& set) {
  const ir::Program& program = in.executor->program();
  const ir::Campaign& campaign = program.campaigns[in.campaign];
  const ir::Field& field = program.types.record_at(program.person).fields[set.field];
  ir::Value value = in.executor->evaluate(set.value, frame_for(*in.executor, journey));
  decide(DecisionKind::kFields, &campaign, journey.id, field.name + " = " + ir::to_string(value));
  mark_effective(journey, campaign);
  Zone before = zone();
  state_.set_field(name_hash(field.name), std::move(value));
  if (zone() != before) zone_changed();
}

void Stepper::emit(Journey& journey, const CampaignInProgram& in, const ir::Emit& emit) {
  const ir::Program& program = in.executor->program();
  const ir::Campaign& campaign = program.campaigns[in.campaign];
  const ir::EventType& event = program.events[emit.event];
  ir::Value value = in.executor->evaluate(emit.record, frame_for(*in.executor, journey));
  effects_.emitted.push_back(
      {event.name, encode_payload(program, event.record, *value.get<ir::Record>()->fields), now_,
       campaign.name});
  decide(DecisionKind::kEmitted, &campaign, journey.id, event.name);
  mark_effective(journey, campaign);
}

// The arm that was given once is given again, whatever the shares are now, as long as it is there.
void Stepper::choose_arm(Journey& journey, const CampaignInProgram& in, const ir::Split& split) {
  const ir::Campaign& campaign = in.executor->program().campaigns[in.campaign];
  NameHash title = name_hash(split.title);
  const ir::Split::Arm* chosen = nullptr;
  auto given = std::find_if(state_.arms.begin(), state_.arms.end(), [&](const SplitArm& known) {
    return known.campaign == campaign.hash && known.split == title;
  });
  if (given != state_.arms.end())
    for (const ir::Split::Arm& arm : split.arms)
      if (name_hash(arm.name) == given->arm) chosen = &arm;
  if (chosen == nullptr) {
    std::uint32_t drawn = draw(campaign, split, state_.id);
    chosen = &split.arms.back();
    for (const ir::Split::Arm& arm : split.arms) {
      if (drawn < arm.share) {
        chosen = &arm;
        break;
      }
      drawn -= arm.share;
    }
    if (given != state_.arms.end()) state_.arms.erase(given);
    if (state_.arms.size() >= kMaxSplitsPerPerson) state_.arms.erase(state_.arms.begin());
    state_.arms.push_back({campaign.hash, title, name_hash(chosen->name)});
  }
  decide(DecisionKind::kSplit, &campaign, journey.id,
         fmt::format("{}: {} ({})", split.title, chosen->name, share_text(chosen->share)));
  in.executor->took_way(in.campaign, journey.step,
                        static_cast<std::uint32_t>(chosen - split.arms.data()));
  journey.held_out = journey.held_out || chosen->holdout;
  journey.step = chosen->first;
}

// The step at hand is left undone, and leaves the same traces as if it had been done: the arms of a
// split stay comparable.
void Stepper::hold_out(Journey& journey, const CampaignInProgram& in) {
  const ir::Program& program = in.executor->program();
  const ir::Campaign& campaign = program.campaigns[in.campaign];
  const ir::Step& step = campaign.steps[journey.step];
  std::string what = "action";
  if (const auto* send = std::get_if<ir::Send>(&step.node)) {
    what = program.templates[send->mail_template].name;
    journey.armed.clear();
    journey.attempted = true;
    journey.since = this_moment();
    journey.taken.clear();
  } else if (const auto* emit = std::get_if<ir::Emit>(&step.node)) {
    what = program.events[emit->event].name;
  } else if (const auto* post = std::get_if<ir::Post>(&step.node)) {
    what = "post to " + post->url;
  }
  decide(DecisionKind::kHeldOut, &campaign, journey.id, "in the hold-out: no " + what);
  mark_effective(journey, campaign);
  ++journey.step;
}

}  // namespace trig::exec
