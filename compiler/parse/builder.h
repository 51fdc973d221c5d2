// From ANTLR's trees to ast: one function a construct, called like its rule in grammar/Trig.g4.
// The trees are free of syntax errors. What the grammar cannot say (30 February, an unknown escape)
// is reported here; the declaration is kept, except where it would be too deep to walk.
#pragma once

#include <antlr4-runtime.h>

#include <string_view>
#include <vector>

#include "TrigParser.h"
#include "compiler/ast/ast.h"
#include "compiler/base/source.h"
#include "compiler/diagnostics/diagnostic.h"
#include "compiler/parse/reporter.h"

namespace trig::parse {

using Grammar = grammar::TrigParser;

class Builder {
 public:
  Builder(SourceId id, const Source& source, Diagnostics& diagnostics)
      : id_(id), source_(source), diagnostics_(diagnostics) {}

  ast::Declaration declaration(Grammar::DeclarationContext* tree);
  ast::ExprPtr expression(Grammar::ExpressionContext* tree);
  bool too_deep() const { return too_deep_; }

 private:
  // An expression and how many nodes its longest branch has.
  struct Built {
    ast::ExprPtr expr;
    std::size_t depth = 0;
  };

  // builder.cpp: places, names and literals
  TextRange range(const antlr4::Token* token) const;
  TextRange range(antlr4::ParserRuleContext* tree) const;
  TextRange range(antlr4::tree::TerminalNode* node) const { return range(node->getSymbol()); }
  std::string_view words(TextRange range) const;
  ast::Name name(antlr4::ParserRuleContext* tree) const;
  ast::TextLiteral text(Grammar::TextContext* tree);
  std::optional<ast::TextLiteral> text_if(Grammar::TextContext* tree);
  std::vector<ast::TextLiteral> texts(const std::vector<Grammar::TextContext*>& trees);
  ast::SpanLiteral span(Grammar::SpanContext* tree);
  std::optional<ast::SpanLiteral> span_if(Grammar::SpanContext* tree);
  CalendarUnit unit(Grammar::UnitContext* tree) const;
  std::int64_t count(antlr4::tree::TerminalNode* number);
  Date date(antlr4::tree::TerminalNode* node);
  TimeOfDay time(antlr4::tree::TerminalNode* node);
  TimeOfDay local_time(Grammar::LocalTimeContext* tree) { return time(tree->TIME()); }
  void escape(char letter, TextRange place, std::string& value);

  // parse_declarations.cpp
  ast::UseDecl use_decl(Grammar::UseDeclContext* tree);
  ast::EventDecl event_decl(Grammar::EventDeclContext* tree);
  ast::RecordDecl record_decl(Grammar::RecordDeclContext* tree);
  ast::PersonDecl person_decl(Grammar::PersonDeclContext* tree);
  ast::ListDecl list_decl(Grammar::ListDeclContext* tree);
  ast::CatalogDecl catalog_decl(Grammar::CatalogDeclContext* tree);
  ast::TopicDecl topic_decl(Grammar::TopicDeclContext* tree);
  ast::CouponsDecl coupons_decl(Grammar::CouponsDeclContext* tree);
  ast::SegmentDecl segment_decl(Grammar::SegmentDeclContext* tree);
  ast::TemplateDecl template_decl(Grammar::TemplateDeclContext* tree);
  std::vector<ast::FieldDecl> fields(Grammar::FieldsContext* tree);
  ast::FieldDecl field_decl(Grammar::FieldDeclContext* tree);
  ast::TypeExpr type_expr(Grammar::TypeExprContext* tree);
  ast::TypeExpr plain_type(Grammar::PlainTypeContext* tree);
  Built constant(Grammar::ConstantContext* tree);

  // parse_policy.cpp
  ast::PolicyDecl policy_decl(Grammar::PolicyDeclContext* tree);
  ast::PolicyRule policy_rule(Grammar::PolicyRuleContext* tree);
  ast::ConsentRule consent_rule(Grammar::ConsentRuleContext* tree);
  ast::CapRule cap_rule(Grammar::CapRuleContext* tree);
  ast::QuietRule quiet_rule(Grammar::QuietRuleContext* tree);
  ast::RateRule rate_rule(Grammar::RateRuleContext* tree);
  ast::WhenCappedRule when_capped_rule(Grammar::WhenCappedRuleContext* tree);

  // parse_campaign.cpp
  ast::CampaignDecl campaign_decl(Grammar::CampaignDeclContext* tree);
  ast::Again again(Grammar::AgainContext* tree);
  ast::Goal goal(Grammar::GoalContext* tree);
  std::vector<ast::Name> events(Grammar::EventsContext* tree) const;
  std::optional<ast::Name> binding(Grammar::BindingContext* tree) const;
  ast::Occurrence occurrence(Grammar::OccurrenceContext* tree);

  // parse_trigger.cpp
  ast::Trigger trigger(Grammar::TriggerContext* tree);
  ast::EventTrigger event_trigger(Grammar::EventTriggerContext* tree);
  ast::CountTrigger count_trigger(Grammar::CountTriggerContext* tree);
  ast::SequenceTrigger sequence_trigger(Grammar::SequenceTriggerContext* tree);
  ast::SilenceTrigger silence_trigger(Grammar::SilenceTriggerContext* tree);
  ast::DateTrigger date_trigger(Grammar::DateTriggerContext* tree);
  ast::SegmentTrigger segment_trigger(Grammar::SegmentTriggerContext* tree);
  ast::RecurringTrigger recurring_trigger(Grammar::RecurringTriggerContext* tree);
  ast::OnceTrigger once_trigger(Grammar::OnceTriggerContext* tree);

  // parse_steps.cpp
  ast::Block steps(const std::vector<Grammar::StepContext*>& trees);
  ast::Block block(Grammar::BlockContext* tree) { return steps(tree->step()); }
  ast::Step step(Grammar::StepContext* tree);
  ast::StepName step_name(Grammar::StepNameContext* tree);
  ast::WaitSpan wait_span(Grammar::WaitSpanContext* tree);
  ast::WaitUntil wait_until(Grammar::WaitUntilContext* tree);
  ast::WaitForEvent wait_for_event(Grammar::WaitForEventContext* tree);
  ast::WaitForSilence wait_for_silence(Grammar::WaitForSilenceContext* tree);
  ast::Moment moment(Grammar::MomentContext* tree);
  std::vector<ast::Occurrence> unless(const std::vector<Grammar::UnlessContext*>& trees);
  ast::When when(Grammar::WhenContext* tree);
  ast::Split split(Grammar::SplitContext* tree);
  ast::Split::Arm split_arm(Grammar::SplitArmContext* tree);
  ast::Send send(Grammar::SendContext* tree);
  ast::Post post(Grammar::PostContext* tree);
  ast::SetField set_field(Grammar::SetFieldContext* tree);
  ast::Emit emit(Grammar::EmitContext* tree);

  // parse_test.cpp
  ast::TestDecl test_decl(Grammar::TestDeclContext* tree);
  ast::TestStep test_step(Grammar::TestStepContext* tree);
  ast::TestAt test_at(Grammar::TestAtContext* tree);
  ast::TestEvent test_event(Grammar::TestEventContext* tree);
  ast::TestSubscription test_subscription(Grammar::TestSubscriptionContext* tree);
  ast::ExpectNoSend expect_no_send(Grammar::ExpectNoSendContext* tree);
  ast::ExpectSend expect_send(Grammar::ExpectSendContext* tree);
  ast::ExpectJourney expect_journey(Grammar::ExpectJourneyContext* tree);

  // parse_expressions.cpp
  Built disjunction(Grammar::ExpressionContext* tree);
  Built conjunction(Grammar::ConjunctionContext* tree);
  Built negation(Grammar::NegationContext* tree);
  Built comparison(Grammar::ComparisonContext* tree);
  Built fallback(Grammar::FallbackContext* tree);
  Built sum(Grammar::SumContext* tree);
  Built product(Grammar::ProductContext* tree);
  Built unary(Grammar::UnaryContext* tree);
  Built present(Grammar::PresentContext* tree);
  Built between(Grammar::ComparisonContext* tree);
  Built binary(ast::BinaryOp op, TextRange op_range, Built left, Built right);

  // parse_primary.cpp
  Built primary(Grammar::PrimaryContext* tree);
  Built aggregate(Grammar::AggregateContext* tree);
  Built since(Grammar::SinceContext* tree);
  Built call(Grammar::CallContext* tree);
  Built literal(Grammar::LiteralContext* tree);
  Built list_literal(Grammar::ListLiteralContext* tree);
  Built record_value(Grammar::RecordLiteralContext* tree);
  ast::Silence silence(Grammar::SilenceContext* tree);
  ast::Path path(Grammar::PathContext* tree) const;
  std::vector<ast::Argument> arguments(Grammar::ArgumentsContext* tree, std::size_t& depth);
  std::vector<ast::Argument> arguments(Grammar::ArgumentsContext* tree);
  ast::RecordLiteral record_literal(Grammar::RecordLiteralContext* tree, std::size_t& depth);
  ast::RecordLiteral record_literal(Grammar::RecordLiteralContext* tree);

  // Wraps a node; `below` is the depth of its deepest child. One level too deep is reported and
  // becomes a leaf, so no tree is ever deeper than kMaxNesting. `told` is the place reported.
  template <typename Node>
  Built made(TextRange place, Node node, std::size_t below = 0) {
    return made(place, std::move(node), below, place);
  }
  template <typename Node>
  Built made(TextRange place, Node node, std::size_t below, TextRange told) {
    auto expr = std::make_unique<ast::Expr>();
    expr->range = place;
    if (bounded(told, below)) {
      expr->node = std::move(node);
      return {std::move(expr), below + 1};
    }
    expr->node = ast::BooleanLiteral{};
    return {std::move(expr), 1};
  }
  bool bounded(TextRange place, std::size_t below);

  SourceId id_;
  const Source& source_;
  Reporter diagnostics_;
  bool too_deep_ = false;
};

}  // namespace trig::parse
