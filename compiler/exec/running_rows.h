// Private to compiler/exec: what one row does to a running aggregate.
#pragma once

#include "compiler/exec/executor.h"

namespace trig::exec {

class RunningRows {
 public:
  RunningRows(const Executor& executor, const ir::Aggregate& aggregate)
      : executor_(executor), aggregate_(aggregate) {}

  // What the row has in the aggregate's field, Missing where it names none; absent where the row
  // does not count.
  std::optional<ir::Value> read(const ir::Items& fields) const;
  std::optional<ir::Value> read(std::string_view row) const;

  // Both give false where the outcome cannot be told from what is kept, or is too large to keep.
  bool add(RunningAggregate& running, const Moment& moment, const ir::Value& value) const;
  bool remove(RunningAggregate& running, const Moment& moment, const ir::Value& value) const;

 private:
  bool add_extreme(RunningAggregate& running, const Moment& moment, const ir::Value& value,
                   bool is_newest) const;

  const Executor& executor_;
  const ir::Aggregate& aggregate_;
};

}  // namespace trig::exec
