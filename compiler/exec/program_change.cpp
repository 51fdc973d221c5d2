#include "compiler/exec/program_change.h"

#include <algorithm>

#include "compiler/exec/event_rules.h"
#include "compiler/exec/trigger_slots.h"

namespace trig::exec {

bool goes_on_from(const ir::Program& program, const ir::Program& was) {
  return was.identity != Hash128() && program.parent == was.identity;
}

std::vector<std::uint32_t> changed_campaigns(const ir::Program& was, const ir::Program& program) {
  using Campaigns = decltype(program.campaigns);
  std::vector<std::uint32_t> changed;
  for (std::uint32_t i = 0; i < program.campaigns.size(); ++i) {
    if (Campaigns::shares(was.campaigns, program.campaigns, i))
      i |= Campaigns::kChunk - 1;
    else if (was.campaigns[i].version != program.campaigns[i].version)
      changed.push_back(i);
  }
  return changed;
}

std::map<std::uint32_t, std::vector<std::uint32_t>> events_of(
    const ir::Program& was, const ir::Program& program, const std::vector<std::uint32_t>& changed) {
  std::map<std::uint32_t, std::vector<std::uint32_t>> events;
  for (std::uint32_t campaign : changed)
    for (const ir::Program* one : {&was, &program}) {
      const ir::StartTrigger& trigger = one->campaigns[campaign].trigger;
      if (std::holds_alternative<ir::OnSequence>(trigger.kind)) continue;
      for (const ir::StartTrigger::Alternative& alternative : trigger.alternatives) {
        std::vector<std::uint32_t>& campaigns = events[alternative.event];
        if (campaigns.empty() || campaigns.back() != campaign) campaigns.push_back(campaign);
      }
    }
  return events;
}

bool same_triggers(const ir::Program& was, const ir::Program& program,
                   const std::vector<std::uint32_t>& changed) {
  auto indexed = [](const ir::StartTrigger& trigger) {
    return std::holds_alternative<ir::OnSequence>(trigger.kind) ||
           std::holds_alternative<ir::OnSegment>(trigger.kind) || ir::is_planned(trigger);
  };
  return std::none_of(changed.begin(), changed.end(), [&](std::uint32_t campaign) {
    return indexed(was.campaigns[campaign].trigger) || indexed(program.campaigns[campaign].trigger);
  });
}

std::vector<Executor::Match> candidates_with(const ir::Program& program, std::uint32_t event,
                                             const std::vector<Executor::Match>& before,
                                             const std::vector<std::uint32_t>& campaigns) {
  std::vector<Executor::Match> candidates = before;
  auto by_campaign = [](const Executor::Match& one, std::uint32_t campaign) {
    return one.campaign < campaign;
  };
  for (std::uint32_t campaign : campaigns) {
    auto begin = std::lower_bound(candidates.begin(), candidates.end(), campaign, by_campaign);
    auto end = std::lower_bound(begin, candidates.end(), campaign + 1, by_campaign);
    auto place = candidates.erase(begin, end);
    std::vector<Executor::Match> now;
    for (const Rule& rule : rules_of(program, campaign, event))
      now.push_back(candidate(program, rule.campaign, rule.alternative));
    candidates.insert(place, now.begin(), now.end());
  }
  return candidates;
}

}  // namespace trig::exec
