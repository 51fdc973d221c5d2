// W0106: `again after` where the key never comes a second time: nothing is ever kept from starting.
#include "compiler/check/lint/lint.h"
#include "compiler/check/lint/once_only.h"

namespace trig::check {

void lint_again(Context& context) {
  for (const CampaignPair& pair : own_campaigns(context)) {
    const ast::CampaignDecl& written = *pair.written;
    if (!written.again || written.again->mode != ast::Again::Mode::kAfter) continue;
    const auto& starts = pair.campaign->trigger.alternatives;
    if (starts.size() != 1 || !written.trigger || !written.trigger->per) continue;
    const std::string& event = context.program.events[starts[0].event].name;
    const std::string& field = written.trigger->per->names.back().text;
    if (!comes_once(event, field)) continue;
    context.report(Code::kNeverAgain, written.again->range, {event, field})
        .label(written.trigger->per_range, "this key is never seen twice")
        .hint("say `again never`, or leave `per` out so that it is counted by person");
  }
}

}  // namespace trig::check
