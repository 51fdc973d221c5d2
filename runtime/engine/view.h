// Private to runtime/engine: the store as the turn at hand sees it, with the turn's own changes on
// top. A failing store throws StoreFailed, which Engine catches at its public calls.
#pragma once

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/text_hash.h"
#include "compiler/exec/executor.h"
#include "runtime/engine/history_rows.h"
#include "runtime/ports/store.h"

namespace trig::engine {

struct StoreFailed {
  std::string message;
};

// The changes of one turn in their order. A space that is read while the turn lasts gets an index
// by key, one that is scanned a sorted one: most are only written.
class Changes {
 public:
  Changes() {
    for (Newest& newest : newest_) newest = Newest(0, Hash{{&commit_}}, Equal{{&commit_}});
    for (Index& index : indexes_) index = Index(ByKey{{&commit_}});
  }
  Changes(const Changes&) = delete;
  Changes& operator=(const Changes&) = delete;

  void put(Space space, std::string_view key, std::string_view value);
  void remove(Space space, std::string_view key);
  bool empty() const { return commit_.empty(); }
  const Commit& commit() const { return commit_; }
  void clear();

  // What the turn has made of a row; nullopt: it did not touch it.
  std::optional<Write> find(Space space, std::string_view key) const;

  struct KeyOf {
    using is_transparent = void;
    const Commit* commit = nullptr;
    std::string_view key(std::string_view one) const { return one; }
    std::string_view key(std::uint32_t number) const { return (*commit)[number].key; }
  };
  // Changed rows of a space in key order.
  struct ByKey : KeyOf {
    template <typename A, typename B>
    bool operator()(const A& a, const B& b) const {
      return key(a) < key(b);
    }
  };
  using Index = std::set<std::uint32_t, ByKey>;  // numbers of writes, the newest of each key
  const Index& index(Space space) const;
  bool touches(Space space) const { return !rows_[static_cast<std::size_t>(space)].empty(); }

 private:
  struct Hash : KeyOf {
    template <typename A>
    std::size_t operator()(const A& a) const {
      return std::hash<std::string_view>()(key(a));
    }
  };
  struct Equal : KeyOf {
    template <typename A, typename B>
    bool operator()(const A& a, const B& b) const {
      return key(a) == key(b);
    }
  };
  using Newest = boost::unordered_flat_set<std::uint32_t, Hash, Equal>;  // as Index, in no order

  Commit commit_;
  std::array<std::vector<std::uint32_t>, kSpaceCount> rows_;  // by space
  mutable std::array<Newest, kSpaceCount> newest_;
  mutable std::array<std::size_t, kSpaceCount> hashed_{};  // so many of rows_ are in `newest_`
  mutable std::array<Index, kSpaceCount> indexes_;
  mutable std::array<std::size_t, kSpaceCount> indexed_{};  // and in `indexes_`
};

class View {
 public:
  explicit View(Store& store) : store_(store) {}

  std::optional<std::string> get(Space space, std::string_view key) const;
  // One answer per key, in order.
  std::vector<std::optional<std::string>> get_many(Space space,
                                                   const std::vector<std::string>& keys) const;
  void put(Space space, std::string_view key, std::string_view value) {
    turn_->put(space, key, value);
  }
  void remove(Space space, std::string_view key) { turn_->remove(space, key); }
  // Reads rows at once that the turn is about to ask for one by one.
  void read_ahead(Space space, std::vector<std::string> keys);
  // Rows of the store and of this turn, merged in key order. The visitor changes nothing.
  void scan(Space space, std::string_view begin, std::string_view end,
            const Store::RowVisitor& row) const;

  // The turn is over: its changes are on their way to the store, and still seen until `landed`.
  const Commit& close_turn();
  void landed();
  bool empty() const { return turn_->empty(); }
  const Store& store() const { return store_; }

 private:
  // What the turns have made of a row, or what was read of it; null: the store has to be asked.
  std::optional<std::optional<std::string>> known(Space space, std::string_view key) const;

  Store& store_;
  // Rows of the store that neither turn has changed, for as long as both are what they are.
  using Rows =
      boost::unordered_flat_map<std::string, std::optional<std::string>, TextHash, std::equal_to<>>;
  std::array<Rows, kSpaceCount> ahead_;
  std::unique_ptr<Changes> turn_ = std::make_unique<Changes>();
  // The turn before, while it is being committed.
  std::unique_ptr<Changes> closed_ = std::make_unique<Changes>();
};

// One person's kept events, as exec reads them: from memory where all of an event is known there.
// What is read of an event with few rows is known from then on.
class PersonHistory : public exec::History {
 public:
  PersonHistory(const View& view, const exec::PersonState& state, HistoryRows& known)
      : view_(view), state_(state), known_(known) {}
  void scan(NameHash event, Instant from, Instant to, const RowVisitor& row) const override;

 private:
  void scan_store(NameHash event, Instant from, Instant to, const RowVisitor& row) const;
  bool few(NameHash event) const;

  const View& view_;
  const exec::PersonState& state_;
  HistoryRows& known_;
};

}  // namespace trig::engine
