// `wait for` an event and `wait … of silence`: steps that the person's own doing ends.
#include <algorithm>

#include "compiler/exec/stepper.h"

namespace trig::exec {
namespace {

bool tells_of_reading(std::string_view event) {
  return event == "email_opened" || event == "email_clicked";
}

}  // namespace

// What is known about the person's habits, before anything is decided on this event.
void Stepper::note_event(const EventInput& input) {
  const ir::EventType& event = world_.current->program().events[input.index];
  int hour = zone().to_local(input.moment.occurred_at).time_of_day().minutes / 60;
  if (tells_of_reading(event.name)) state_.mail_hours.add(hour);
  if (event.about_mail || input.emitted) return;
  state_.own_hours.add(hour);
  note_own_event(input.moment);
}

// The silence that journeys wait for begins again. What occurred after it was reached comes too
// late: its timer has only not fired yet.
void Stepper::note_own_event(const Moment& moment) {
  state_.last_own_event = std::max(state_.last_own_event, moment.occurred_at);
  for (Journey& journey : state_.journeys) {
    auto in = version_of(journey);
    const auto* wait = waiting_at<ir::WaitForSilence>(journey, in);
    if (wait == nullptr || moment.occurred_at > *journey.wake) continue;
    journey.wake = silence_end(journey, *wait);
  }
}

Instant Stepper::silence_end(const Journey& journey, const ir::WaitForSilence& wait) const {
  Instant end = state_.last_own_event + wait.silence;
  return wait.up_to ? std::min(end, journey.wait_begin + *wait.up_to) : end;
}

bool Stepper::begin_wait_for(Journey& journey, const CampaignInProgram& in,
                             const ir::WaitForEvent& wait) {
  const ir::Campaign& campaign = in.executor->program().campaigns[in.campaign];
  journey.wait_begin = now_;
  journey.wake = now_ + wait.up_to;
  if (look_back(journey, in, wait)) return true;
  decide(DecisionKind::kWaiting, &campaign, journey.id,
         [&] { return fmt::format("for an event, until {}", at_text(*journey.wake)); });
  return false;
}

bool Stepper::look_back(Journey& journey, const CampaignInProgram& in,
                        const ir::WaitForEvent& wait) {
  const ir::Campaign& campaign = in.executor->program().campaigns[in.campaign];
  auto found = first_in_history(in, campaign.watches[wait.watch], journey.since, journey.slots,
                                std::min(now_, *journey.wake), &journey.taken);
  if (found) came(journey, in, wait, found->moment, found->alternative, found->fields);
  return found.has_value();
}

void Stepper::check_waits(const EventInput& input, std::vector<JourneyId>& to_resume) {
  for (Journey& journey : state_.journeys) {
    auto in = version_of(journey);
    const auto* wait = waiting_at<ir::WaitForEvent>(journey, in);
    if (wait == nullptr || input.moment.occurred_at > *journey.wake) continue;
    const ir::Campaign& campaign = in->executor->program().campaigns[in->campaign];
    std::size_t which = 0;
    if (!satisfies(*in, campaign.watches[wait->watch], journey.since, journey.slots, input, &which))
      continue;
    std::uint32_t index = 0;
    came(journey, *in, *wait, input.moment, which, *fields_for(*in->executor, input, index));
    to_resume.push_back(journey.id);
  }
}

void Stepper::came(Journey& journey, const CampaignInProgram& in, const ir::WaitForEvent& wait,
                   const Moment& moment, std::size_t alternative, const ir::Items& fields) {
  const ir::Program& program = in.executor->program();
  const ir::Campaign& campaign = program.campaigns[in.campaign];
  if (wait.slot) {
    const ir::Slot& slot = campaign.slots[*wait.slot];
    const std::vector<int>& sources = wait.slot_fields[alternative];
    ir::Items bound(sources.size());
    for (std::size_t i = 0; i < bound.size(); ++i)
      if (slot.read[i] && sources[i] >= 0) bound[i] = fields[static_cast<std::size_t>(sources[i])];
    journey.slots[*wait.slot] = ir::Value::record(std::move(bound));
  }
  const ir::Watch& watch = campaign.watches[wait.watch];
  decide(DecisionKind::kCame, &campaign, journey.id,
         program.events[watch.alternatives[alternative].event].name);
  in.executor->took_way(in.campaign, journey.step, 0);
  journey.taken.push_back(moment);
  journey.wake.reset();
  ++journey.step;
}

void Stepper::resume_waits() {
  std::vector<JourneyId> to_resume;
  for (Journey& journey : state_.journeys) {
    auto in = version_of(journey);
    if (const auto* wait = waiting_at<ir::WaitForSilence>(journey, in))
      journey.wake = silence_end(journey, *wait);
    const auto* wait = waiting_at<ir::WaitForEvent>(journey, in);
    if (wait != nullptr && look_back(journey, *in, *wait)) to_resume.push_back(journey.id);
  }
  for (JourneyId id : to_resume) run(id);
}

}  // namespace trig::exec
