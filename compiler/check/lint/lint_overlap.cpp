// W0110: one event starts two campaigns that compete for the same cap, and neither says which of
// them goes first.
#include <algorithm>
#include <map>

#include "compiler/base/limits.h"
#include "compiler/check/lint/facts.h"
#include "compiler/check/lint/lint.h"

namespace trig::check {
namespace {

bool sends(const ir::Campaign& campaign) {
  return std::any_of(campaign.steps.begin(), campaign.steps.end(), [](const ir::Step& step) {
    return std::holds_alternative<ir::Send>(step.node);
  });
}

class OverlapLint {
 public:
  explicit OverlapLint(Context& context) : context_(context), program_(context.program) {}

  void look_at(const CampaignPair& pair) {
    const ir::Campaign& campaign = *pair.campaign;
    if (pair.written->priority || program_.policies[campaign.policy].caps.empty()) return;
    if (!sends(campaign)) return;
    bool told = false;
    for (const ir::StartTrigger::Alternative& start : campaign.trigger.alternatives) {
      std::vector<Rival>& rivals = rivals_[{start.event, campaign.policy}];
      for (const Rival& rival : rivals) {
        if (told || !both_may_start(*rival.start, start)) continue;
        told = true;
        tell(pair, rival, start.event);
      }
      if (rivals.size() < kMaxOverlapComparisons) rivals.push_back({&pair.campaign->range, &start});
    }
  }

 private:
  struct Rival {
    const TextRange* range;
    const ir::StartTrigger::Alternative* start;
  };

  bool both_may_start(const ir::StartTrigger::Alternative& a,
                      const ir::StartTrigger::Alternative& b) const {
    Facts facts(program_);
    if (a.where != ir::NodeId::kNone && !facts.assume(a.where, true)) return false;
    return b.where == ir::NodeId::kNone || facts.assume(b.where, true);
  }

  void tell(const CampaignPair& pair, const Rival& rival, std::uint32_t event) {
    context_
        .report(Code::kOverlap, pair.campaign->range,
                {pair.campaign->name, program_.events[event].name,
                 program_.policies[pair.campaign->policy].name})
        .label(*rival.range, "the other one")
        .hint("say which goes first: `priority high` or `priority low` in one of them");
  }

  Context& context_;
  const ir::Program& program_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<Rival>> rivals_;
};

}  // namespace

void lint_overlap(Context& context) {
  OverlapLint lint(context);
  for (const CampaignPair& pair : own_campaigns(context)) lint.look_at(pair);
}

}  // namespace trig::check
