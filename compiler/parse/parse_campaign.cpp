// campaign NAME "title" { head, trigger, steps, tail }; triggers and steps have their own files.
#include "compiler/parse/builder.h"

namespace trig::parse {

namespace {

ast::Priority priority_of(Grammar::PriorityContext* tree) {
  if (tree->HIGH()) return ast::Priority::kHigh;
  if (tree->LOW()) return ast::Priority::kLow;
  return ast::Priority::kMedium;
}

ast::Edits edits_of(Grammar::EditsContext* tree) {
  if (tree->MOVE()) return ast::Edits::kMove;
  if (tree->END()) return ast::Edits::kEnd;
  return ast::Edits::kPin;
}

}  // namespace

ast::CampaignDecl Builder::campaign_decl(Grammar::CampaignDeclContext* tree) {
  ast::CampaignDecl campaign;
  campaign.name = name(tree->name());
  campaign.title = text_if(tree->text());
  if (auto* policy = tree->policyRef()) campaign.policy = name(policy->name());
  if (auto* priority = tree->priority()) {
    campaign.priority = priority_of(priority);
    campaign.priority_range = range(priority);
  }
  if (tree->trigger()) campaign.trigger = trigger(tree->trigger());
  if (tree->again()) campaign.again = again(tree->again());
  if (auto* restart = tree->restart()) {
    campaign.restart_while_waiting = true;
    campaign.restart_range = range(restart);
  }
  campaign.steps = steps(tree->step());
  for (auto* one : tree->exitOn()) campaign.exits.push_back(occurrence(one->occurrence()));
  for (auto* one : tree->goal()) campaign.goals.push_back(goal(one));
  if (auto* edits = tree->edits()) {
    campaign.edits = edits_of(edits);
    campaign.edits_range = range(edits);
  }
  return campaign;
}

ast::Again Builder::again(Grammar::AgainContext* tree) {
  ast::Again again;
  again.range = range(tree);
  if (tree->NEVER()) again.mode = ast::Again::Mode::kNever;
  if (tree->ALWAYS()) again.mode = ast::Again::Mode::kAlways;
  if (tree->AFTER()) again.mode = ast::Again::Mode::kAfter;
  again.after = span_if(tree->span());
  return again;
}

ast::Goal Builder::goal(Grammar::GoalContext* tree) {
  ast::Goal goal{occurrence(tree->occurrence()), span(tree->span()), std::nullopt, range(tree)};
  if (tree->label()) goal.value = name(tree->label());
  return goal;
}

std::vector<ast::Name> Builder::events(Grammar::EventsContext* tree) const {
  std::vector<ast::Name> names;
  for (auto* one : tree->name()) names.push_back(name(one));
  return names;
}

std::optional<ast::Name> Builder::binding(Grammar::BindingContext* tree) const {
  if (!tree) return std::nullopt;
  return name(tree->name());
}

ast::Occurrence Builder::occurrence(Grammar::OccurrenceContext* tree) {
  ast::Occurrence occurrence;
  occurrence.events = events(tree->events());
  occurrence.as = binding(tree->binding());
  if (tree->expression()) occurrence.where = expression(tree->expression());
  occurrence.range = range(tree);
  return occurrence;
}

}  // namespace trig::parse
