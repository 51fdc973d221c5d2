#include "compiler/exec/running_rows.h"

#include <algorithm>

#include "compiler/base/limits.h"
#include "compiler/exec/aggregate.h"
#include "compiler/exec/operators.h"
#include "compiler/exec/payload.h"

namespace trig::exec {
namespace {

using ir::AggregateOp;
using ir::Op;
using ir::Value;

void add_to_sum(RunningAggregate& running, const Value& value, int sign) {
  const ir::Money* money = value.get<ir::Money>();
  ir::Currency currency = money == nullptr ? ir::Currency{} : money->currency;
  auto sum = std::find_if(running.sums.begin(), running.sums.end(),
                          [&](const RunningSum& one) { return one.currency == currency; });
  if (sum == running.sums.end()) {
    running.sums.push_back({currency, 0, 0, 0});
    sum = running.sums.end() - 1;
  }
  __int128 units = units_of(value);
  sum->units += sign * units;
  sum->rows += static_cast<std::uint32_t>(sign);
  if (units != 0) sum->amounts += static_cast<std::uint32_t>(sign);
  if (sum->rows == 0) running.sums.erase(sum);
}

std::vector<RunningValue>::iterator find_value(RunningAggregate& running, const Value& value) {
  return std::find_if(running.values.begin(), running.values.end(),
                      [&](const RunningValue& one) { return ir::same(one.value, value); });
}

void add_distinct(RunningAggregate& running, const Moment& moment, const Value& value) {
  RunningValue one{value, moment, 1};
  if (auto known = find_value(running, value); known != running.values.end()) {
    ++known->rows;
    if (known->moment < moment) return;
    one.rows = known->rows;
    running.values.erase(known);
  }
  auto place = std::lower_bound(
      running.values.begin(), running.values.end(), moment,
      [](const RunningValue& other, const Moment& at) { return other.moment < at; });
  running.values.insert(place, std::move(one));
}

// Where a value's first row left, the rows have to say where it stands now.
bool remove_distinct(RunningAggregate& running, const Moment& moment, const Value& value) {
  auto known = find_value(running, value);
  if (known == running.values.end()) return false;
  bool was_first = known->moment == moment;
  if (--known->rows > 0) return !was_first;
  running.values.erase(known);
  return true;
}

bool fits(const RunningAggregate& running) {
  ByteWriter bytes;
  for (const RunningValue& one : running.values) {
    ir::encode(one.value, bytes);
    if (bytes.bytes().size() > kMaxRunningBytes) return false;
  }
  constexpr std::size_t kBytesOfASum = 32;
  constexpr std::size_t kBytesOfAMoment = 24;
  return bytes.bytes().size() + running.values.size() * kBytesOfAMoment +
             running.sums.size() * kBytesOfASum <=
         kMaxRunningBytes;
}

}  // namespace

std::optional<Value> RunningRows::read(const ir::Items& fields) const {
  if (aggregate_.where != ir::NodeId::kNone) {
    Frame frame;
    frame.event = &fields;
    if (!holds(executor_.evaluate(aggregate_.where, frame))) return std::nullopt;
  }
  return aggregate_.field < 0 ? Value() : fields[static_cast<std::size_t>(aggregate_.field)];
}

std::optional<Value> RunningRows::read(std::string_view row) const {
  if (aggregate_.where == ir::NodeId::kNone && aggregate_.field < 0) return Value();
  const ir::Program& program = executor_.program();
  return read(decode_history_row(program, program.events[aggregate_.event], row));
}

bool RunningRows::add(RunningAggregate& running, const Moment& moment, const Value& value) const {
  bool is_newest = running.rows == 0 || running.newest < moment;
  running.oldest = running.rows == 0 ? moment : std::min(running.oldest, moment);
  running.newest = is_newest ? moment : running.newest;
  ++running.rows;
  if (aggregate_.op == AggregateOp::kCount || value.missing()) return true;
  ++running.present;
  auto& values = running.values;
  switch (aggregate_.op) {
    case AggregateOp::kCount: break;
    case AggregateOp::kSum: add_to_sum(running, value, 1); break;
    case AggregateOp::kMin:
    case AggregateOp::kMax:
      if (!add_extreme(running, moment, value, is_newest)) return false;
      break;
    case AggregateOp::kFirst:
      // With others before it that are not known it may not be the first.
      if (values.empty() ? running.present == 1 : moment < values.front().moment)
        values.assign(1, {value, moment, 1});
      break;
    case AggregateOp::kLast:
      if (values.empty() || values.front().moment < moment) values.assign(1, {value, moment, 1});
      break;
    case AggregateOp::kDistinct: add_distinct(running, moment, value); break;
  }
  return fits(running);
}

// Money of several currencies has no order, so there the order of the rows decides.
bool RunningRows::add_extreme(RunningAggregate& running, const Moment& moment, const Value& value,
                              bool is_newest) const {
  auto& values = running.values;
  if (values.empty()) {
    values.push_back({value, moment, 1});
    return true;
  }
  RunningValue& extreme = values.front();
  const ir::Money* money = value.get<ir::Money>();
  if (money != nullptr && money->currency != extreme.value.get<ir::Money>()->currency)
    running.mixed = true;
  if (running.mixed && !is_newest) return false;
  Op better = aggregate_.op == AggregateOp::kMin ? Op::kLess : Op::kGreater;
  if (compare(better, value, extreme.value))
    extreme = {value, moment, 1};
  else if (ir::same(value, extreme.value))
    extreme.moment = std::max(extreme.moment, moment);  // the last to leave
  return true;
}

bool RunningRows::remove(RunningAggregate& running, const Moment& moment,
                         const Value& value) const {
  --running.rows;
  if (aggregate_.op == AggregateOp::kCount || value.missing()) return true;
  --running.present;
  auto& values = running.values;
  bool is_it = !values.empty() && values.front().moment == moment;
  switch (aggregate_.op) {
    case AggregateOp::kCount: break;
    case AggregateOp::kSum: add_to_sum(running, value, -1); break;
    case AggregateOp::kMin:
    case AggregateOp::kMax:
      if (running.mixed) return false;
      [[fallthrough]];
    case AggregateOp::kLast:
      if (is_it && running.present > 0) return false;
      if (is_it) values.clear();
      break;
    case AggregateOp::kFirst:
      if (is_it) values.clear();
      break;
    case AggregateOp::kDistinct: return remove_distinct(running, moment, value);
  }
  return true;
}

}  // namespace trig::exec
