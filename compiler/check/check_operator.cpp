#include <re2/re2.h>

#include <algorithm>

#include "compiler/check/expression.h"

namespace trig::check {

using ast::BinaryOp;
using ir::Kind;
using ir::NodeId;
using ir::Op;

namespace {

bool is_literal(const ast::Expr& expr) {
  if (const auto* unary = std::get_if<ast::Unary>(&expr.node))
    return unary->op == ast::UnaryOp::kNegate && is_literal(*unary->operand);
  return !std::holds_alternative<ast::Path>(expr.node) &&
         !std::holds_alternative<ast::Binary>(expr.node) &&
         !std::holds_alternative<ast::Between>(expr.node) &&
         !std::holds_alternative<ast::InSegment>(expr.node) &&
         !std::holds_alternative<ast::Call>(expr.node) &&
         !std::holds_alternative<ast::Aggregate>(expr.node) &&
         !std::holds_alternative<ast::Silence>(expr.node) &&
         !std::holds_alternative<ast::Since>(expr.node) &&
         !std::holds_alternative<ast::RecordLiteral>(expr.node);
}

bool is_whole_person(const ast::Expr& expr) {
  const auto* path = std::get_if<ast::Path>(&expr.node);
  return path != nullptr && path->names.size() == 1 && path->names[0].text == "person";
}

Op op_of(BinaryOp op) {
  switch (op) {
    case BinaryOp::kOr: return Op::kOr;
    case BinaryOp::kAnd: return Op::kAnd;
    case BinaryOp::kEqual: return Op::kEqual;
    case BinaryOp::kNotEqual: return Op::kNotEqual;
    case BinaryOp::kLess: return Op::kLess;
    case BinaryOp::kLessOrEqual: return Op::kLessOrEqual;
    case BinaryOp::kGreater: return Op::kGreater;
    case BinaryOp::kGreaterOrEqual: return Op::kGreaterOrEqual;
    case BinaryOp::kIn:
    case BinaryOp::kNotIn: return Op::kIn;
    case BinaryOp::kContains: return Op::kContains;
    case BinaryOp::kStartsWith: return Op::kStartsWith;
    case BinaryOp::kMatches: return Op::kMatches;
    case BinaryOp::kOrElse: return Op::kOrElse;
    case BinaryOp::kAdd: return Op::kAdd;
    case BinaryOp::kSubtract: return Op::kSubtract;
    case BinaryOp::kMultiply: return Op::kMultiply;
    case BinaryOp::kDivide: return Op::kDivide;
  }
  return Op::kOr;
}

// Kinds that `<` orders. Text is not among them: there is no one alphabet.
bool is_ordered(Kind kind) {
  return ir::is_numeric(kind) || kind == Kind::kMoney || kind == Kind::kDate ||
         kind == Kind::kTime || kind == Kind::kDateTime || kind == Kind::kDuration;
}

// One side may be a special text (a country) and the other plain text, but not two different ones.
bool comparable(ir::Type a, ir::Type b) {
  if (a.kind == Kind::kRecord || a.kind == Kind::kList) return false;
  if (ir::is_textual(a.kind) && ir::is_textual(b.kind))
    return a.kind == b.kind || a.kind == Kind::kText || b.kind == Kind::kText;
  bool plain_numbers = (a.kind == Kind::kInteger || a.kind == Kind::kNumber) &&
                       (b.kind == Kind::kInteger || b.kind == Kind::kNumber);
  return a.kind == b.kind || plain_numbers;
}

}  // namespace

NodeId ExpressionChecker::lower_binary(const ast::Expr& expr, const ast::Binary& binary,
                                       ir::Type expected) {
  switch (binary.op) {
    case BinaryOp::kOr:
    case BinaryOp::kAnd: return lower_logic(expr, binary);
    case BinaryOp::kEqual:
    case BinaryOp::kNotEqual:
    case BinaryOp::kLess:
    case BinaryOp::kLessOrEqual:
    case BinaryOp::kGreater:
    case BinaryOp::kGreaterOrEqual: return lower_comparison(expr, binary);
    case BinaryOp::kIn:
    case BinaryOp::kNotIn: return lower_in(expr, binary);
    case BinaryOp::kContains: return lower_contains(expr, binary);
    case BinaryOp::kStartsWith: return lower_text_test(expr, binary);
    case BinaryOp::kMatches: return lower_matches(expr, binary);
    case BinaryOp::kOrElse: return lower_or_else(expr, binary, expected);
    case BinaryOp::kAdd:
    case BinaryOp::kSubtract:
    case BinaryOp::kMultiply:
    case BinaryOp::kDivide: return lower_arithmetic(expr, binary, expected);
  }
  return invalid(expr.range);
}

// The right side is looked at only when the left side is true (`and`) or false (`or`).
NodeId ExpressionChecker::lower_logic(const ast::Expr& expr, const ast::Binary& binary) {
  NodeId left = condition(*binary.left);
  std::set<std::string> before = scope_.present;
  collect_present(*binary.left, binary.op == BinaryOp::kAnd, scope_.present);
  NodeId right = condition(*binary.right);
  scope_.present = std::move(before);
  return add(op_of(binary.op), ir::kBooleanType, expr.range, left, right);
}

void ExpressionChecker::collect_present(const ast::Expr& expr, bool truth,
                                        std::set<std::string>& present) const {
  if (const auto* unary = std::get_if<ast::Unary>(&expr.node)) {
    if (unary->op == ast::UnaryOp::kNot) collect_present(*unary->operand, !truth, present);
    const auto* path = std::get_if<ast::Path>(&unary->operand->node);
    if (unary->op == ast::UnaryOp::kPresent && truth && path != nullptr)
      present.insert(path_key(*path));
    return;
  }
  const auto* binary = std::get_if<ast::Binary>(&expr.node);
  bool both_hold = binary != nullptr && binary->op == (truth ? BinaryOp::kAnd : BinaryOp::kOr);
  if (!both_hold) return;
  collect_present(*binary->left, truth, present);
  collect_present(*binary->right, truth, present);
}

NodeId ExpressionChecker::lower_or_else(const ast::Expr& expr, const ast::Binary& binary,
                                        ir::Type expected) {
  NodeId left = lower(*binary.left, expected);
  ir::Type type = type_of(left);
  if (type.valid() && !type.optional)
    context_.report(Code::kNeverMissing, binary.left->range, {context_.quote(binary.left->range)})
        .hint("leave out `or else`")
        .fix({expr.range.source, binary.left->range.end, binary.right->range.end}, "");
  NodeId right = value(*binary.right, type.valid() ? type.or_missing() : expected.or_missing());
  ir::Type result = type.required();
  result.optional = type.valid() && type.optional && type_of(right).optional;
  if (!type_of(right).valid()) result = {};
  return add(Op::kOrElse, result, expr.range, left, right);
}

// Literals are read second, so that they take the type of the other side.
void ExpressionChecker::lower_sides(Side& left, Side& right) {
  auto is_name = [&](const ast::Expr& expr) {
    const auto* path = std::get_if<ast::Path>(&expr.node);
    if (path == nullptr || path->names.size() != 1 || path->names[0].text == "person") return false;
    bool field = scope_.tests_event && scope_.tested.valid() &&
                 context_.record(scope_.tested).find(path->names[0].text) >= 0;
    return !field && find_binding(path->names[0].text) == nullptr;
  };
  if (is_literal(*left.expr) || (is_name(*left.expr) && !is_literal(*right.expr))) {
    right.node = lower(*right.expr);
    left.node = lower(*left.expr, type_of(right.node).required());
  } else {
    left.node = lower(*left.expr);
    right.node = lower(*right.expr, type_of(left.node).required());
  }
}

bool ExpressionChecker::unify(Side& left, Side& right, TextRange op_range, bool ordered) {
  ir::Type a = type_of(left.node);
  ir::Type b = type_of(right.node);
  if (!a.valid() || !b.valid()) return false;
  bool good = comparable(a, b) && (!ordered || is_ordered(a.kind));
  if (good) {
    if (a.kind == Kind::kInteger && b.kind == Kind::kNumber) left.node = to_number(left.node);
    if (b.kind == Kind::kInteger && a.kind == Kind::kNumber) right.node = to_number(right.node);
    name_currency(left.node, right.node);
    name_currency(right.node, left.node);
    return true;
  }
  bool only_order = comparable(a, b);
  if (!only_order && is_literal(*right.expr) != is_literal(*left.expr)) {
    const Side& literal = is_literal(*right.expr) ? right : left;
    const Side& other = is_literal(*right.expr) ? left : right;
    ir::Type wanted = type_of(other.node);
    report_mismatch(context_, *literal.expr, type_of(literal.node), wanted)
        .label(other.expr->range, "this is " + context_.type_name(wanted.required()));
    return false;
  }
  bool whole = a.kind == Kind::kList || a.kind == Kind::kRecord;
  std::string_view rule = only_order
                              ? "only numbers, money, dates, times and durations have an order"
                          : whole ? "lists and records are not compared as a whole"
                                  : "compare two values of one type";
  context_
      .report(Code::kNotComparable, op_range,
              {context_.type_name(a.required()), context_.type_name(b.required())})
      .label(left.expr->range, "this is " + context_.type_name(a.required()))
      .label(right.expr->range, "this is " + context_.type_name(b.required()))
      .hint("{}", rule);
  return false;
}

// `sum(order_completed.total in 90 days) >= 500 EUR` adds euros.
void ExpressionChecker::name_currency(NodeId aggregate, NodeId amount) {
  const ir::Node& sum = context_.program.node(aggregate);
  const auto* money = context_.program.node(amount).value.get<ir::Money>();
  if (sum.op != Op::kAggregate || money == nullptr) return;
  ir::Aggregate& found = context_.program.aggregates.edit(sum.index);
  if (found.op == ir::AggregateOp::kSum) found.currency = money->currency;
}

NodeId ExpressionChecker::lower_comparison(const ast::Expr& expr, const ast::Binary& binary) {
  Side left{binary.left.get(), NodeId::kNone};
  Side right{binary.right.get(), NodeId::kNone};
  lower_sides(left, right);
  bool ordered = binary.op != BinaryOp::kEqual && binary.op != BinaryOp::kNotEqual;
  if (!unify(left, right, binary.op_range, ordered)) return invalid(expr.range);
  return add(op_of(binary.op), ir::kBooleanType, expr.range, left.node, right.node);
}

NodeId ExpressionChecker::lower_between(const ast::Expr& expr, const ast::Between& between) {
  NodeId middle = lower(*between.value);
  ir::Type type = type_of(middle).required();
  Side value{between.value.get(), middle};
  Side low{between.low.get(), lower(*between.low, type)};
  Side high{between.high.get(), lower(*between.high, type)};
  TextRange op_range{expr.range.source, between.value->range.end, between.low->range.begin};
  bool good = unify(value, low, op_range, true);
  good = unify(value, high, op_range, true) && good;
  // A bound with decimals makes the value a number, and so the other bound.
  if (good && type_of(value.node).kind == Kind::kNumber && type_of(low.node).kind == Kind::kInteger)
    low.node = to_number(low.node);
  if (!good) return invalid(expr.range);
  return add(Op::kBetween, ir::kBooleanType, expr.range, value.node, low.node, high.node);
}

NodeId ExpressionChecker::lower_in(const ast::Expr& expr, const ast::Binary& binary) {
  const auto* name = std::get_if<ast::Path>(&binary.right->node);
  const bool one_name = name != nullptr && name->names.size() == 1;
  if (one_name)
    if (Symbol* list = context_.symbols.find(SymbolKind::kList, name->names[0].text)) {
      list->used = true;
      return lower_in_table(expr, binary, list->index);
    }
  if (one_name && is_whole_person(*binary.left)) {
    context_.resolve(SymbolKind::kList, name->names[0]);  // there is none: reported
    return invalid(expr.range);
  }
  NodeId item = lower(*binary.left);
  ir::Type type = type_of(item).required();
  bool element = type.valid() && type.kind != Kind::kList && type.kind != Kind::kRecord;
  ir::Type expected = element ? context_.program.types.list_of(type) : ir::Type{};
  NodeId list = lower(*binary.right, expected);
  ir::Type list_type = type_of(list);
  if (!type.valid() || !list_type.valid()) return invalid(expr.range);
  if (list_type.kind != Kind::kList) {
    report_mismatch(context_, *binary.right, list_type, context_.program.types.list_of(type));
    return invalid(expr.range);
  }
  ir::Type items = context_.program.types.element(list_type);
  if (!element || !comparable(type, items)) {
    context_
        .report(Code::kNotComparable, binary.op_range,
                {context_.type_name(type), context_.type_name(items)})
        .label(binary.left->range, "this is " + context_.type_name(type))
        .label(binary.right->range, "this is " + context_.type_name(list_type))
        .hint("the items of the list must be of the type of the value");
    return invalid(expr.range);
  }
  if (type.kind == Kind::kInteger && items.kind == Kind::kNumber) item = to_number(item);
  NodeId found = add(Op::kIn, ir::kBooleanType, expr.range, item, list);
  return binary.op == BinaryOp::kIn ? found : negated(found, item, expr.range);
}

// A missing value is not in any list, and `not in` is not said of it either: both are false.
NodeId ExpressionChecker::negated(NodeId found, NodeId item, TextRange range) {
  if (!type_of(item).optional) return add(Op::kNot, ir::kBooleanType, range, found);
  NodeId present = add(Op::kIsPresent, ir::kBooleanType, range, item);
  NodeId absent = add(Op::kNot, ir::kBooleanType, range, found);
  return add(Op::kAnd, ir::kBooleanType, range, present, absent);
}

// `person in vip`, or a value of the kind the list goes by.
NodeId ExpressionChecker::lower_in_table(const ast::Expr& expr, const ast::Binary& binary,
                                         std::uint32_t index) {
  const ir::TableType table = context_.program.tables[index];
  if (!table.key.valid()) return invalid(expr.range);
  bool whole_person = is_whole_person(*binary.left);
  NodeId item =
      whole_person ? person_key(table, binary.left->range) : lower(*binary.left, table.key);
  ir::Type type = type_of(item);
  if (!type.valid()) return invalid(expr.range);
  if (!comparable(type.required(), table.key)) {
    report_mismatch(context_, *binary.left, type, table.key)
        .hint("list `{}` goes by {}", table.name, table.key_column);
    return invalid(expr.range);
  }
  NodeId found = add(Op::kInTable, ir::kBooleanType, expr.range, item);
  context_.program.nodes.edit_back().index = index;
  if (binary.op == BinaryOp::kIn) return found;
  // Who has no such key, as someone anonymous, is not in the list.
  return whole_person ? add(Op::kNot, ir::kBooleanType, expr.range, found)
                      : negated(found, item, expr.range);
}

NodeId ExpressionChecker::lower_contains(const ast::Expr& expr, const ast::Binary& binary) {
  NodeId whole = lower(*binary.left);
  ir::Type type = type_of(whole);
  if (type.kind != Kind::kList) return lower_text_test(expr, binary);
  ir::Type element = context_.program.types.element(type);
  NodeId item = lower(*binary.right, element.required());
  ir::Type item_type = type_of(item);
  if (!item_type.valid()) return invalid(expr.range);
  if (!comparable(item_type, element)) {
    report_mismatch(context_, *binary.right, item_type, element);
    return invalid(expr.range);
  }
  if (item_type.kind == Kind::kInteger && element.kind == Kind::kNumber) item = to_number(item);
  return add(Op::kContains, ir::kBooleanType, expr.range, whole, item);
}

NodeId ExpressionChecker::lower_text_test(const ast::Expr& expr, const ast::Binary& binary) {
  NodeId text = value(*binary.left, ir::kTextType.or_missing());
  NodeId part = value(*binary.right, ir::kTextType.or_missing());
  if (!type_of(text).valid() || !type_of(part).valid()) return invalid(expr.range);
  return add(op_of(binary.op), ir::kBooleanType, expr.range, text, part);
}

NodeId ExpressionChecker::lower_matches(const ast::Expr& expr, const ast::Binary& binary) {
  NodeId text = value(*binary.left, ir::kTextType.or_missing());
  const auto* pattern = std::get_if<ast::TextLiteral>(&binary.right->node);
  if (pattern == nullptr) {
    context_.report(Code::kNotConstant, binary.right->range).hint("write the pattern as a text");
    return invalid(expr.range);
  }
  re2::RE2::Options options;
  options.set_log_errors(false);
  re2::RE2 compiled(pattern->value, options);
  if (!compiled.ok()) {
    context_.report(Code::kInvalidPattern, binary.right->range, {compiled.error()})
        .hint("patterns follow RE2: no look-ahead, no back references");
    return invalid(expr.range);
  }
  Chunked<std::string>& patterns = context_.program.patterns;
  auto known = std::find(patterns.begin(), patterns.end(), pattern->value);
  auto index = static_cast<std::uint32_t>(known - patterns.begin());
  if (known == patterns.end()) patterns.push_back(pattern->value);
  NodeId node = add(Op::kMatches, ir::kBooleanType, expr.range, text);
  context_.program.nodes.edit_back().index = index;
  return node;
}

}  // namespace trig::check
