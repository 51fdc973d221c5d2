#include "compiler/check/campaign.h"

#include <algorithm>

#include "compiler/base/limits.h"

namespace trig::check {

void CampaignChecker::check() {
  std::size_t first_aggregate = context_.program.aggregates.size();
  scope_.slots = &campaign_.slots;
  campaign_.title = written_.title ? written_.title->value : written_.name.text;
  check_head();
  check_trigger();
  check_block(written_.steps);
  emit_step(ir::End{});
  if (campaign_.steps.size() > kMaxStepsPerCampaign)
    context_
        .report(Code::kTooManySteps, written_.name.range,
                {written_.name.text, std::to_string(kMaxStepsPerCampaign)})
        .hint("split it into several campaigns");
  if (written_.steps.empty())
    context_.report(Code::kNoSteps, written_.name.range, {written_.name.text}).hint("add a `send`");
  check_tail();
  for (std::size_t i = first_aggregate; i < context_.program.aggregates.size(); ++i)
    reach(context_.program.aggregates[i].event);
}

// The events whose meaning decides what the campaign does.
void CampaignChecker::reach(std::uint32_t event) {
  context_.reached_events[index_].push_back(event);
}

void CampaignChecker::check_head() {
  if (written_.policy)
    policy_ = context_.resolve(SymbolKind::kPolicy, *written_.policy);
  else
    suggest_policy();
  if (policy_ != nullptr) campaign_.policy = policy_->index;
  switch (written_.priority.value_or(ast::Priority::kMedium)) {
    case ast::Priority::kHigh: campaign_.priority = ir::Priority::kHigh; break;
    case ast::Priority::kMedium: campaign_.priority = ir::Priority::kMedium; break;
    case ast::Priority::kLow: campaign_.priority = ir::Priority::kLow; break;
  }
  check_again();
}

void CampaignChecker::suggest_policy() {
  Diagnostic& missing = context_.report(Code::kNoPolicy, written_.name.range, {written_.name.text});
  std::vector<std::string> policies = context_.symbols.names_of(SymbolKind::kPolicy);
  if (policies.empty()) {
    missing.hint("declare a policy and name it first: `policy marketing`");
    return;
  }
  missing.hint("begin with `policy {}`", policies.front());
  TextRange place = written_.priority_range;
  if (!place.valid() && written_.trigger) place = written_.trigger->range;
  if (place.valid())
    missing.replace({place.source, place.begin, place.begin},
                    "policy " + policies.front() + "\n  ");
}

void CampaignChecker::check_again() {
  campaign_.restart_while_waiting = written_.restart_while_waiting;
  if (!written_.again) return;
  const ast::Again& again = *written_.again;
  switch (again.mode) {
    case ast::Again::Mode::kNever: campaign_.again = ir::AgainMode::kNever; break;
    case ast::Again::Mode::kWhenFinished: campaign_.again = ir::AgainMode::kWhenFinished; break;
    case ast::Again::Mode::kAfter: campaign_.again = ir::AgainMode::kAfter; break;
    case ast::Again::Mode::kAlways: campaign_.again = ir::AgainMode::kAlways; break;
  }
  if (again.after) campaign_.again_after = again.after->span;
  if (again.mode == ast::Again::Mode::kAlways && written_.restart_while_waiting)
    context_.report(Code::kAlwaysAndRestart, written_.restart_range)
        .label(again.range, "this starts another journey instead")
        .hint("keep one of the two")
        .replace(written_.restart_range, "");
}

void CampaignChecker::check_tail() {
  for (const ast::Occurrence& exit : written_.exits) {
    refuse_binding(exit);
    campaign_.exits.push_back(check_watch(exit));
  }
  for (const ast::Goal& goal : written_.goals) check_goal(goal);
  if (!written_.edits) return;
  switch (*written_.edits) {
    case ast::Edits::kPin: campaign_.edits = ir::Edits::kPin; break;
    case ast::Edits::kMove: campaign_.edits = ir::Edits::kMove; break;
    case ast::Edits::kEnd: campaign_.edits = ir::Edits::kEnd; break;
  }
}

namespace {

bool sends_mail(const ir::Campaign& campaign) {
  return std::any_of(campaign.steps.begin(), campaign.steps.end(), [](const ir::Step& step) {
    return std::holds_alternative<ir::Send>(step.node);
  });
}

}  // namespace

void check_campaign(Context& context, const Declared& declared, std::uint32_t index) {
  const auto& written = std::get<ast::CampaignDecl>(declared.declaration->node);
  ir::Program& program = context.program;
  CampaignFacts& facts = context.kept.campaigns.edit(index);
  facts = {};
  facts.aggregates.begin = static_cast<std::uint32_t>(program.aggregates.size());
  facts.silences.begin = static_cast<std::uint32_t>(program.silences.size());
  context.currency = context.kept.currency;
  CampaignChecker(context, written, index).check();
  facts.aggregates.end = static_cast<std::uint32_t>(program.aggregates.size());
  facts.silences.end = static_cast<std::uint32_t>(program.silences.size());
  facts.uses = context.symbols.take_uses();
  count_uses(context, facts.uses, 1);
  const ir::Campaign& campaign = program.campaigns[index];
  facts.competes = declared.own && !written.priority && sends_mail(campaign) &&
                   campaign.policy < program.policies.size() &&
                   !program.policies[campaign.policy].caps.empty();
}

void check_campaigns(Context& context) {
  context.reached_events.resize(context.program.campaigns.size());
  for (std::size_t i = 0; i < context.program.campaigns.size(); ++i)
    context.kept.campaigns.emplace_back();
  for (std::size_t i = 0; i < context.symbols.all().size(); ++i) context.kept.uses.emplace_back();
  count_uses(context, context.symbols.take_uses(), 1);
  for (const Declared& declared : context.declarations) {
    const auto* written = std::get_if<ast::CampaignDecl>(&declared.declaration->node);
    if (written == nullptr) continue;
    const Symbol* symbol = context.declared(SymbolKind::kCampaign, written->name);
    if (symbol == nullptr) continue;
    check_campaign(context, declared, symbol->index);
  }
}

}  // namespace trig::check
