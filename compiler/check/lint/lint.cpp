#include "compiler/check/lint/lint.h"

#include "compiler/ast/visit.h"

namespace trig::check {
namespace {

using UseExpr = std::function<void(const ast::Expr&)>;
using UseStep = std::function<void(const ast::Step&)>;

void visit_if(const ast::ExprPtr& expr, const UseExpr& use) {
  if (expr != nullptr) for_each_expression(*expr, use);
}

void visit_record(const ast::RecordLiteral& record, const UseExpr& use) {
  for (const ast::FieldValue& field : record.fields) visit_if(field.value, use);
}

void visit_unless(const std::vector<ast::Occurrence>& unless, const UseExpr& use) {
  for (const ast::Occurrence& occurrence : unless) visit_if(occurrence.where, use);
}

// What a step itself holds, not the steps in its blocks.
void visit_step(const ast::Step& step, const UseExpr& use) {
  ast::visit(
      step.node, [](const ast::StepName&) {},
      [&](const ast::WaitSpan& it) { visit_unless(it.unless, use); },
      [&](const ast::WaitUntil& it) {
        visit_if(it.moment.base, use);
        visit_unless(it.unless, use);
      },
      [&](const ast::WaitForEvent& it) { visit_if(it.event.where, use); },
      [&](const ast::WaitForSilence& it) { visit_unless(it.unless, use); },
      [&](const ast::When& it) {
        for (const ast::When::Branch& branch : it.branches) visit_if(branch.condition, use);
      },
      [](const ast::Stop&) {}, [](const ast::Split&) {},
      [&](const ast::Send& it) {
        for (const ast::Argument& argument : it.arguments) visit_if(argument.value, use);
      },
      [](const ast::Subscribe&) {}, [](const ast::Unsubscribe&) {},
      [&](const ast::Post& it) { visit_record(it.body, use); },
      [&](const ast::SetField& it) { visit_if(it.value, use); },
      [&](const ast::Emit& it) { visit_record(it.fields, use); });
}

}  // namespace

void run_lints(Context& context, bool circles) {
#define TRIG_LINT(name, scope) \
  if (LintScope::scope != LintScope::kCircles || circles) lint_##name(context);
#include "compiler/check/lint/lints.def"
#undef TRIG_LINT
}

std::vector<CampaignPair> own_campaigns(Context& context) {
  std::vector<CampaignPair> pairs;
  for (const Declared& declared : context.declarations) {
    const auto* written = std::get_if<ast::CampaignDecl>(&declared.declaration->node);
    if (written == nullptr || !declared.own) continue;
    const Symbol* symbol = context.declared(SymbolKind::kCampaign, written->name);
    if (symbol != nullptr) pairs.push_back({written, &context.program.campaigns[symbol->index]});
  }
  return pairs;
}

void for_each_step(const ast::Block& block, const UseStep& use) {
  for (const ast::Step& step : block) {
    use(step);
    if (const auto* when = std::get_if<ast::When>(&step.node)) {
      for (const ast::When::Branch& branch : when->branches) for_each_step(branch.block, use);
      if (when->otherwise) for_each_step(*when->otherwise, use);
    } else if (const auto* wait = std::get_if<ast::WaitForEvent>(&step.node)) {
      for_each_step(wait->arrived, use);
      if (wait->otherwise) for_each_step(*wait->otherwise, use);
    } else if (const auto* split = std::get_if<ast::Split>(&step.node)) {
      for (const ast::Split::Arm& arm : split->arms) for_each_step(arm.block, use);
    }
  }
}

void for_each_expression(const ast::CampaignDecl& campaign, const UseExpr& use) {
  if (campaign.trigger) visit_if(campaign.trigger->where, use);
  for_each_step(campaign.steps, [&](const ast::Step& step) { visit_step(step, use); });
  visit_unless(campaign.exits, use);
  for (const ast::Goal& goal : campaign.goals) visit_if(goal.event.where, use);
}

void for_each_expression(const ast::Expr& expr, const UseExpr& use) {
  if (const auto* unary = std::get_if<ast::Unary>(&expr.node)) {
    visit_if(unary->operand, use);
  } else if (const auto* binary = std::get_if<ast::Binary>(&expr.node)) {
    visit_if(binary->left, use);
    visit_if(binary->right, use);
  } else if (const auto* between = std::get_if<ast::Between>(&expr.node)) {
    visit_if(between->value, use);
    visit_if(between->low, use);
    visit_if(between->high, use);
  } else if (const auto* member = std::get_if<ast::InSegment>(&expr.node)) {
    visit_if(member->value, use);
  } else if (const auto* call = std::get_if<ast::Call>(&expr.node)) {
    for (const ast::Argument& argument : call->arguments) visit_if(argument.value, use);
  } else if (const auto* aggregate = std::get_if<ast::Aggregate>(&expr.node)) {
    visit_if(aggregate->where, use);
  } else if (const auto* since = std::get_if<ast::Since>(&expr.node)) {
    visit_if(since->value, use);
  } else if (const auto* list = std::get_if<ast::ListLiteral>(&expr.node)) {
    for (const ast::ExprPtr& item : list->items) visit_if(item, use);
  } else if (const auto* record = std::get_if<ast::RecordLiteral>(&expr.node)) {
    visit_record(*record, use);
  }
  use(expr);
}

}  // namespace trig::check
