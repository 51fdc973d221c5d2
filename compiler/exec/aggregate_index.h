// Which aggregates of a program can be kept up to date in a person's state, and by what identity:
// two that compute the same are one, also across a deploy.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "compiler/base/hash.h"
#include "compiler/ir/program.h"

namespace trig::exec {

struct AggregateIndex {
  // Parallel to Program::aggregates. Absent: its `where` reads more than the row (a binding, the
  // person, the time, a table), so that a row that counts now may not count later.
  std::vector<std::optional<Hash128>> identities;
  std::vector<std::pair<Hash128, std::uint32_t>> known;  // by identity, each once

  const std::uint32_t* find(const Hash128& identity) const;  // its aggregate; null: none
};

AggregateIndex index_aggregates(const ir::Program& program);
// Of a program that was made from `was`, whose index is `before`; nothing where that one still
// fits.
std::optional<AggregateIndex> index_aggregates(const AggregateIndex& before, const ir::Program& was,
                                               const ir::Program& program);

}  // namespace trig::exec
