#include "compiler/exec/running.h"

#include <algorithm>

#include "compiler/base/limits.h"
#include "compiler/exec/aggregate.h"
#include "compiler/exec/payload.h"
#include "compiler/exec/running_rows.h"

namespace trig::exec {
namespace {

using ir::AggregateOp;
using ir::Value;

std::vector<RunningAggregate>::iterator place_of(PersonState& state, const Hash128& identity) {
  return std::lower_bound(
      state.running.begin(), state.running.end(), identity,
      [](const RunningAggregate& one, const Hash128& id) { return one.identity < id; });
}

bool has_no_rows(const RunningAggregate& running) { return running.rows == 0; }

// One aggregate of one person, at one instant.
class Reading {
 public:
  Reading(const Executor& executor, std::uint32_t index, const Frame& frame)
      : executor_(executor),
        aggregate_(executor.program().aggregates[index]),
        identity_(executor.aggregates().identities[index]),
        frame_(frame),
        rows_(executor, aggregate_),
        bound_(aggregate_.window ? frame.now - *aggregate_.window : Instant::min()) {}

  // Null: not to be known from the state. Valid until the state changes.
  RunningAggregate* bring_up_to_date() {
    if (frame_.state == nullptr || frame_.history == nullptr || !identity_) return nullptr;
    auto place = place_of(*frame_.state, *identity_);
    bool kept = place != frame_.state->running.end() && place->identity == *identity_;
    // Asked about an instant before what it knows.
    if (kept && (place->after > bound_ || place->newest.occurred_at > frame_.now)) return nullptr;
    if (kept) {
      if (expire(*place)) return &*place;
      frame_.state->running.erase(place);
    }
    return build();
  }

  Value result(RunningAggregate& running) {
    switch (aggregate_.op) {
      case AggregateOp::kCount: return std::int64_t{running.rows};
      case AggregateOp::kSum:
        return value_of_units(aggregate_.type.kind, sum_of(running), currency_of(running));
      case AggregateOp::kFirst: find_first(running); break;
      case AggregateOp::kDistinct: {
        ir::Items items;
        for (const RunningValue& one : running.values) items.push_back(one.value);
        return Value::list(std::move(items));
      }
      case AggregateOp::kMin:
      case AggregateOp::kMax:
      case AggregateOp::kLast: break;
    }
    return running.values.empty() ? Value() : running.values.front().value;
  }

  std::int64_t left_out(const RunningAggregate& running) const {
    ir::Currency currency = currency_of(running);
    std::int64_t rows = 0;
    for (const RunningSum& sum : running.sums)
      if (sum.currency != currency) rows += sum.amounts;
    return rows;
  }

 private:
  using Visitor = std::function<bool(const Moment& moment, const Value& value)>;

  // Rows that count, from `from` on, whatever their age.
  void scan(Instant from, const Visitor& visit) const {
    NameHash event = executor_.program().events[aggregate_.event].hash;
    if (!frame_.state->any_kept_from(event, from)) return;
    frame_.history->scan(event, from, Instant::max(),
                         [&](const Moment& moment, std::string_view bytes) {
                           auto value = rows_.read(bytes);
                           return !value || visit(moment, *value);
                         });
  }

  // Drops what has left the window. False: what is left is to be built, or nothing is.
  bool expire(RunningAggregate& running) {
    if (running.rows == 0) {
      running.after = bound_;
      return true;
    }
    if (running.oldest.occurred_at > bound_) return true;
    bool good = true;
    scan(running.oldest.occurred_at, [&](const Moment& moment, const Value& value) {
      running.oldest = moment;
      if (moment.occurred_at > bound_) return false;
      good = rows_.remove(running, moment, value);
      return good;
    });
    running.after = bound_;
    if (good && running.rows == 0) running = empty();
    return good;
  }

  RunningAggregate empty() const {
    RunningAggregate none;
    none.identity = *identity_;
    none.event = executor_.program().events[aggregate_.event].hash;
    none.after = bound_;
    return none;
  }

  // What is too large, or one too many, is used this once.
  RunningAggregate* build() {
    built_ = empty();
    bool good = true;
    scan(aggregate_.window ? bound_ + Duration(1) : bound_,
         [&](const Moment& moment, const Value& value) {
           good = moment.occurred_at <= frame_.now && rows_.add(built_, moment, value);
           return good;
         });
    if (!good) return nullptr;
    const Executor& current = frame_.current == nullptr ? executor_ : *frame_.current;
    if (current.aggregates().find(*identity_) == nullptr) return &built_;
    auto& kept = frame_.state->running;
    std::erase_if(kept, [&](const RunningAggregate& one) {
      return current.aggregates().find(one.identity) == nullptr;
    });
    const bool full = kept.size() >= kMaxRunningAggregates;
    const auto without_rows = std::count_if(kept.begin(), kept.end(), has_no_rows);
    if (built_.rows == 0 && (full || without_rows >= kMaxEmptyAggregates)) return &built_;
    if (full && std::erase_if(kept, has_no_rows) == 0) return &built_;
    return &*kept.insert(place_of(*frame_.state, *identity_), std::move(built_));
  }

  __int128 sum_of(const RunningAggregate& running) const {
    ir::Currency currency = currency_of(running);
    for (const RunningSum& sum : running.sums)
      if (sum.currency == currency) return sum.units;
    return 0;
  }

  // That of the first row with an amount, else of the first row. Where there are several the rows
  // have to say which.
  ir::Currency currency_of(const RunningAggregate& running) const {
    const auto& sums = running.sums;
    auto has_amount = [](const RunningSum& sum) { return sum.amounts > 0; };
    if (aggregate_.currency) {
      bool any = std::any_of(sums.begin(), sums.end(), [&](const RunningSum& sum) {
        return sum.currency == *aggregate_.currency;
      });
      return any ? *aggregate_.currency : ir::Currency{};
    }
    auto with_amounts = std::count_if(sums.begin(), sums.end(), has_amount);
    if (sums.size() == 1) return sums.front().currency;
    if (with_amounts == 1) return std::find_if(sums.begin(), sums.end(), has_amount)->currency;
    ir::Currency first;
    if (sums.empty()) return first;
    scan(running.oldest.occurred_at, [&](const Moment&, const Value& value) {
      const ir::Money* money = value.get<ir::Money>();
      if (money == nullptr || (with_amounts > 0 && money->amount == Decimal())) return true;
      first = money->currency;
      return false;
    });
    return first;
  }

  void find_first(RunningAggregate& running) const {
    if (!running.values.empty() || running.present == 0) return;
    scan(running.oldest.occurred_at, [&](const Moment& moment, const Value& value) {
      if (!value.missing()) running.values.push_back({value, moment, 1});
      return value.missing();
    });
  }

  const Executor& executor_;
  const ir::Aggregate& aggregate_;
  const std::optional<Hash128>& identity_;
  const Frame& frame_;
  RunningRows rows_;
  Instant bound_;  // rows that occurred up to it have left the window
  RunningAggregate built_;
};

// `change` gives false where the value has to be built again.
template <typename Change>
void change_running(const Executor& current, PersonState& state, std::uint32_t event,
                    Instant occurred_at, Change change) {
  NameHash hash = current.program().events[event].hash;
  for (auto running = state.running.begin(); running != state.running.end();) {
    bool good = true;
    if (running->event == hash && running->after < occurred_at) {
      const std::uint32_t* index = current.aggregates().find(running->identity);
      good = index != nullptr &&
             change(*running, RunningRows(current, current.program().aggregates[*index]));
    }
    running = good ? running + 1 : state.running.erase(running);
  }
}

}  // namespace

std::optional<Value> running_value(const Executor& executor, std::uint32_t aggregate,
                                   const Frame& frame) {
  Reading reading(executor, aggregate, frame);
  RunningAggregate* running = reading.bring_up_to_date();
  if (running == nullptr) return std::nullopt;
  return reading.result(*running);
}

std::optional<std::int64_t> running_left_out(const Executor& executor, std::uint32_t aggregate,
                                             const Frame& frame) {
  Reading reading(executor, aggregate, frame);
  RunningAggregate* running = reading.bring_up_to_date();
  if (running == nullptr) return std::nullopt;
  return reading.left_out(*running);
}

std::optional<Instant> running_expiry(const Executor& executor, std::uint32_t aggregate,
                                      const Frame& frame) {
  const ir::Aggregate& asked = executor.program().aggregates[aggregate];
  Reading reading(executor, aggregate, frame);
  RunningAggregate* running = reading.bring_up_to_date();
  if (running == nullptr || running->rows == 0 || !asked.window) return std::nullopt;
  return running->oldest.occurred_at + *asked.window;
}

void note_row(const Executor& current, PersonState& state, std::uint32_t event,
              const Moment& moment, const ir::Items& fields) {
  change_running(current, state, event, moment.occurred_at,
                 [&](RunningAggregate& running, const RunningRows& rows) {
                   auto value = rows.read(fields);
                   return !value || rows.add(running, moment, *value);
                 });
}

void forget_row(const Executor& current, PersonState& state, std::uint32_t event,
                const Moment& moment, std::string_view row) {
  change_running(current, state, event, moment.occurred_at,
                 [&](RunningAggregate& running, const RunningRows& rows) {
                   auto value = rows.read(row);
                   return !value || rows.remove(running, moment, *value);
                 });
}

void forget_running(PersonState& state, NameHash event) {
  std::erase_if(state.running,
                [&](const RunningAggregate& running) { return running.event == event; });
}

}  // namespace trig::exec
