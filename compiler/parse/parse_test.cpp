// test "…" { people, events, the clock, expectations }
#include "compiler/base/check.h"
#include "compiler/parse/builder.h"

namespace trig::parse {

ast::TestDecl Builder::test_decl(Grammar::TestDeclContext* tree) {
  ast::TestDecl test{text(tree->text()), {}};
  for (auto* one : tree->testStep()) test.steps.push_back(test_step(one));
  return test;
}

ast::TestStep Builder::test_step(Grammar::TestStepContext* tree) {
  TextRange place = range(tree);
  if (auto* one = tree->testPerson())
    return {place, ast::TestPerson{name(one->actor()), record_literal(one->recordLiteral())}};
  if (auto* one = tree->testAnonymous()) return {place, ast::TestAnonymous{name(one->actor())}};
  if (auto* one = tree->testAt()) return {place, test_at(one)};
  if (auto* one = tree->testAfter()) return {place, ast::TestAfter{span(one->span())}};
  if (auto* one = tree->testEvent()) return {place, test_event(one)};
  if (auto* one = tree->testIdentifies())
    return {place, ast::TestIdentifies{name(one->actor(0)), name(one->actor(1))}};
  if (auto* one = tree->testSubscription()) return {place, test_subscription(one)};
  if (auto* one = tree->expectNoSend()) return {place, expect_no_send(one)};
  if (auto* one = tree->expectSend()) return {place, expect_send(one)};
  TRIG_CHECK(tree->expectJourney(), "the grammar has a test step that the builder does not know");
  return {place, expect_journey(tree->expectJourney())};
}

ast::TestAt Builder::test_at(Grammar::TestAtContext* tree) {
  return {date(tree->DATE()), time(tree->TIME())};
}

ast::TestEvent Builder::test_event(Grammar::TestEventContext* tree) {
  return {name(tree->actor()), name(tree->name()), record_literal(tree->recordLiteral()),
          span_if(tree->span())};
}

ast::TestSubscription Builder::test_subscription(Grammar::TestSubscriptionContext* tree) {
  ast::TestSubscription step{name(tree->actor()), tree->SUBSCRIBES() != nullptr, std::nullopt};
  if (tree->name()) step.topic = name(tree->name());
  return step;
}

ast::ExpectNoSend Builder::expect_no_send(Grammar::ExpectNoSendContext* tree) {
  ast::ExpectNoSend expect{std::nullopt, name(tree->actor())};
  if (tree->name()) expect.template_name = name(tree->name());
  return expect;
}

ast::ExpectSend Builder::expect_send(Grammar::ExpectSendContext* tree) {
  ast::ExpectSend expect;
  if (tree->testAt()) expect.at = test_at(tree->testAt());
  if (tree->NUMBER()) expect.count = count(tree->NUMBER());
  if (tree->name()) expect.template_name = name(tree->name());
  expect.to = name(tree->actor());
  if (tree->recordLiteral()) expect.with = record_literal(tree->recordLiteral());
  return expect;
}

ast::ExpectJourney Builder::expect_journey(Grammar::ExpectJourneyContext* tree) {
  return {name(tree->name()), name(tree->actor()), tree->ENDED() != nullptr, text_if(tree->text())};
}

}  // namespace trig::parse
