// W0117: every event sends a mail: journeys of one person start without a key and without a pause,
// and no cap holds anything back. A loop in the shop's code becomes a mailbox full.
#include <algorithm>

#include "compiler/check/lint/lint.h"

namespace trig::check {

void lint_volume(Context& context) {
  for (const CampaignPair& pair : own_campaigns(context)) {
    const ast::CampaignDecl& written = *pair.written;
    const ir::Campaign& campaign = *pair.campaign;
    if (campaign.again != ir::AgainMode::kAlways || !written.trigger || written.trigger->per)
      continue;
    if (!std::holds_alternative<ast::EventTrigger>(written.trigger->node)) continue;
    const bool sends = std::any_of(campaign.steps.begin(), campaign.steps.end(), [](const auto& s) {
      return std::holds_alternative<ir::Send>(s.node);
    });
    const ir::Policy& policy = context.program.policies[campaign.policy];
    if (!sends || !policy.caps.empty()) continue;
    context.report(Code::kVolume, written.again->range, {campaign.name})
        .label(written.policy->range, "this policy has no cap")
        .hint("add a key with `per`, or a cap to the policy: `at most 10 emails per day`");
  }
}

}  // namespace trig::check
