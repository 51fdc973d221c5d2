// MemoryStore: a Store in packed pages, for tests, the virtual driver and the REPL. It lasts as
// long as the object and never fails. It behaves as the disk does: one thread commits, any thread
// reads, a scan sees the rows of its beginning whatever is committed meanwhile, its visitor
// included.
//
//   store::MemoryStore store;
//   Commit commit;
//   commit.put(Space::kMeta, "clock", "…");
//   Status done = store.commit(commit);
#pragma once

#include <array>
#include <memory>
#include <shared_mutex>

#include "runtime/ports/store.h"
#include "runtime/store/packed_rows.h"

namespace trig::store {

class MemoryStore : public Store {
 public:
  MemoryStore();

  Result<std::optional<std::string>> get(Space space, std::string_view key) const override;
  Result<std::vector<std::optional<std::string>>> get_many(
      Space space, const std::vector<std::string>& keys) const override;
  Status scan(Space space, std::string_view begin, std::string_view end,
              const RowVisitor& row) const override;
  Status scan_back(Space space, std::string_view begin, std::string_view end,
                   const RowVisitor& row) const override;
  Status commit(const Commit& commit) override;

 private:
  using Rows = PackedRows;
  class Snapshot;

  Rows& writable(Space space);

  mutable std::shared_mutex mutex_;
  // Shared with the scans in progress; a commit copies what a scan still holds.
  mutable std::array<std::shared_ptr<Rows>, kSpaceCount> spaces_;
};

}  // namespace trig::store
