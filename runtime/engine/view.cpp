#include "runtime/engine/view.h"

#include <limits>

#include "compiler/base/check.h"
#include "runtime/engine/rows.h"

namespace trig::engine {

void Changes::put(Space space, std::string_view key, std::string_view value) {
  rows_[static_cast<std::size_t>(space)].push_back(static_cast<std::uint32_t>(commit_.size()));
  commit_.put(space, key, value);
}

void Changes::remove(Space space, std::string_view key) {
  rows_[static_cast<std::size_t>(space)].push_back(static_cast<std::uint32_t>(commit_.size()));
  commit_.remove(space, key);
}

void Changes::clear() {
  commit_.clear();
  for (std::size_t s = 0; s < kSpaceCount; ++s) {
    rows_[s].clear();
    newest_[s].clear();
    hashed_[s] = 0;
    indexes_[s].clear();
    indexed_[s] = 0;
  }
}

const Changes::Index& Changes::index(Space space) const {
  const auto s = static_cast<std::size_t>(space);
  Index& index = indexes_[s];
  for (; indexed_[s] < rows_[s].size(); ++indexed_[s]) {
    auto [at, fresh] = index.insert(rows_[s][indexed_[s]]);
    if (fresh) continue;
    index.insert(index.erase(at), rows_[s][indexed_[s]]);
  }
  return index;
}

std::optional<Write> Changes::find(Space space, std::string_view key) const {
  const auto s = static_cast<std::size_t>(space);
  if (rows_[s].empty()) return std::nullopt;
  Newest& newest = newest_[s];
  for (; hashed_[s] < rows_[s].size(); ++hashed_[s]) {
    auto [at, fresh] = newest.insert(rows_[s][hashed_[s]]);
    if (fresh) continue;
    newest.erase(at);
    newest.insert(rows_[s][hashed_[s]]);
  }
  auto found = newest.find(key);
  if (found == newest.end()) return std::nullopt;
  return commit_[*found];
}

std::optional<std::optional<std::string>> View::known(Space space, std::string_view key) const {
  for (const Changes* changes : {turn_.get(), closed_.get()})
    if (auto changed = changes->find(space, key))
      return changed->value ? std::optional(std::string(*changed->value)) : std::nullopt;
  const Rows& ahead = ahead_[static_cast<std::size_t>(space)];
  if (auto read = ahead.find(key); read != ahead.end()) return read->second;
  return std::nullopt;
}

std::optional<std::string> View::get(Space space, std::string_view key) const {
  if (auto value = known(space, key)) return std::move(*value);
  auto stored = store_.get(space, key);
  if (!stored) throw StoreFailed{stored.error().message};
  return std::move(*stored);
}

std::vector<std::optional<std::string>> View::get_many(Space space,
                                                       const std::vector<std::string>& keys) const {
  std::vector<std::optional<std::string>> values(keys.size());
  std::vector<std::string> unknown;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (auto value = known(space, keys[i])) {
      values[i] = std::move(*value);
    } else {
      unknown.push_back(keys[i]);
      places.push_back(i);
    }
  }
  if (unknown.empty()) return values;
  auto stored = store_.get_many(space, unknown);
  if (!stored) throw StoreFailed{stored.error().message};
  for (std::size_t i = 0; i < places.size(); ++i) values[places[i]] = std::move((*stored)[i]);
  return values;
}

void View::read_ahead(Space space, std::vector<std::string> keys) {
  if (keys.empty()) return;
  auto stored = store_.get_many(space, keys);
  if (!stored) throw StoreFailed{stored.error().message};
  Rows& ahead = ahead_[static_cast<std::size_t>(space)];
  for (std::size_t i = 0; i < keys.size(); ++i)
    ahead.insert_or_assign(std::move(keys[i]), std::move((*stored)[i]));
}

namespace {

// Passes rows on to `row` and mixes in what the turn has changed.
class Merge {
 public:
  Merge(const Changes& changes, Space space, std::string_view begin, std::string_view end,
        const Store::RowVisitor& row)
      : commit_(changes.commit()), row_(row) {
    if (!changes.touches(space)) return;
    const Changes::Index& index = changes.index(space);
    next_ = index.lower_bound(begin);
    end_ = end.empty() ? index.end() : index.lower_bound(end);
  }

  bool operator()(std::string_view key, std::string_view value) {
    changes_before(key, false);
    if (going_ && next_ != end_ && commit_[*next_].key == key) return going_;  // replaced
    if (going_) going_ = row_(key, value);
    return going_;
  }
  bool finish() {
    changes_before({}, true);
    return going_;
  }

 private:
  void changes_before(std::string_view key, bool all) {
    for (; going_ && next_ != end_; ++next_) {
      const Write change = commit_[*next_];
      if (!all && !(change.key < key)) return;
      if (change.value) going_ = row_(change.key, *change.value);
    }
  }

  const Commit& commit_;
  const Store::RowVisitor& row_;
  Changes::Index::const_iterator next_{};
  Changes::Index::const_iterator end_{};
  bool going_ = true;
};

}  // namespace

void View::scan(Space space, std::string_view begin, std::string_view end,
                const Store::RowVisitor& row) const {
  Merge turn(*turn_, space, begin, end, row);
  const Store::RowVisitor into_turn = [&](std::string_view key, std::string_view value) {
    return turn(key, value);
  };
  Merge closed(*closed_, space, begin, end, into_turn);
  Status done = store_.scan(space, begin, end, [&](std::string_view key, std::string_view value) {
    return closed(key, value);
  });
  if (!done) throw StoreFailed{done.error().message};
  closed.finish();
  turn.finish();
}

const Commit& View::close_turn() {
  TRIG_CHECK(closed_->empty(), "a turn was closed while the one before was on its way");
  std::swap(turn_, closed_);
  for (Rows& rows : ahead_) rows.clear();
  return closed_->commit();
}

// What was read ahead may be from before: the changes that hid it are gone.
void View::landed() {
  closed_->clear();
  for (Rows& rows : ahead_) rows.clear();
}

void PersonHistory::scan(NameHash event, Instant from, Instant to, const RowVisitor& row) const {
  if (!known_.knows(event) && known_.may_begin() && few(event)) {
    known_.begin(event);
    scan_store(event, Instant::min(), Instant::max(),
               [&](const exec::Moment& moment, std::string_view bytes) {
                 known_.add(event, moment, bytes);
                 return known_.knows(event);
               });
  }
  if (!known_.knows(event)) return scan_store(event, from, to, row);
  known_.scan(event, from, to, row);
}

// So few rows that they may find room in memory.
bool PersonHistory::few(NameHash event) const {
  constexpr std::uint32_t kFewRows = 24;
  for (const exec::KeptEvents& kept : state_.kept_events)
    if (kept.event == event) return kept.rows <= kFewRows;
  return false;
}

void PersonHistory::scan_store(NameHash event, Instant from, Instant to,
                               const RowVisitor& row) const {
  std::string begin = history_key(state_.id, event, {from, Sequence::kNone});
  std::string end =
      history_key(state_.id, event, {to, Sequence{std::numeric_limits<std::uint64_t>::max()}});
  view_.scan(Space::kHistory, begin, end, [&](std::string_view key, std::string_view value) {
    auto moment = read_history_moment(key);
    if (!moment) throw StoreFailed{"a history row has a key that is none"};
    return row(*moment, value);
  });
}

}  // namespace trig::engine
