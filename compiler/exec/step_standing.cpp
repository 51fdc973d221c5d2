// How a person stands to a campaign when somebody asks: what `why` adds to what was decided.
#include "compiler/exec/stepper.h"

namespace trig::exec {

std::vector<std::string> standing(const World& world, const PersonState& state,
                                  std::uint32_t campaign, const AddressState& address,
                                  Instant now) {
  PersonState copy = state;
  Effects effects;
  std::vector<std::string> lines;
  Stepper(world, copy, now, effects).tell_standing(campaign, address, lines);
  return lines;
}

void Stepper::tell_standing(std::uint32_t index, const AddressState& address,
                            std::vector<std::string>& lines) {
  const ir::Program& program = world_.current->program();
  const ir::Campaign& campaign = program.campaigns[index];
  bool inside = false;
  for (const Journey& journey : state_.journeys) {
    if (journey.campaign.campaign != campaign.hash) continue;
    inside = true;
    const bool current = journey.campaign.version == campaign.version;
    std::string line = fmt::format("inside since {}", at_text(journey.started_at));
    if (!journey.key.missing()) line += fmt::format(" ({})", ir::to_string(journey.key));
    if (current && !campaign.steps[journey.step].name.empty())
      line += fmt::format(", at step `{}`", campaign.steps[journey.step].name);
    if (journey.wake) line += ", waits until " + at_text(*journey.wake);
    if (!current && campaign.edits == ir::Edits::kPin)
      line += "; on the text it began with, where `edits pin` leaves it";
    else if (!current)
      line += "; on an older text";
    lines.push_back(std::move(line));
    const Message* message = state_.find_message(journey.message);
    if (message != nullptr && message->due)
      lines.push_back(fmt::format("its mail waits until {}{}{}", at_text(*message->due),
                                  message->note.empty() ? "" : ": ", message->note));
  }
  if (!inside) lines.push_back("not inside; starts on " + ir::describe(program, campaign.trigger));
  const auto& starts = campaign.trigger.alternatives;
  // With a key each of its values has its own answer.
  if (!inside && (starts.empty() || starts[0].key == ir::NodeId::kNone))
    if (std::string why = refusal_to_start(campaign, {}, now_); !why.empty())
      lines.push_back("would not start now: " + why);
  const ir::Policy& policy = program.policies[campaign.policy];
  std::string held = refusal_to_send({}, program, policy, address);
  if (held.empty())
    if (auto hold = quiet_hours(policy))
      held = fmt::format("{}, until {}", hold->why, at_text(hold->until));
  if (held.empty())
    if (auto hold = cap(policy))
      held = fmt::format("{}, until {}", hold->why, at_text(hold->until));
  lines.push_back(held.empty() ? "a mail could go now" : "a mail could not go now: " + held);
}

}  // namespace trig::exec
