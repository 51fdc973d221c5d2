// Operators, from loose to tight: one function a level, as in the grammar.
#include <algorithm>

#include "compiler/base/check.h"
#include "compiler/parse/builder.h"

namespace trig::parse {

namespace {

ast::BinaryOp operator_of(Grammar::ComparisonOpContext* tree) {
  switch (tree->getStart()->getType()) {
    case Grammar::EQUAL: return ast::BinaryOp::kEqual;
    case Grammar::NOT_EQUAL: return ast::BinaryOp::kNotEqual;
    case Grammar::LESS: return ast::BinaryOp::kLess;
    case Grammar::LESS_OR_EQUAL: return ast::BinaryOp::kLessOrEqual;
    case Grammar::GREATER: return ast::BinaryOp::kGreater;
    case Grammar::GREATER_OR_EQUAL: return ast::BinaryOp::kGreaterOrEqual;
    case Grammar::IN: return ast::BinaryOp::kIn;
    case Grammar::NOT: return ast::BinaryOp::kNotIn;
    case Grammar::CONTAINS: return ast::BinaryOp::kContains;
    case Grammar::STARTS: return ast::BinaryOp::kStartsWith;
    case Grammar::MATCHES: return ast::BinaryOp::kMatches;
  }
  TRIG_CHECK(false, "the grammar has a comparison that the builder does not know");
}

// Most levels of an expression hold nothing but the next tighter one. Asking for it by type is what
// building a tree would mostly be busy with.
template <typename Inner>
Inner* alone(antlr4::ParserRuleContext* tree) {
  return tree->children.size() == 1 ? static_cast<Inner*>(tree->children[0]) : nullptr;
}

}  // namespace

ast::ExprPtr Builder::expression(Grammar::ExpressionContext* tree) {
  return disjunction(tree).expr;
}

Builder::Built Builder::binary(ast::BinaryOp op, TextRange op_range, Built left, Built right) {
  TextRange place = cover(left.expr->range, right.expr->range);
  std::size_t depth = std::max(left.depth, right.depth);
  return made(place, ast::Binary{op, op_range, std::move(left.expr), std::move(right.expr)}, depth,
              op_range);
}

Builder::Built Builder::disjunction(Grammar::ExpressionContext* tree) {
  if (auto* inner = alone<Grammar::ConjunctionContext>(tree)) return conjunction(inner);
  auto operands = tree->conjunction();
  auto signs = tree->OR();
  Built left = conjunction(operands.front());
  for (std::size_t i = 1; i < operands.size() && !too_deep_; ++i)
    left =
        binary(ast::BinaryOp::kOr, range(signs[i - 1]), std::move(left), conjunction(operands[i]));
  return left;
}

Builder::Built Builder::conjunction(Grammar::ConjunctionContext* tree) {
  if (auto* inner = alone<Grammar::NegationContext>(tree)) return negation(inner);
  auto operands = tree->negation();
  auto signs = tree->AND();
  Built left = negation(operands.front());
  for (std::size_t i = 1; i < operands.size() && !too_deep_; ++i)
    left = binary(ast::BinaryOp::kAnd, range(signs[i - 1]), std::move(left), negation(operands[i]));
  return left;
}

Builder::Built Builder::negation(Grammar::NegationContext* tree) {
  if (auto* inner = alone<Grammar::ComparisonContext>(tree)) return comparison(inner);
  Built operand = negation(tree->negation());
  return made(range(tree), ast::Unary{ast::UnaryOp::kNot, std::move(operand.expr)}, operand.depth);
}

Builder::Built Builder::comparison(Grammar::ComparisonContext* tree) {
  if (auto* inner = alone<antlr4::ParserRuleContext>(tree))
    if (inner->getRuleIndex() == Grammar::RuleFallback)
      return fallback(static_cast<Grammar::FallbackContext*>(inner));
  if (tree->silence()) return made(range(tree), silence(tree->silence()));
  if (tree->BETWEEN()) return between(tree);
  Built left = fallback(tree->fallback(0));
  if (tree->IS())
    return made(range(tree), ast::InSegment{std::move(left.expr), name(tree->name())}, left.depth);
  return binary(operator_of(tree->comparisonOp()), range(tree->comparisonOp()), std::move(left),
                fallback(tree->fallback(1)));
}

Builder::Built Builder::between(Grammar::ComparisonContext* tree) {
  Built value = fallback(tree->fallback(0));
  Built low = fallback(tree->fallback(1));
  Built high = fallback(tree->fallback(2));
  std::size_t depth = std::max({value.depth, low.depth, high.depth});
  return made(range(tree),
              ast::Between{std::move(value.expr), std::move(low.expr), std::move(high.expr)},
              depth);
}

Builder::Built Builder::fallback(Grammar::FallbackContext* tree) {
  if (auto* inner = alone<Grammar::SumContext>(tree)) return sum(inner);
  auto operands = tree->sum();
  auto ors = tree->OR();
  auto elses = tree->ELSE();
  Built left = sum(operands.front());
  for (std::size_t i = 1; i < operands.size() && !too_deep_; ++i)
    left = binary(ast::BinaryOp::kOrElse, cover(range(ors[i - 1]), range(elses[i - 1])),
                  std::move(left), sum(operands[i]));
  return left;
}

Builder::Built Builder::sum(Grammar::SumContext* tree) {
  if (auto* inner = alone<Grammar::ProductContext>(tree)) return product(inner);
  auto operands = tree->product();
  Built left = product(operands.front());
  for (std::size_t i = 1; i < operands.size() && !too_deep_; ++i) {
    auto* sign = static_cast<antlr4::tree::TerminalNode*>(tree->children[2 * i - 1]);
    bool plus = sign->getSymbol()->getType() == Grammar::PLUS;
    left = binary(plus ? ast::BinaryOp::kAdd : ast::BinaryOp::kSubtract, range(sign),
                  std::move(left), product(operands[i]));
  }
  return left;
}

Builder::Built Builder::product(Grammar::ProductContext* tree) {
  if (auto* inner = alone<Grammar::UnaryContext>(tree)) return unary(inner);
  auto operands = tree->unary();
  Built left = unary(operands.front());
  for (std::size_t i = 1; i < operands.size() && !too_deep_; ++i) {
    auto* sign = static_cast<antlr4::tree::TerminalNode*>(tree->children[2 * i - 1]);
    bool star = sign->getSymbol()->getType() == Grammar::STAR;
    left = binary(star ? ast::BinaryOp::kMultiply : ast::BinaryOp::kDivide, range(sign),
                  std::move(left), unary(operands[i]));
  }
  return left;
}

Builder::Built Builder::unary(Grammar::UnaryContext* tree) {
  if (auto* inner = alone<Grammar::PresentContext>(tree)) return present(inner);
  Built operand = unary(tree->unary());
  return made(range(tree), ast::Unary{ast::UnaryOp::kNegate, std::move(operand.expr)},
              operand.depth);
}

Builder::Built Builder::present(Grammar::PresentContext* tree) {
  if (auto* inner = alone<Grammar::PrimaryContext>(tree)) return primary(inner);
  Built operand = primary(tree->primary());
  return made(range(tree), ast::Unary{ast::UnaryOp::kPresent, std::move(operand.expr)},
              operand.depth);
}

}  // namespace trig::parse
