// Operands: paths, calls, aggregates and literals.
#include <algorithm>

#include "compiler/base/check.h"
#include "compiler/parse/builder.h"

namespace trig::parse {

namespace {

ast::AggregateOp operator_of(Grammar::AggregateOpContext* tree) {
  switch (tree->getStart()->getType()) {
    case Grammar::COUNT: return ast::AggregateOp::kCount;
    case Grammar::SUM: return ast::AggregateOp::kSum;
    case Grammar::MIN: return ast::AggregateOp::kMin;
    case Grammar::MAX: return ast::AggregateOp::kMax;
    case Grammar::FIRST: return ast::AggregateOp::kFirst;
    case Grammar::LAST: return ast::AggregateOp::kLast;
    case Grammar::DISTINCT: return ast::AggregateOp::kDistinct;
  }
  TRIG_CHECK(false, "the grammar has an aggregate that the builder does not know");
}

}  // namespace

Builder::Built Builder::primary(Grammar::PrimaryContext* tree) {
  if (auto* one = tree->path()) return made(range(tree), path(one));
  if (auto* one = tree->literal()) return literal(one);
  if (auto* one = tree->call()) return call(one);
  if (auto* one = tree->aggregate()) return aggregate(one);
  if (auto* one = tree->since()) return since(one);
  if (auto* one = tree->listLiteral()) return list_literal(one);
  if (auto* one = tree->recordLiteral()) return record_value(one);
  Built inner = disjunction(tree->expression());
  inner.expr->parenthesised = true;
  inner.expr->range = range(tree);
  return inner;
}

Builder::Built Builder::aggregate(Grammar::AggregateContext* tree) {
  ast::Aggregate aggregate;
  aggregate.op = operator_of(tree->aggregateOp());
  aggregate.op_range = range(tree->aggregateOp());
  aggregate.event = name(tree->name());
  if (tree->label()) aggregate.field = name(tree->label());
  aggregate.window = span_if(tree->span());
  std::size_t depth = 0;
  if (tree->expression()) {
    Built where = disjunction(tree->expression());
    depth = where.depth;
    aggregate.where = std::move(where.expr);
  }
  return made(range(tree), std::move(aggregate), depth);
}

ast::Silence Builder::silence(Grammar::SilenceContext* tree) {
  return {events(tree->events()), span(tree->span())};
}

Builder::Built Builder::since(Grammar::SinceContext* tree) {
  Built value = primary(tree->primary());
  return made(range(tree), ast::Since{unit(tree->unit()), std::move(value.expr)}, value.depth);
}

Builder::Built Builder::call(Grammar::CallContext* tree) {
  std::size_t depth = 0;
  ast::Call call{name(tree->function()), arguments(tree->arguments(), depth)};
  return made(range(tree), std::move(call), depth);
}

std::vector<ast::Argument> Builder::arguments(Grammar::ArgumentsContext* tree, std::size_t& depth) {
  std::vector<ast::Argument> all;
  for (auto* one : tree->argument()) {
    Built value = disjunction(one->expression());
    depth = std::max(depth, value.depth);
    ast::Argument argument{std::nullopt, std::move(value.expr)};
    if (one->label()) argument.label = name(one->label());
    all.push_back(std::move(argument));
  }
  return all;
}

std::vector<ast::Argument> Builder::arguments(Grammar::ArgumentsContext* tree) {
  std::size_t depth = 0;
  return arguments(tree, depth);
}

ast::Path Builder::path(Grammar::PathContext* tree) const {
  ast::Path path;
  path.names.push_back(name(tree->name()));
  for (auto* one : tree->label()) path.names.push_back(name(one));
  return path;
}

Builder::Built Builder::literal(Grammar::LiteralContext* tree) {
  TextRange place = range(tree);
  if (auto* one = tree->money()) {
    TextRange currency = range(one->CURRENCY());
    return made(place, ast::MoneyLiteral{std::string(words(range(one->NUMBER()))),
                                         {std::string(words(currency)), currency}});
  }
  if (auto* one = tree->percent())
    return made(place, ast::PercentLiteral{std::string(words(range(one->NUMBER())))});
  if (auto* one = tree->span()) return made(place, span(one));
  if (auto* one = tree->text()) return made(place, text(one));
  if (tree->number()) {
    std::string digits(words(place));
    if (digits.find('.') != std::string::npos) return made(place, ast::NumberLiteral{digits});
    return made(place, ast::IntegerLiteral{digits});
  }
  if (tree->TIME()) return made(place, ast::TimeLiteral{time(tree->TIME())});
  if (tree->DATE()) return made(place, ast::DateLiteral{date(tree->DATE())});
  return made(place, ast::BooleanLiteral{tree->TRUE() != nullptr});
}

Builder::Built Builder::list_literal(Grammar::ListLiteralContext* tree) {
  ast::ListLiteral list;
  std::size_t depth = 0;
  for (auto* one : tree->expression()) {
    Built item = disjunction(one);
    depth = std::max(depth, item.depth);
    list.items.push_back(std::move(item.expr));
  }
  return made(range(tree), std::move(list), depth);
}

Builder::Built Builder::record_value(Grammar::RecordLiteralContext* tree) {
  std::size_t depth = 0;
  ast::RecordLiteral record = record_literal(tree, depth);
  return made(range(tree), std::move(record), depth);
}

ast::RecordLiteral Builder::record_literal(Grammar::RecordLiteralContext* tree,
                                           std::size_t& depth) {
  ast::RecordLiteral record;
  for (auto* one : tree->fieldValue()) {
    Built value = disjunction(one->expression());
    depth = std::max(depth, value.depth);
    record.fields.push_back({name(one->label()), std::move(value.expr)});
  }
  return record;
}

ast::RecordLiteral Builder::record_literal(Grammar::RecordLiteralContext* tree) {
  std::size_t depth = 0;
  return record_literal(tree, depth);
}

}  // namespace trig::parse
