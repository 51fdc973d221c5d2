#include "compiler/check/expression.h"

namespace trig::check {

using ir::AggregateOp;
using ir::Kind;
using ir::NodeId;

namespace {

AggregateOp op_of(ast::AggregateOp op) {
  switch (op) {
    case ast::AggregateOp::kCount: return AggregateOp::kCount;
    case ast::AggregateOp::kSum: return AggregateOp::kSum;
    case ast::AggregateOp::kMin: return AggregateOp::kMin;
    case ast::AggregateOp::kMax: return AggregateOp::kMax;
    case ast::AggregateOp::kFirst: return AggregateOp::kFirst;
    case ast::AggregateOp::kLast: return AggregateOp::kLast;
    case ast::AggregateOp::kDistinct: return AggregateOp::kDistinct;
  }
  return AggregateOp::kCount;
}

bool can_order(Kind kind) {
  return ir::is_numeric(kind) || kind == Kind::kMoney || kind == Kind::kDate ||
         kind == Kind::kTime || kind == Kind::kDateTime || kind == Kind::kDuration;
}

bool takes(AggregateOp op, Kind kind) {
  bool scalar = kind != Kind::kList && kind != Kind::kRecord;
  switch (op) {
    case AggregateOp::kSum:
      return ir::is_numeric(kind) || kind == Kind::kMoney || kind == Kind::kDuration;
    case AggregateOp::kMin:
    case AggregateOp::kMax: return can_order(kind);
    case AggregateOp::kDistinct: return scalar;
    case AggregateOp::kCount:
    case AggregateOp::kFirst:
    case AggregateOp::kLast: return true;
  }
  return false;
}

// No rows: a count and a sum are zero, a list is empty, everything else is missing.
ir::Type result_type(Context& context, AggregateOp op, ir::Type field) {
  switch (op) {
    case AggregateOp::kCount: return {Kind::kInteger, false, 0};
    case AggregateOp::kSum: return field.required();
    case AggregateOp::kMin:
    case AggregateOp::kMax:
    case AggregateOp::kFirst:
    case AggregateOp::kLast: return field.or_missing();
    case AggregateOp::kDistinct: return context.program.types.list_of(field.required());
  }
  return {};
}

}  // namespace

NodeId ExpressionChecker::lower_aggregate(const ast::Expr& expr, const ast::Aggregate& written) {
  if (scope_.in_aggregate) {
    context_.report(Code::kNestedAggregate, written.op_range, {spelling(written.op)})
        .hint("ask for it beside, joined with `and`");
    return invalid(expr.range);
  }
  const Symbol* symbol = context_.resolve(SymbolKind::kEvent, written.event);
  if (symbol == nullptr) return invalid(expr.range);
  ir::Aggregate aggregate;
  aggregate.op = op_of(written.op);
  aggregate.event = symbol->index;
  ir::Type record = context_.program.events[symbol->index].record;

  ir::Type field_type;
  if (!aggregate_field(written, record, aggregate, field_type)) return invalid(expr.range);
  if (written.window) aggregate.window = written.window->span.exact();
  bool unbounded_list = aggregate.op == AggregateOp::kDistinct && !written.window;
  if (unbounded_list) {
    context_.report(Code::kDistinctEver, written.op_range).hint("give it a window: `in 90 days`");
    return invalid(expr.range);
  }
  aggregate.type = result_type(context_, aggregate.op, field_type);
  if (written.where != nullptr) {
    refuse_hidden_fields(context_, scope_, record);
    Scope inner = scope_;
    inner.tests_event = true;
    inner.tested = record;
    inner.in_aggregate = true;
    std::erase_if(inner.present, [](const std::string& key) { return key.starts_with("event."); });
    aggregate.where = ExpressionChecker(context_, inner).condition(*written.where);
    if (!type_of(aggregate.where).valid()) return invalid(expr.range);
  }
  context_.program.aggregates.push_back(aggregate);
  NodeId node = add(ir::Op::kAggregate, aggregate.type, expr.range);
  context_.program.nodes.edit_back().index =
      static_cast<std::uint32_t>(context_.program.aggregates.size() - 1);
  return node;
}

// The field that is summed, ordered or listed; false after a report.
bool ExpressionChecker::aggregate_field(const ast::Aggregate& written, ir::Type record,
                                        ir::Aggregate& aggregate, ir::Type& type) {
  if (!written.field) {
    if (aggregate.op == AggregateOp::kCount) return true;
    context_
        .report(Code::kAggregateNeedsField, written.event.range,
                {spelling(written.op), written.event.text})
        .hint("name the field: `{}.…`", written.event.text);
    return false;
  }
  aggregate.field = context_.record(record).find(written.field->text);
  if (aggregate.field < 0) {
    report_unknown_field(context_, *written.field, record);
    return false;
  }
  type = context_.record(record).fields[aggregate.field].type;
  if (!type.valid()) return false;
  if (takes(aggregate.op, type.kind)) return true;
  context_.report(Code::kOperatorTypes, written.field->range,
                  {spelling(written.op), context_.type_name(type.required())});
  return false;
}

}  // namespace trig::check
