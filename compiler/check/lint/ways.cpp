#include "compiler/check/lint/ways.h"

#include <algorithm>

#include "compiler/ir/ways.h"

namespace trig::check {
namespace {

bool stops(const ir::Step& step) {
  return ir::waits(step) || std::holds_alternative<ir::Send>(step.node);
}

}  // namespace

std::vector<std::optional<Duration>> shortest_times(const ir::Campaign& campaign) {
  std::vector<std::optional<Duration>> times(campaign.steps.size());
  if (!times.empty()) times[0] = Duration{0};
  for (std::size_t i = 0; i < times.size(); ++i) {
    if (!times[i]) continue;
    for (const ir::Way& way : ir::ways_from(campaign, i)) {
      if (way.to >= times.size() || way.holdout) continue;
      std::optional<Duration>& known = times[way.to];
      const Duration time = *times[i] + way.time;
      if (!known || time < *known) known = time;
    }
  }
  return times;
}

Rest shortest_rest(const ir::Campaign& campaign, std::uint32_t step) {
  std::vector<Rest> rest(campaign.steps.size() + 1);
  for (std::size_t i = campaign.steps.size(); i-- > step;) {
    std::optional<Rest> best;
    for (const ir::Way& way : ir::ways_from(campaign, i)) {
      Rest one = rest[std::min(way.to, campaign.steps.size())];
      one.time += way.time;
      if (!best || std::pair(one.time, one.stops) < std::pair(best->time, best->stops)) best = one;
    }
    rest[i] = best.value_or(Rest{});
    rest[i].stops = rest[i].stops || stops(campaign.steps[i]);
  }
  return rest[step];
}

}  // namespace trig::check
