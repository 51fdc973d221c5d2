#include "compiler/exec/aggregate.h"

#include <algorithm>
#include <limits>

#include "compiler/exec/operators.h"
#include "compiler/exec/payload.h"
#include "compiler/exec/running.h"

namespace trig::exec {
namespace {

using ir::AggregateOp;
using ir::Op;
using ir::Value;

// Folds rows in the order of their moments.
class Fold {
 public:
  explicit Fold(const ir::Aggregate& aggregate)
      : op_(aggregate.op), kind_(aggregate.type.kind), currency_(aggregate.currency) {}

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
        return value_of_units(kind_, sum_,
                              added_ ? currency_.value_or(first_currency_) : ir::Currency{});
      case AggregateOp::kMin:
      case AggregateOp::kMax:
      case AggregateOp::kFirst:
      case AggregateOp::kLast: return result_;
    }
    return {};
  }
  std::int64_t left_out() const { return left_out_; }

 private:
  // An amount of zero is one in every currency, so it neither decides on one nor is left out.
  void add(const Value& value) {
    if (const ir::Money* money = value.get<ir::Money>()) {
      bool amount = money->amount != Decimal();
      if (!currency_ && amount) currency_ = money->currency;
      if (currency_ && money->currency != *currency_) {
        if (amount) ++left_out_;
        return;
      }
      if (!added_) first_currency_ = money->currency;
      added_ = true;
    }
    sum_ += units_of(value);
  }

  AggregateOp op_;
  ir::Kind kind_;
  std::optional<ir::Currency> currency_;
  ir::Currency first_currency_;
  std::int64_t count_ = 0;
  Value result_;
  ir::Items items_;
  __int128 sum_ = 0;
  bool added_ = false;
  std::int64_t left_out_ = 0;
};

Fold fold_rows(const Executor& executor, const ir::Aggregate& aggregate, const Frame& frame) {
  const ir::Program& program = executor.program();
  const ir::EventType& event = program.events[aggregate.event];
  Instant from = aggregate.window ? frame.now - *aggregate.window + Duration(1) : Instant::min();
  Fold fold(aggregate);
  auto take = [&](std::string_view bytes) {
    ir::Items row = decode_history_row(program, event, bytes);
    Frame row_frame = frame;
    row_frame.event = &row;
    if (aggregate.where != ir::NodeId::kNone &&
        !holds(executor.evaluate(aggregate.where, row_frame)))
      return true;
    return fold.take(aggregate.field < 0 ? Value()
                                         : row[static_cast<std::size_t>(aggregate.field)]);
  };
  // One reference: a visitor that holds no more takes no memory.
  frame.history->scan(event.hash, from, frame.now,
                      [&take](const Moment&, std::string_view bytes) { return take(bytes); });
  return fold;
}

}  // namespace

Value aggregate(const Executor& executor, std::uint32_t index, const Frame& frame) {
  if (frame.history == nullptr) return {};
  if (auto running = running_value(executor, index, frame)) return std::move(*running);
  return scanned_aggregate(executor, index, frame);
}

Value scanned_aggregate(const Executor& executor, std::uint32_t index, const Frame& frame) {
  return fold_rows(executor, executor.program().aggregates[index], frame).result();
}

std::int64_t rows_left_out(const Executor& executor, std::uint32_t index, const Frame& frame) {
  const ir::Aggregate& aggregate = executor.program().aggregates[index];
  bool may = aggregate.op == AggregateOp::kSum && aggregate.type.kind == ir::Kind::kMoney;
  if (frame.history == nullptr || !may) return 0;
  if (auto running = running_left_out(executor, index, frame)) return *running;
  return fold_rows(executor, aggregate, frame).left_out();
}

__int128 units_of(const Value& value) {
  if (const ir::Money* money = value.get<ir::Money>()) return money->amount.millionths();
  if (const Decimal* decimal = value.get<Decimal>()) return decimal->millionths();
  if (const std::int64_t* integer = value.get<std::int64_t>()) return *integer;
  if (const Duration* duration = value.get<Duration>()) return duration->count();
  return 0;
}

Value value_of_units(ir::Kind kind, __int128 wide, ir::Currency currency) {
  constexpr __int128 kMost = std::numeric_limits<std::int64_t>::max();
  if (wide > kMost || wide < -kMost) return {};
  auto units = static_cast<std::int64_t>(wide);
  if (kind == ir::Kind::kInteger) return units;
  if (kind == ir::Kind::kDuration) return Duration(units);
  if (kind == ir::Kind::kMoney) return ir::Money{Decimal::from_millionths(units), currency};
  return Decimal::from_millionths(units);
}

}  // namespace trig::exec
