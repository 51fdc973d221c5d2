// Private to runtime/engine: the store as the turn at hand sees it, with the turn's own changes on
// top. A failing store throws StoreFailed, which Engine catches at its public calls.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/exec/executor.h"
#include "runtime/ports/store.h"

namespace trig::engine {

struct StoreFailed {
  std::string message;
};

class View {
 public:
  explicit View(Store& store) : store_(store) {}

  std::optional<std::string> get(Space space, const std::string& key) const;
  // One answer per key, in order.
  std::vector<std::optional<std::string>> get_many(Space space,
                                                   const std::vector<std::string>& keys) const;
  void put(Space space, std::string key, std::string value);
  void remove(Space space, std::string key);
  // Rows of the store and of this turn, merged in key order.
  void scan(Space space, const std::string& begin, const std::string& end,
            const Store::RowVisitor& row) const;

  // Hands over what was changed since the last call.
  Commit take();
  bool empty() const;
  const Store& store() const { return store_; }

 private:
  using Changes = std::map<std::string, std::optional<std::string>, std::less<>>;
  Store& store_;
  std::array<Changes, kSpaceCount> changes_;
};

// One person's kept events, as exec reads them.
class PersonHistory : public exec::History {
 public:
  PersonHistory(const View& view, PersonId person) : view_(view), person_(person) {}
  void scan(NameHash event, Instant from, Instant to, const RowVisitor& row) const override;

 private:
  const View& view_;
  PersonId person_;
};

}  // namespace trig::engine
