// What a journey does: waits, branches, mail and actions.
#include "compiler/base/check.h"
#include "compiler/parse/builder.h"

namespace trig::parse {

ast::Block Builder::steps(const std::vector<Grammar::StepContext*>& trees) {
  ast::Block block;
  for (auto* tree : trees) block.push_back(step(tree));
  return block;
}

ast::Step Builder::step(Grammar::StepContext* tree) {
  TextRange place = range(tree);
  if (auto* one = tree->stepName()) return {place, step_name(one)};
  if (auto* one = tree->waitSpan()) return {place, wait_span(one)};
  if (auto* one = tree->waitUntil()) return {place, wait_until(one)};
  if (auto* one = tree->waitForEvent()) return {place, wait_for_event(one)};
  if (auto* one = tree->waitForSilence()) return {place, wait_for_silence(one)};
  if (auto* one = tree->when()) return {place, when(one)};
  if (tree->stop()) return {place, ast::Stop{}};
  if (auto* one = tree->split()) return {place, split(one)};
  if (auto* one = tree->send()) return {place, send(one)};
  if (auto* one = tree->subscribe()) return {place, ast::Subscribe{name(one->name())}};
  if (auto* one = tree->unsubscribe()) return {place, ast::Unsubscribe{name(one->name())}};
  if (auto* one = tree->post()) return {place, post(one)};
  if (auto* one = tree->setField()) return {place, set_field(one)};
  TRIG_CHECK(tree->emit(), "the grammar has a step that the builder does not know");
  return {place, emit(tree->emit())};
}

ast::StepName Builder::step_name(Grammar::StepNameContext* tree) { return {name(tree->name())}; }

ast::WaitSpan Builder::wait_span(Grammar::WaitSpanContext* tree) {
  return {span(tree->span()), unless(tree->unless())};
}

ast::WaitUntil Builder::wait_until(Grammar::WaitUntilContext* tree) {
  return {moment(tree->moment()), unless(tree->unless())};
}

ast::WaitForEvent Builder::wait_for_event(Grammar::WaitForEventContext* tree) {
  ast::WaitForEvent wait;
  wait.event = occurrence(tree->occurrence());
  wait.up_to = span(tree->span());
  wait.arrived = block(tree->block(0));
  if (tree->ELSE()) wait.otherwise = block(tree->block(1));
  return wait;
}

ast::WaitForSilence Builder::wait_for_silence(Grammar::WaitForSilenceContext* tree) {
  return {span(tree->span(0)), span_if(tree->span(1)), unless(tree->unless())};
}

ast::Moment Builder::moment(Grammar::MomentContext* tree) {
  ast::Moment moment;
  moment.range = range(tree);
  if (tree->fallback()) moment.base = fallback(tree->fallback()).expr;
  if (tree->localTime()) moment.time = local_time(tree->localTime());
  return moment;
}

std::vector<ast::Occurrence> Builder::unless(const std::vector<Grammar::UnlessContext*>& trees) {
  std::vector<ast::Occurrence> all;
  for (auto* tree : trees) all.push_back(occurrence(tree->occurrence()));
  return all;
}

ast::When Builder::when(Grammar::WhenContext* tree) {
  ast::When when;
  std::vector<Grammar::BlockContext*> blocks = tree->block();
  std::vector<Grammar::ExpressionContext*> conditions = tree->expression();
  for (std::size_t i = 0; i < conditions.size(); ++i)
    when.branches.push_back({expression(conditions[i]), block(blocks[i])});
  if (blocks.size() > conditions.size()) when.otherwise = block(blocks.back());
  return when;
}

ast::Split Builder::split(Grammar::SplitContext* tree) {
  ast::Split split{text(tree->text()), {}};
  for (auto* one : tree->splitArm()) split.arms.push_back(split_arm(one));
  return split;
}

ast::Split::Arm Builder::split_arm(Grammar::SplitArmContext* tree) {
  ast::Split::Arm arm;
  arm.range = range(tree);
  arm.percent = words(range(tree->NUMBER()));
  if (tree->HOLDOUT()) {
    arm.holdout = true;
    arm.name = {"holdout", range(tree->HOLDOUT())};
    return arm;
  }
  arm.name = name(tree->name());
  arm.block = block(tree->block());
  return arm;
}

ast::Send Builder::send(Grammar::SendContext* tree) {
  ast::Send send;
  send.template_name = name(tree->name());
  send.arguments = arguments(tree->arguments());
  send.as = binding(tree->binding());
  send.at_best_hour = tree->BEST() != nullptr;
  std::vector<Grammar::SpanContext*> spans = tree->span();
  if (tree->WITHIN()) send.within = span(spans.front());
  if (tree->SKIP_()) send.skip_after = span(spans.back());
  return send;
}

ast::Post Builder::post(Grammar::PostContext* tree) {
  return {text(tree->text()), record_literal(tree->recordLiteral())};
}

ast::SetField Builder::set_field(Grammar::SetFieldContext* tree) {
  return {name(tree->label()), expression(tree->expression())};
}

ast::Emit Builder::emit(Grammar::EmitContext* tree) {
  return {name(tree->name()), record_literal(tree->recordLiteral())};
}

}  // namespace trig::parse
