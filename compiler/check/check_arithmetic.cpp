// + - * / over numbers, percent, money, durations and dates. An operation may give missing at run
// time: where an operand is missing, where two amounts differ in currency, and for a division by
// zero. The type says so for all that cannot be excluded here; overflow gives missing too, but is
// not in the type.
#include "compiler/check/expression.h"

namespace trig::check {

using ast::BinaryOp;
using ir::Kind;
using ir::NodeId;
using ir::Op;

namespace {

struct Rule {
  BinaryOp op;
  Kind left;
  Kind right;
  Kind result;
};

// Integers become numbers where a number is among the operands; the rest is in this table.
constexpr Rule kRules[] = {
    {BinaryOp::kAdd, Kind::kInteger, Kind::kInteger, Kind::kInteger},
    {BinaryOp::kAdd, Kind::kNumber, Kind::kNumber, Kind::kNumber},
    {BinaryOp::kAdd, Kind::kPercent, Kind::kPercent, Kind::kPercent},
    {BinaryOp::kAdd, Kind::kMoney, Kind::kMoney, Kind::kMoney},
    {BinaryOp::kAdd, Kind::kDuration, Kind::kDuration, Kind::kDuration},
    {BinaryOp::kAdd, Kind::kDate, Kind::kDuration, Kind::kDate},
    {BinaryOp::kAdd, Kind::kDateTime, Kind::kDuration, Kind::kDateTime},
    {BinaryOp::kSubtract, Kind::kInteger, Kind::kInteger, Kind::kInteger},
    {BinaryOp::kSubtract, Kind::kNumber, Kind::kNumber, Kind::kNumber},
    {BinaryOp::kSubtract, Kind::kPercent, Kind::kPercent, Kind::kPercent},
    {BinaryOp::kSubtract, Kind::kMoney, Kind::kMoney, Kind::kMoney},
    {BinaryOp::kSubtract, Kind::kDuration, Kind::kDuration, Kind::kDuration},
    {BinaryOp::kSubtract, Kind::kDate, Kind::kDuration, Kind::kDate},
    {BinaryOp::kSubtract, Kind::kDateTime, Kind::kDuration, Kind::kDateTime},
    {BinaryOp::kSubtract, Kind::kDate, Kind::kDate, Kind::kDuration},
    {BinaryOp::kSubtract, Kind::kDateTime, Kind::kDateTime, Kind::kDuration},
    {BinaryOp::kMultiply, Kind::kInteger, Kind::kInteger, Kind::kInteger},
    {BinaryOp::kMultiply, Kind::kNumber, Kind::kNumber, Kind::kNumber},
    {BinaryOp::kMultiply, Kind::kPercent, Kind::kPercent, Kind::kPercent},
    {BinaryOp::kMultiply, Kind::kPercent, Kind::kNumber, Kind::kNumber},
    {BinaryOp::kMultiply, Kind::kNumber, Kind::kPercent, Kind::kNumber},
    {BinaryOp::kMultiply, Kind::kMoney, Kind::kNumber, Kind::kMoney},
    {BinaryOp::kMultiply, Kind::kNumber, Kind::kMoney, Kind::kMoney},
    {BinaryOp::kMultiply, Kind::kMoney, Kind::kPercent, Kind::kMoney},
    {BinaryOp::kMultiply, Kind::kPercent, Kind::kMoney, Kind::kMoney},
    {BinaryOp::kMultiply, Kind::kDuration, Kind::kInteger, Kind::kDuration},
    {BinaryOp::kMultiply, Kind::kInteger, Kind::kDuration, Kind::kDuration},
    {BinaryOp::kDivide, Kind::kNumber, Kind::kNumber, Kind::kNumber},
    {BinaryOp::kDivide, Kind::kPercent, Kind::kNumber, Kind::kPercent},
    {BinaryOp::kDivide, Kind::kMoney, Kind::kNumber, Kind::kMoney},
    {BinaryOp::kDivide, Kind::kMoney, Kind::kMoney, Kind::kNumber},
    {BinaryOp::kDivide, Kind::kDuration, Kind::kInteger, Kind::kDuration},
    {BinaryOp::kDivide, Kind::kDuration, Kind::kDuration, Kind::kNumber},
};

const Rule* find_rule(BinaryOp op, Kind left, Kind right) {
  for (const Rule& rule : kRules)
    if (rule.op == op && rule.left == left && rule.right == right) return &rule;
  return nullptr;
}

struct Choice {
  const Rule* rule = nullptr;
  bool left_to_number = false;
  bool right_to_number = false;
};

// As written first, then with integers read as numbers.
Choice choose(BinaryOp op, Kind left, Kind right) {
  if (const Rule* rule = find_rule(op, left, right)) return {rule, false, false};
  bool left_integer = left == Kind::kInteger;
  bool right_integer = right == Kind::kInteger;
  const Rule* rule =
      find_rule(op, left_integer ? Kind::kNumber : left, right_integer ? Kind::kNumber : right);
  return {rule, left_integer, right_integer};
}

bool is_zero(const ir::Value& value) {
  const auto* integer = value.get<std::int64_t>();
  const auto* decimal = value.get<Decimal>();
  return (integer != nullptr && *integer == 0) || (decimal != nullptr && *decimal == Decimal());
}

bool counts_months(const ast::Expr& amount) {
  const auto* span = std::get_if<ast::SpanLiteral>(&amount.node);
  return span != nullptr &&
         (span->span.unit == CalendarUnit::kMonth || span->span.unit == CalendarUnit::kYear);
}

}  // namespace

// A date has no time of day: only whole days, weeks, months and years are added to it.
bool ExpressionChecker::date_takes(const ast::Expr& amount, Kind kind) {
  const auto* span = std::get_if<ast::SpanLiteral>(&amount.node);
  if (span == nullptr) {
    bool date = kind == Kind::kDate;
    if (date) context_.report(Code::kDateSpan, amount.range).hint("write the days: `7 days`");
    return !date;
  }
  CalendarUnit unit = span->span.unit;
  bool whole_days = unit == CalendarUnit::kDay || unit == CalendarUnit::kWeek;
  if (kind != Kind::kDate || whole_days) return true;
  context_.report(Code::kDateSpan, amount.range).hint("write the days: `7 days`");
  return false;
}

// A month has no exact length, so it is counted on the calendar.
NodeId ExpressionChecker::add_months(const ast::Expr& expr, BinaryOp op, NodeId date, Span span) {
  std::int64_t months = span.unit == CalendarUnit::kYear ? span.amount * 12 : span.amount;
  NodeId count = add(Op::kConstant, {Kind::kInteger, false, 0}, expr.range);
  context_.program.nodes.edit_back().value = op == BinaryOp::kSubtract ? -months : months;
  return add(Op::kAddMonths, type_of(date), expr.range, date, count);
}

NodeId ExpressionChecker::lower_arithmetic(const ast::Expr& expr, const ast::Binary& binary,
                                           ir::Type) {
  NodeId left = lower(*binary.left);
  NodeId right = lower(*binary.right);
  ir::Type a = type_of(left);
  ir::Type b = type_of(right);
  if (!a.valid() || !b.valid()) return invalid(expr.range);
  Choice choice = choose(binary.op, a.kind, b.kind);
  if (choice.rule == nullptr) {
    std::string types =
        context_.type_name(a.required()) + " and " + context_.type_name(b.required());
    context_
        .report(Code::kOperatorTypes, binary.op_range, {std::string(spelling(binary.op)), types})
        .label(binary.left->range, "this is " + context_.type_name(a.required()))
        .label(binary.right->range, "this is " + context_.type_name(b.required()));
    return invalid(expr.range);
  }
  bool calendar = (a.kind == Kind::kDate || a.kind == Kind::kDateTime) && b.kind == Kind::kDuration;
  if (calendar && counts_months(*binary.right))
    return add_months(expr, binary.op, left, std::get<ast::SpanLiteral>(binary.right->node).span);
  if (calendar && !date_takes(*binary.right, a.kind)) return invalid(expr.range);
  if (choice.left_to_number) left = to_number(left);
  if (choice.right_to_number) right = to_number(right);

  const ir::Value& divisor = context_.program.node(right).value;
  bool may_divide_by_zero =
      binary.op == BinaryOp::kDivide && (divisor.missing() || is_zero(divisor));
  bool two_currencies = a.kind == Kind::kMoney && b.kind == Kind::kMoney;
  bool optional = a.optional || b.optional || may_divide_by_zero || two_currencies;
  Op op = binary.op == BinaryOp::kAdd        ? Op::kAdd
          : binary.op == BinaryOp::kSubtract ? Op::kSubtract
          : binary.op == BinaryOp::kMultiply ? Op::kMultiply
                                             : Op::kDivide;
  return add(op, {choice.rule->result, optional, 0}, expr.range, left, right);
}

}  // namespace trig::check
