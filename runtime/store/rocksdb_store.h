// A Store on disk: RocksDB 7.8, one column family per Space, one synced WriteBatch per Commit.
//
// Any error of a commit or of RocksDB's background work, and any corruption met by a read, stops
// the store: every later commit fails with the first message. A stopped store is closed and opened
// again, never resumed, so that nothing is built on state that may not be on the disk.
//
// Errors: a directory in use, of a newer format, not ours, or corrupt. A write-ahead log that ends
// within a record (power cut) is not corrupt: that record was never acknowledged.
//
//   Result<std::unique_ptr<Store>> store = store::open("data");
//   if (!store) return fail("{}", store.error().message);
#pragma once

#include <memory>
#include <string>

#include "runtime/ports/limits.h"
#include "runtime/ports/store.h"

namespace trig::store {

struct RocksdbOptions {
  std::size_t block_cache_bytes = kStoreCacheBytes;
  std::size_t write_buffer_bytes = kStoreWriteBufferBytes;  // counted within the block cache
};

Result<std::unique_ptr<Store>> open(const std::string& directory, RocksdbOptions options = {});

// Reads what is committed at this moment, also while a server holds the directory; refuses commits.
// Writes nothing into the directory.
Result<std::unique_ptr<Store>> open_read_only(const std::string& directory);

}  // namespace trig::store
