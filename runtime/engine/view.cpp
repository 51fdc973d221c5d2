#include "runtime/engine/view.h"

#include <limits>

#include "compiler/base/check.h"
#include "runtime/engine/rows.h"

namespace trig::engine {

std::optional<std::string> View::get(Space space, const std::string& key) const {
  const Changes& changes = changes_[static_cast<std::size_t>(space)];
  if (auto changed = changes.find(key); changed != changes.end()) return changed->second;
  auto stored = store_.get(space, key);
  if (!stored) throw StoreFailed{stored.error().message};
  return std::move(*stored);
}

std::vector<std::optional<std::string>> View::get_many(Space space,
                                                       const std::vector<std::string>& keys) const {
  const Changes& changes = changes_[static_cast<std::size_t>(space)];
  auto stored = store_.get_many(space, keys);
  if (!stored) throw StoreFailed{stored.error().message};
  for (std::size_t i = 0; i < keys.size(); ++i)
    if (auto changed = changes.find(keys[i]); changed != changes.end())
      (*stored)[i] = changed->second;
  return std::move(*stored);
}

void View::put(Space space, std::string key, std::string value) {
  changes_[static_cast<std::size_t>(space)].insert_or_assign(std::move(key), std::move(value));
}

void View::remove(Space space, std::string key) {
  changes_[static_cast<std::size_t>(space)].insert_or_assign(std::move(key), std::nullopt);
}

void View::scan(Space space, const std::string& begin, const std::string& end,
                const Store::RowVisitor& row) const {
  const Changes& changes = changes_[static_cast<std::size_t>(space)];
  auto changed = changes.lower_bound(begin);
  auto changes_end = end.empty() ? changes.end() : changes.lower_bound(end);
  bool going = true;
  // Visits the turn's own rows up to `key`; true if the turn changed `key` itself.
  auto visit_changes_before = [&](std::string_view key, bool last) {
    for (; going && changed != changes_end && (last || changed->first < key); ++changed)
      if (changed->second) going = row(changed->first, *changed->second);
    return changed != changes_end && !last && changed->first == key;
  };
  Status done = store_.scan(space, begin, end, [&](std::string_view key, std::string_view value) {
    bool replaced = visit_changes_before(key, false);
    if (going && !replaced) going = row(key, value);
    return going;
  });
  if (!done) throw StoreFailed{done.error().message};
  if (going) visit_changes_before({}, true);
}

Commit View::take() {
  Commit commit;
  std::size_t count = 0;
  for (const Changes& changes : changes_) count += changes.size();
  commit.writes.reserve(count);
  for (std::size_t s = 0; s < kSpaceCount; ++s) {
    for (auto& [key, value] : changes_[s])
      commit.writes.push_back({static_cast<Space>(s), key, std::move(value)});
    changes_[s].clear();
  }
  return commit;
}

bool View::empty() const {
  for (const Changes& changes : changes_)
    if (!changes.empty()) return false;
  return true;
}

void PersonHistory::scan(NameHash event, Instant from, Instant to, const RowVisitor& row) const {
  std::string begin = history_key(person_, event, {from, Sequence::kNone});
  std::string end =
      history_key(person_, event, {to, Sequence{std::numeric_limits<std::uint64_t>::max()}});
  view_.scan(Space::kHistory, begin, end, [&](std::string_view key, std::string_view value) {
    auto moment = read_history_moment(key);
    if (!moment) throw StoreFailed{"a history row has a key that is none"};
    return row(*moment, value);
  });
}

}  // namespace trig::engine
