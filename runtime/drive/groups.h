// Private to runtime/drive: who is joined with whom. Ids that stood together once are one group
// from then on (disjoint sets with path halving; Tarjan and van Leeuwen 1984).
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <span>
#include <vector>

#include "runtime/drive/recording.h"

namespace trig::drive {

class Recording::Groups {
 public:
  // Joins the groups of these ids, hashes of them, at least one.
  std::uint32_t group_of(std::span<const std::uint64_t> ids) {
    std::uint32_t group = root(number_of(ids.front()));
    for (std::uint64_t id : ids.subspan(1)) {
      const std::uint32_t other = root(number_of(id));
      if (other == group) continue;
      const std::uint32_t smaller = sizes_[other] < sizes_[group] ? other : group;
      group = smaller == group ? other : group;
      parents_[smaller] = group;
      sizes_[group] += sizes_[smaller];
    }
    return group;
  }

  std::uint32_t root(std::uint32_t group) {
    while (parents_[group] != group) {
      parents_[group] = parents_[parents_[group]];
      group = parents_[group];
    }
    return group;
  }

  std::size_t size() const { return parents_.size(); }

 private:
  std::uint32_t number_of(std::uint64_t id) {
    const auto next = static_cast<std::uint32_t>(parents_.size());
    const auto [known, is_new] = numbers_.try_emplace(id, next);
    if (is_new) {
      parents_.push_back(next);
      sizes_.push_back(1);
    }
    return known->second;
  }

  boost::unordered_flat_map<std::uint64_t, std::uint32_t> numbers_;
  std::vector<std::uint32_t> parents_;
  std::vector<std::uint32_t> sizes_;
};

}  // namespace trig::drive
