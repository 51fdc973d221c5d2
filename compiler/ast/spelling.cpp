#include "compiler/ast/ast.h"
#include "compiler/base/check.h"

namespace trig::ast {

std::string_view spelling(BinaryOp op) {
  switch (op) {
    case BinaryOp::kOr: return "or";
    case BinaryOp::kAnd: return "and";
    case BinaryOp::kEqual: return "==";
    case BinaryOp::kNotEqual: return "!=";
    case BinaryOp::kLess: return "<";
    case BinaryOp::kLessOrEqual: return "<=";
    case BinaryOp::kGreater: return ">";
    case BinaryOp::kGreaterOrEqual: return ">=";
    case BinaryOp::kIn: return "in";
    case BinaryOp::kNotIn: return "not in";
    case BinaryOp::kContains: return "contains";
    case BinaryOp::kStartsWith: return "starts with";
    case BinaryOp::kMatches: return "matches";
    case BinaryOp::kOrElse: return "or else";
    case BinaryOp::kAdd: return "+";
    case BinaryOp::kSubtract: return "-";
    case BinaryOp::kMultiply: return "*";
    case BinaryOp::kDivide: return "/";
  }
  TRIG_CHECK(false, "not a BinaryOp");
}

std::string_view spelling(AggregateOp op) {
  switch (op) {
    case AggregateOp::kCount: return "count";
    case AggregateOp::kSum: return "sum";
    case AggregateOp::kMin: return "min";
    case AggregateOp::kMax: return "max";
    case AggregateOp::kFirst: return "first";
    case AggregateOp::kLast: return "last";
    case AggregateOp::kDistinct: return "distinct";
  }
  TRIG_CHECK(false, "not an AggregateOp");
}

}  // namespace trig::ast
