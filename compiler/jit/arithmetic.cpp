// Arithmetic as native code: what operators.cpp of exec computes, missing where it is missing.
#include "compiler/jit/expression.h"

namespace trig::jit {
namespace {

using ir::Node;
using ir::Op;

// Results are from -max to max: the lowest 64-bit number is none.
llvm::Value* in_range(llvm::IRBuilder<>& builder, llvm::Value* word) {
  return builder.CreateICmpNE(
      word, builder.getInt64(static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::min())));
}

llvm::Intrinsic::ID overflow_check(Op op) {
  if (op == Op::kAdd) return llvm::Intrinsic::sadd_with_overflow;
  if (op == Op::kSubtract) return llvm::Intrinsic::ssub_with_overflow;
  return llvm::Intrinsic::smul_with_overflow;
}

bool is_numeric(SlotKind kind) { return kind == SlotKind::kNumber || kind == SlotKind::kInteger; }

}  // namespace

std::optional<NativeValue> ExpressionEmitter::arithmetic(const Node& node) {
  auto a = value(node.a);
  auto b = a ? value(node.b) : std::nullopt;
  if (!b) return std::nullopt;
  if (a->kind == SlotKind::kMoney || b->kind == SlotKind::kMoney)
    return money_arithmetic(node.op, *a, *b);
  if (a->kind == SlotKind::kInteger && b->kind == SlotKind::kInteger &&
      node.type.kind == ir::Kind::kInteger)
    return node.op == Op::kDivide ? std::nullopt
                                  : std::optional(checked(node.op, SlotKind::kInteger, *a, *b));
  if (is_numeric(a->kind) && is_numeric(b->kind)) return decimal_arithmetic(node.op, *a, *b);
  return time_arithmetic(node.op, *a, *b);
}

NativeValue ExpressionEmitter::checked(Op op, SlotKind kind, const NativeValue& a,
                                       const NativeValue& b) {
  llvm::Value* result = builder_.CreateBinaryIntrinsic(overflow_check(op), a.word, b.word);
  NativeValue found;
  found.kind = kind;
  found.word = builder_.CreateExtractValue(result, 0);
  found.present = builder_.CreateAnd(builder_.CreateAnd(a.present, b.present),
                                     builder_.CreateNot(builder_.CreateExtractValue(result, 1)));
  return found;
}

std::optional<NativeValue> ExpressionEmitter::decimal_arithmetic(Op op, const NativeValue& left,
                                                                 const NativeValue& right) {
  auto a = to_number(left);
  auto b = to_number(right);
  if (!a || !b) return std::nullopt;
  NativeValue found;
  if (op == Op::kAdd || op == Op::kSubtract) {
    found = checked(op, SlotKind::kNumber, *a, *b);
  } else if (op == Op::kMultiply &&
             (left.kind == SlotKind::kInteger || right.kind == SlotKind::kInteger)) {
    // Times a whole number nothing is rounded.
    const bool first = left.kind == SlotKind::kInteger;
    found = checked(op, SlotKind::kNumber, first ? left : right, first ? *b : *a);
    found.present = builder_.CreateAnd(found.present, builder_.CreateAnd(a->present, b->present));
  } else {
    llvm::Value* result = builder_.CreateCall(
        runtime_.rounding(op == Op::kMultiply ? "trig_jit_multiply" : "trig_jit_divide"),
        {a->word, b->word});
    found.kind = SlotKind::kNumber;
    found.word = builder_.CreateExtractValue(result, 0);
    llvm::Value* known =
        builder_.CreateICmpNE(builder_.CreateExtractValue(result, 1), builder_.getInt64(0));
    found.present = builder_.CreateAnd(builder_.CreateAnd(a->present, b->present), known);
    return found;
  }
  found.present = builder_.CreateAnd(found.present, in_range(builder_, found.word));
  return found;
}

// An amount of nothing is one in every currency.
llvm::Value* ExpressionEmitter::same_currency(const NativeValue& a, const NativeValue& b) {
  llvm::Value* zero = builder_.getInt64(0);
  llvm::Value* same = builder_.CreateICmpEQ(a.second, b.second);
  same = builder_.CreateOr(same, builder_.CreateICmpEQ(a.word, zero));
  return builder_.CreateOr(same, builder_.CreateICmpEQ(b.word, zero));
}

std::optional<NativeValue> ExpressionEmitter::money_arithmetic(Op op, const NativeValue& a,
                                                               const NativeValue& b) {
  auto amount_of = [](const NativeValue& value) {
    NativeValue amount = value;
    if (value.kind == SlotKind::kMoney) amount.kind = SlotKind::kNumber;
    return amount;
  };
  const bool both = a.kind == b.kind;
  const bool scales = op == Op::kMultiply || op == Op::kDivide;
  const NativeValue& money = a.kind == SlotKind::kMoney ? a : b;
  const NativeValue& other = a.kind == SlotKind::kMoney ? b : a;
  if (!both && (!scales || !is_numeric(other.kind))) return std::nullopt;
  if (both && op == Op::kMultiply) return std::nullopt;
  if (!both && op == Op::kDivide && a.kind != SlotKind::kMoney) return std::nullopt;
  auto found = both ? decimal_arithmetic(op, amount_of(a), amount_of(b))
                    : decimal_arithmetic(op, amount_of(money), other);
  if (!found) return std::nullopt;
  if (both) found->present = builder_.CreateAnd(found->present, same_currency(a, b));
  if (both && op == Op::kDivide) return found;
  found->kind = SlotKind::kMoney;
  found->second = money.second;
  if (both) {
    llvm::Value* nothing = builder_.CreateICmpEQ(a.word, builder_.getInt64(0));
    found->second = builder_.CreateSelect(nothing, b.second, a.second);
  }
  return found;
}

// Of instants and durations; dates with durations go by whole days, which the interpreter knows.
std::optional<NativeValue> ExpressionEmitter::time_arithmetic(Op op, const NativeValue& a,
                                                              const NativeValue& b) {
  if (op != Op::kAdd && op != Op::kSubtract) return std::nullopt;
  const bool lengths = a.kind == SlotKind::kDuration && b.kind == SlotKind::kDuration;
  const bool moved = a.kind == SlotKind::kInstant && b.kind == SlotKind::kDuration;
  const bool apart =
      a.kind == SlotKind::kInstant && b.kind == SlotKind::kInstant && op == Op::kSubtract;
  if (!lengths && !moved && !apart) return std::nullopt;
  NativeValue found;
  found.kind = moved ? SlotKind::kInstant : SlotKind::kDuration;
  found.present = builder_.CreateAnd(a.present, b.present);
  found.word =
      op == Op::kAdd ? builder_.CreateAdd(a.word, b.word) : builder_.CreateSub(a.word, b.word);
  return found;
}

std::optional<NativeValue> ExpressionEmitter::negate(const Node& node) {
  auto a = value(node.a);
  if (!a) return std::nullopt;
  NativeValue nothing;
  nothing.present = builder_.getTrue();
  nothing.word = builder_.getInt64(0);
  if (a->kind == SlotKind::kInteger) return checked(Op::kSubtract, SlotKind::kInteger, nothing, *a);
  if (a->kind != SlotKind::kNumber && a->kind != SlotKind::kMoney) return std::nullopt;
  NativeValue found = checked(Op::kSubtract, a->kind, nothing, *a);
  found.second = a->second;
  return found;
}

}  // namespace trig::jit
