// on entering and on leaving a segment: who is inside is kept, and asked again when an event or a
// field that it reads changes and when a row leaves a window it reads.
#include <algorithm>

#include "compiler/exec/refill.h"
#include "compiler/exec/silence.h"
#include "compiler/exec/stepper.h"

namespace trig::exec {

Membership& Stepper::membership(const ir::Segment& segment) {
  for (Membership& known : state_.memberships)
    if (known.segment == segment.hash) return known;
  auto index = static_cast<std::size_t>(&segment - world_.current->program().segments.data());
  state_.memberships.push_back(
      {segment.hash, world_.current->triggers().versions[index], false, std::nullopt});
  return state_.memberships.back();
}

void Stepper::refresh_segments(const std::vector<std::uint32_t>& segments, bool may_start) {
  for (std::uint32_t segment : segments) refresh_segment(segment, may_start);
}

bool Stepper::ask_again(const ir::Segment& segment, Membership& known) {
  Frame frame = frame_for(*world_.current, nullptr);
  bool before = known.inside;
  known.inside = holds(world_.current->evaluate(segment.condition, frame));
  known.check_at = next_change(*world_.current, segment.condition, frame);
  return known.inside != before;
}

void Stepper::tell_segment(const ir::Segment& segment, const std::string& what) {
  Frame frame = frame_for(*world_.current, nullptr);
  decide(DecisionKind::kSegment, nullptr, JourneyId::kNone,
         what + ": " + explain(*world_.current, segment.condition, frame));
}

void Stepper::refresh_segment(std::uint32_t index, bool may_start) {
  const ir::Program& program = world_.current->program();
  const ir::Segment& segment = program.segments[index];
  Membership& known = membership(segment);
  if (!ask_again(segment, known)) return;
  const bool inside = known.inside;
  std::string what = (inside ? "entered " : "left ") + segment.name;
  tell_segment(segment, what);
  const TriggerIndex& triggers = world_.current->triggers();
  for (std::uint32_t campaign : (inside ? triggers.entering : triggers.leaving)[index]) {
    if (may_start)
      come(campaign, std::nullopt, what);
    else
      not_started(program.campaigns[campaign], what + ", by an event that is too old");
  }
}

void Stepper::segments_due() {
  for (std::uint32_t index : world_.current->triggers().watched) {
    Membership& known = membership(world_.current->program().segments[index]);
    if (known.check_at && *known.check_at <= now_) refresh_segment(index, true);
  }
}

void Stepper::take_stock_of_segments() {
  const ir::Program& program = world_.current->program();
  std::erase_if(state_.memberships, [&](const Membership& known) {
    int index = world_.current->triggers().find_segment(known.segment);
    return index < 0 || !program.segments[static_cast<std::size_t>(index)].watched;
  });
  for (std::uint32_t index : world_.current->triggers().watched) {
    const ir::Segment& segment = program.segments[index];
    const Hash128& version = world_.current->triggers().versions[index];
    bool kept = std::any_of(state_.memberships.begin(), state_.memberships.end(),
                            [&](const Membership& known) {
                              return known.segment == segment.hash && known.version == version;
                            });
    if (kept) continue;
    Membership& known = membership(segment);
    known.version = version;
    ask_again(segment, known);
    if (known.inside) tell_segment(segment, "in " + segment.name + " when it was deployed");
  }
}

void Stepper::history_refilled() {
  const ir::Program& program = world_.current->program();
  for (std::uint32_t index : world_.current->triggers().watched) {
    const ir::Segment& segment = program.segments[index];
    Membership& known = membership(segment);
    if (!ask_again(segment, known)) continue;
    tell_segment(segment, fmt::format("{} {} by events from before the deploy",
                                      known.inside ? "in" : "not in", segment.name));
  }
}

void history_refilled(const World& world, PersonState& state, Instant now, Effects& effects) {
  Stepper(world, state, now, effects).history_refilled();
}

void Stepper::fields_changed() {
  plan_dates();
  refresh_segments(world_.current->triggers().watched, true);
}

}  // namespace trig::exec
