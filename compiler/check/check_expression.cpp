#include "compiler/check/expression.h"

namespace trig::check {

using ir::Kind;
using ir::NodeId;
using ir::Op;

namespace {

// What a value of the type may be replaced by, as `or else` takes it; empty if nothing is plain.
std::string plain_fallback(const Context& context, ir::Type type) {
  switch (type.kind) {
    case Kind::kText: return "\"\"";
    case Kind::kInteger:
    case Kind::kNumber: return "0";
    case Kind::kPercent: return "0%";
    case Kind::kMoney: return "0 " + context.currency;
    case Kind::kBoolean: return "false";
    case Kind::kDuration: return "0 days";
    case Kind::kList: return "[]";
    case Kind::kOneOf: return "\"" + context.program.types.choices(type).front() + "\"";
    case Kind::kInvalid:
    case Kind::kMissing:
    case Kind::kDate:
    case Kind::kTime:
    case Kind::kDateTime:
    case Kind::kEmail:
    case Kind::kUrl:
    case Kind::kCountry:
    case Kind::kLanguage:
    case Kind::kTimezone:
    case Kind::kCampaign:
    case Kind::kTemplate:
    case Kind::kMessage:
    case Kind::kRecord: return "";
  }
  return "";
}

}  // namespace

NodeId ExpressionChecker::add(ir::Node node) {
  context_.program.nodes.push_back(std::move(node));
  return static_cast<NodeId>(context_.program.nodes.size() - 1);
}

NodeId ExpressionChecker::add(Op op, ir::Type type, TextRange range, NodeId a, NodeId b, NodeId c) {
  ir::Node node;
  node.op = op;
  node.type = type;
  node.range = range;
  node.a = a;
  node.b = b;
  node.c = c;
  return add(std::move(node));
}

NodeId ExpressionChecker::to_number(NodeId id) {
  ir::Node& node = context_.program.nodes.edit(static_cast<std::size_t>(id));
  ir::Type number{Kind::kNumber, node.type.optional, 0};
  const auto* whole = node.op == Op::kConstant ? node.value.get<std::int64_t>() : nullptr;
  if (whole == nullptr) return add(Op::kToNumber, number, node.range, id);
  std::optional<Decimal> decimal = Decimal::from_integer(*whole);
  if (!decimal) {
    context_.report(Code::kNumberTooLarge, node.range, {context_.quote(node.range), "number"});
    node.type = {};
    return id;
  }
  node.value = *decimal;
  node.type = number;
  return id;
}

NodeId ExpressionChecker::lower(const ast::Expr& expr, ir::Type expected) {
  if (std::optional<Literal> literal = literal_of(context_, expr, expected)) {
    NodeId node = add(Op::kConstant, literal->type, expr.range);
    context_.program.nodes.edit_back().value = std::move(literal->value);
    return node;
  }
  struct Visitor {
    ExpressionChecker& self;
    const ast::Expr& expr;
    ir::Type expected;
    NodeId operator()(const ast::Path& path) { return self.path(path, expr.range, expected); }
    NodeId operator()(const ast::Unary& unary) { return self.lower_unary(expr, unary, expected); }
    NodeId operator()(const ast::Binary& binary) {
      return self.lower_binary(expr, binary, expected);
    }
    NodeId operator()(const ast::Between& between) { return self.lower_between(expr, between); }
    NodeId operator()(const ast::Call& call) { return self.lower_call(expr, call); }
    NodeId operator()(const ast::Aggregate& it) { return self.lower_aggregate(expr, it); }
    NodeId operator()(const ast::Since& since) { return self.lower_since(expr, since); }
    NodeId operator()(const ast::ListLiteral& list) {
      return self.lower_list(expr, list, expected);
    }
    NodeId operator()(const ast::RecordLiteral& record) {
      return self.lower_record(expr, record, expected);
    }
    NodeId operator()(const ast::InSegment& in) { return self.lower_in_segment(expr, in); }
    NodeId operator()(const ast::Silence& silence) { return self.lower_silence(expr, silence); }
    // Literals were read above.
    NodeId operator()(const ast::IntegerLiteral&) { return self.invalid(expr.range); }
    NodeId operator()(const ast::NumberLiteral&) { return self.invalid(expr.range); }
    NodeId operator()(const ast::PercentLiteral&) { return self.invalid(expr.range); }
    NodeId operator()(const ast::MoneyLiteral&) { return self.invalid(expr.range); }
    NodeId operator()(const ast::BooleanLiteral&) { return self.invalid(expr.range); }
    NodeId operator()(const ast::TextLiteral&) { return self.invalid(expr.range); }
    NodeId operator()(const ast::TimeLiteral&) { return self.invalid(expr.range); }
    NodeId operator()(const ast::DateLiteral&) { return self.invalid(expr.range); }
    NodeId operator()(const ast::SpanLiteral&) { return self.invalid(expr.range); }
  };
  return std::visit(Visitor{*this, expr, expected}, expr.node);
}

NodeId ExpressionChecker::value(const ast::Expr& expr, ir::Type wanted) {
  NodeId node = lower(expr, wanted);
  ir::Type type = type_of(node);
  if (!type.valid() || !wanted.valid()) return node;
  if (!fits(context_, type, wanted)) {
    report_mismatch(context_, expr, type, wanted);
    return invalid(expr.range);
  }
  if (type.kind == Kind::kInteger && wanted.kind == Kind::kNumber) node = to_number(node);
  if (type.optional && !wanted.optional) report_missing(expr, wanted);
  return node;
}

void ExpressionChecker::report_missing(const ast::Expr& expr, ir::Type type) {
  Diagnostic& missing =
      context_.report(Code::kMayBeMissing, expr.range, {context_.quote(expr.range)});
  std::string fallback = plain_fallback(context_, type);
  if (fallback.empty()) {
    missing.hint("add `or else …`, or ask `when …? {{ … }}` before");
    return;
  }
  // `or else` binds looser than arithmetic and tighter than everything else.
  missing.hint("add `or else {}`", fallback)
      .replace({expr.range.source, expr.range.end, expr.range.end}, " or else " + fallback);
}

NodeId ExpressionChecker::condition(const ast::Expr& expr) {
  NodeId node = lower(expr, ir::kBooleanType);
  ir::Type type = type_of(node);
  if (!type.valid() || type.kind == Kind::kBoolean) return node;
  report_mismatch(context_, expr, type, ir::kBooleanType);
  return invalid(expr.range);
}

NodeId ExpressionChecker::lower_unary(const ast::Expr& expr, const ast::Unary& unary,
                                      ir::Type expected) {
  switch (unary.op) {
    case ast::UnaryOp::kNot: {
      NodeId operand = condition(*unary.operand);
      return add(Op::kNot, ir::kBooleanType, expr.range, operand);
    }
    case ast::UnaryOp::kPresent: {
      NodeId operand = lower(*unary.operand);
      ir::Type type = type_of(operand);
      bool address =
          context_.program.node(operand).op == Op::kPersonField &&
          static_cast<int>(context_.program.node(operand).index) == context_.program.person_email;
      if (type.valid() && !type.optional && !address)
        context_.report(Code::kNeverMissing, expr.range, {context_.quote(unary.operand->range)})
            .hint("leave out `?`");
      return add(Op::kIsPresent, ir::kBooleanType, expr.range, operand);
    }
    case ast::UnaryOp::kNegate: break;
  }
  NodeId operand = lower(*unary.operand, expected);
  ir::Type type = type_of(operand);
  bool negatable = ir::is_numeric(type.kind) || type.kind == Kind::kMoney ||
                   type.kind == Kind::kDuration || !type.valid();
  if (!negatable) {
    context_.report(Code::kOperatorTypes, expr.range, {"-", context_.type_name(type)});
    return invalid(expr.range);
  }
  return add(Op::kNegate, type, expr.range, operand);
}

NodeId ExpressionChecker::lower_list(const ast::Expr& expr, const ast::ListLiteral& list,
                                     ir::Type expected) {
  bool wanted = expected.kind == Kind::kList;
  ir::Type element = wanted ? context_.program.types.element(expected) : ir::Type{};
  std::vector<NodeId> items;
  for (const ast::ExprPtr& item : list.items) {
    items.push_back(value(*item, element));
    if (!element.valid()) element = type_of(items.back()).required();
  }
  if (list.items.empty() && !element.valid()) element = {Kind::kText, false, 0};
  ir::Type type = element.valid() ? context_.program.types.list_of(element) : ir::Type{};
  NodeId node = add(Op::kList, type, expr.range);
  context_.program.nodes.edit_back().operands = std::move(items);
  return node;
}

NodeId ExpressionChecker::lower_record(const ast::Expr& expr, const ast::RecordLiteral& literal,
                                       ir::Type expected) {
  if (expected.kind != Kind::kRecord) {
    std::string wanted = expected.valid() ? context_.type_name(expected) : "a value";
    context_.report(Code::kUnexpectedRecord, expr.range, {wanted});
    return invalid(expr.range);
  }
  return record(literal, expected, expr.range);
}

NodeId ExpressionChecker::record(const ast::RecordLiteral& literal, ir::Type expected,
                                 TextRange range) {
  std::vector<NodeId> operands(context_.record(expected).fields.size(), NodeId::kNone);
  for (const ast::FieldValue& field : literal.fields) {
    int index = context_.record(expected).find(field.name.text);
    if (index < 0) {
      report_unknown_field(context_, field.name, expected);
      continue;
    }
    if (operands[index] != NodeId::kNone)
      context_.report(Code::kRepeated, field.name.range, {"field", field.name.text})
          .hint("remove one of them");
    operands[index] = value(*field.value, context_.record(expected).fields[index].type);
  }
  for (std::size_t i = 0; i < operands.size(); ++i) {
    if (operands[i] != NodeId::kNone) continue;
    const ir::Value& fallback = context_.program.sources[expected.detail].defaults[i];
    ir::Type type = context_.record(expected).fields[i].type;
    if (!type.optional && fallback.missing())
      report_missing_field(context_, range, context_.record(expected), i);
    operands[i] = add(Op::kConstant, type, range);
    context_.program.nodes.edit_back().value =
        context_.program.sources[expected.detail].defaults[i];
  }
  NodeId node = add(Op::kRecord, expected.required(), range);
  context_.program.nodes.edit_back().operands = std::move(operands);
  return node;
}

NodeId ExpressionChecker::lower_since(const ast::Expr& expr, const ast::Since& since) {
  NodeId operand = lower(*since.value);
  ir::Type type = type_of(operand);
  bool instant = type.kind == Kind::kDate || type.kind == Kind::kDateTime || !type.valid();
  if (!instant) {
    report_mismatch(context_, *since.value, type, {Kind::kDate, false, 0});
    return invalid(expr.range);
  }
  ir::Type result = type.optional ? ir::kIntegerType.or_missing() : ir::kIntegerType;
  NodeId node = add(Op::kSince, type.valid() ? result : ir::Type{}, expr.range, operand);
  context_.program.nodes.edit_back().index = static_cast<std::uint32_t>(since.unit);
  return node;
}

}  // namespace trig::check
