#include "tests/sim/differential/story.h"

namespace trig::sim {

std::optional<Campaign> edited(const Campaign& campaign, const std::optional<Edit>& edit) {
  if (!edit || edit->campaign != campaign.name) return campaign;
  Campaign other = campaign;
  switch (edit->kind) {
    case EditKind::kRemoved: return std::nullopt;
    case EditKind::kWithoutWhere: other.trigger.where.clear(); break;
    case EditKind::kWithoutLastStep:
      if (other.steps.size() > 1) other.steps.pop_back();
      break;
    case EditKind::kShortWaits:
      for (Step& step : other.steps)
        if (step.kind == StepKind::kWait) step.span = {10, CalendarUnit::kMinute};
      break;
  }
  return other;
}

Program edited(const Program& program) {
  Program other = program;
  other.campaigns.clear();
  for (const Campaign& campaign : program.campaigns)
    if (auto left = edited(campaign, program.edit)) other.campaigns.push_back(std::move(*left));
  return other;
}

}  // namespace trig::sim
