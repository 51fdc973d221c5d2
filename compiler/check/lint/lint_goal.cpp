// W0108: an exit asks whether the event is about this very thing, the goal on the same event does
// not. W0109: a mail goes out when the window of the goal is over, and can earn nothing.
#include <algorithm>

#include "compiler/check/lint/lint.h"
#include "compiler/check/lint/ways.h"

namespace trig::check {
namespace {

bool same_events(const ast::Occurrence& a, const ast::Occurrence& b) {
  return std::equal(a.events.begin(), a.events.end(), b.events.begin(), b.events.end(),
                    [](const ast::Name& x, const ast::Name& y) { return x.text == y.text; });
}

void compare_with_exits(Context& context, const ast::CampaignDecl& campaign) {
  for (const ast::Goal& goal : campaign.goals) {
    if (goal.event.where != nullptr) continue;
    for (const ast::Occurrence& exit : campaign.exits) {
      if (exit.where == nullptr || !same_events(exit, goal.event)) continue;
      const std::string condition = context.quote(exit.where->range);
      const TextRange at = goal.event.range;
      context.report(Code::kGoalWithoutFilter, at, {context.quote(at)})
          .label(exit.where->range, "this exit asks for more")
          .hint("add `where {}`, if the goal is about the same thing", condition)
          .replace({at.source, at.end, at.end}, " where " + condition);
      break;
    }
  }
}

void compare_with_waits(Context& context, const CampaignPair& pair) {
  const ir::Campaign& campaign = *pair.campaign;
  if (campaign.goals.empty()) return;
  auto longest = std::max_element(pair.written->goals.begin(), pair.written->goals.end(),
                                  [](const ast::Goal& a, const ast::Goal& b) {
                                    return a.within.span.exact() < b.within.span.exact();
                                  });
  const Duration window = longest->within.span.exact();
  const std::vector<std::optional<Duration>> times = shortest_times(campaign);
  for (std::size_t i = 0; i < campaign.steps.size(); ++i) {
    if (!times[i] || *times[i] < window) continue;
    if (!std::holds_alternative<ir::Send>(campaign.steps[i].node)) continue;
    context
        .report(Code::kLateForGoal, campaign.steps[i].range,
                {duration_text(*times[i]), to_string(longest->within.span)})
        .label(longest->within.range, "the goal is counted for so long, from the start")
        .hint("let the goal run longer, or wait less");
    return;
  }
}

}  // namespace

void lint_goal(Context& context) {
  for (const CampaignPair& pair : own_campaigns(context)) {
    compare_with_exits(context, *pair.written);
    compare_with_waits(context, pair);
  }
}

}  // namespace trig::check
