#include "runtime/store/memory_store.h"

#include <mutex>

namespace trig::store {

// Rows that stay as they are while a scan reads them. Taken and given back under the lock, so that
// a commit which finds itself the only owner may change the map in place.
class MemoryStore::Snapshot {
 public:
  Snapshot(const MemoryStore& store, Space space) : store_(store) {
    std::shared_lock lock(store_.mutex_);
    rows_ = store_.spaces_[static_cast<std::size_t>(space)];
  }
  ~Snapshot() {
    std::shared_lock lock(store_.mutex_);
    rows_.reset();
  }
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  const Rows& rows() const { return *rows_; }

 private:
  const MemoryStore& store_;
  std::shared_ptr<const Rows> rows_;
};

MemoryStore::MemoryStore() {
  for (std::shared_ptr<Rows>& rows : spaces_) rows = std::make_shared<Rows>();
}

MemoryStore::Rows& MemoryStore::writable(Space space) {
  std::shared_ptr<Rows>& rows = spaces_[static_cast<std::size_t>(space)];
  if (rows.use_count() > 1) rows = std::make_shared<Rows>(*rows);
  return *rows;
}

Result<std::optional<std::string>> MemoryStore::get(Space space, std::string_view key) const {
  std::shared_lock lock(mutex_);
  const Rows& rows = *spaces_[static_cast<std::size_t>(space)];
  auto found = rows.find(key);
  if (!found) return std::nullopt;
  return std::string(*found);
}

Result<std::vector<std::optional<std::string>>> MemoryStore::get_many(
    Space space, const std::vector<std::string>& keys) const {
  std::shared_lock lock(mutex_);
  const Rows& rows = *spaces_[static_cast<std::size_t>(space)];
  std::vector<std::optional<std::string>> values;
  values.reserve(keys.size());
  for (const std::string& key : keys) {
    auto found = rows.find(key);
    values.push_back(found ? std::optional(std::string(*found)) : std::nullopt);
  }
  return values;
}

Status MemoryStore::scan(Space space, std::string_view begin, std::string_view end,
                         const RowVisitor& row) const {
  Snapshot snapshot(*this, space);
  const Rows& rows = snapshot.rows();
  for (Rows::Cursor at = rows.lower_bound(begin); !at.at_end(); at.next()) {
    if (!end.empty() && at.key() >= end) break;
    if (!row(at.key(), at.value())) break;
  }
  return {};
}

Status MemoryStore::scan_back(Space space, std::string_view begin, std::string_view end,
                              const RowVisitor& row) const {
  Snapshot snapshot(*this, space);
  const Rows& rows = snapshot.rows();
  Rows::Cursor at = end.empty() ? rows.end() : rows.lower_bound(end);
  while (at.previous())
    if (at.key() < begin || !row(at.key(), at.value())) break;
  return {};
}

Status MemoryStore::commit(const Commit& commit) {
  std::unique_lock lock(mutex_);
  for (std::size_t i = 0; i < commit.size(); ++i) {
    const Write write = commit[i];
    Rows& rows = writable(write.space);
    if (write.value)
      rows.put(write.key, *write.value);
    else
      rows.erase(write.key);
  }
  return {};
}

}  // namespace trig::store
