#include "compiler/exec/aggregate.h"

#include <algorithm>

#include "compiler/exec/operators.h"
#include "compiler/exec/payload.h"

namespace trig::exec {
namespace {

using ir::AggregateOp;
using ir::Op;
using ir::Value;

// Folds rows in the order of their moments.
class Fold {
 public:
  explicit Fold(const ir::Aggregate& aggregate)
      : op_(aggregate.op), type_(aggregate.type), currency_(aggregate.currency) {}

  // false: no later row can change the result.
  bool take(const Value& value) {
    ++count_;
    if (op_ == AggregateOp::kCount) return true;
    if (value.missing()) return true;
    switch (op_) {
      case AggregateOp::kCount: break;
      case AggregateOp::kSum: add(value); break;
      case AggregateOp::kMin:
        if (result_.missing() || compare(Op::kLess, value, result_)) result_ = value;
        break;
      case AggregateOp::kMax:
        if (result_.missing() || compare(Op::kGreater, value, result_)) result_ = value;
        break;
      case AggregateOp::kFirst: result_ = value; return false;
      case AggregateOp::kLast: result_ = value; break;
      case AggregateOp::kDistinct:
        if (std::none_of(items_.begin(), items_.end(),
                         [&](const Value& item) { return ir::same(item, value); }))
          items_.push_back(value);
        break;
    }
    return true;
  }

  Value result() const {
    switch (op_) {
      case AggregateOp::kCount: return count_;
      case AggregateOp::kDistinct: return Value::list(items_);
      case AggregateOp::kSum:
        if (overflow_) return {};
        return result_.missing() ? zero() : result_;
      case AggregateOp::kMin:
      case AggregateOp::kMax:
      case AggregateOp::kFirst:
      case AggregateOp::kLast: return result_;
    }
    return {};
  }
  std::int64_t left_out() const { return left_out_; }

 private:
  void add(const Value& value) {
    const ir::Money* money = value.get<ir::Money>();
    if (money && currency_ && money->currency != *currency_) {
      if (money->amount != Decimal()) ++left_out_;
      return;
    }
    if (result_.missing()) {
      result_ = value;
      return;
    }
    if (money && money->amount != Decimal() && result_.get<ir::Money>()->amount != Decimal() &&
        money->currency != result_.get<ir::Money>()->currency) {
      ++left_out_;
      return;
    }
    result_ = arithmetic(Op::kAdd, type_, result_, value);
    overflow_ = overflow_ || result_.missing();
  }

  // The sum of nothing. Zero money has no currency of its own and compares with every other.
  Value zero() const {
    switch (type_.kind) {
      case ir::Kind::kInteger: return std::int64_t{0};
      case ir::Kind::kNumber:
      case ir::Kind::kPercent: return Decimal();
      case ir::Kind::kDuration: return Duration(0);
      case ir::Kind::kMoney: return ir::Money{};
      default: return {};
    }
  }

  AggregateOp op_;
  ir::Type type_;
  std::optional<ir::Currency> currency_;
  std::int64_t count_ = 0;
  Value result_;
  ir::Items items_;
  bool overflow_ = false;
  std::int64_t left_out_ = 0;
};

Fold fold_rows(const Executor& executor, const ir::Aggregate& aggregate, const Frame& frame) {
  const ir::Program& program = executor.program();
  const ir::EventType& event = program.events[aggregate.event];
  Instant from = aggregate.window ? frame.now - *aggregate.window + Duration(1) : Instant::min();
  Fold fold(aggregate);
  frame.history->scan(event.hash, from, frame.now, [&](const Moment&, std::string_view bytes) {
    ir::Items row = decode_history_row(program, event, bytes);
    Frame row_frame = frame;
    row_frame.event = &row;
    if (aggregate.where != ir::NodeId::kNone &&
        !holds(executor.evaluate(aggregate.where, row_frame)))
      return true;
    return fold.take(aggregate.field < 0 ? Value()
                                         : row[static_cast<std::size_t>(aggregate.field)]);
  });
  return fold;
}

}  // namespace

Value aggregate(const Executor& executor, const ir::Aggregate& aggregate, const Frame& frame) {
  if (frame.history == nullptr) return {};
  return fold_rows(executor, aggregate, frame).result();
}

std::int64_t rows_left_out(const Executor& executor, const ir::Aggregate& aggregate,
                           const Frame& frame) {
  bool may = aggregate.op == AggregateOp::kSum && aggregate.type.kind == ir::Kind::kMoney;
  if (frame.history == nullptr || !may) return 0;
  return fold_rows(executor, aggregate, frame).left_out();
}

}  // namespace trig::exec
