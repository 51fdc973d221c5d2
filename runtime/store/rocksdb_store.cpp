#include "runtime/store/rocksdb_store.h"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/table_properties_collectors.h>
#include <rocksdb/write_buffer_manager.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <numeric>

#include "compiler/base/check.h"
#include "runtime/store/data_directory.h"

namespace trig::store {
namespace {

// How often a reader looks again while a server changes its logs.
constexpr int kMaxReadOnlyTries = 50;

// The first thing that went wrong; set once, by whoever meets it first.
class Breakage {
 public:
  void set(const std::string& message) {
    std::lock_guard lock(mutex_);
    if (message_.empty()) message_ = message;
  }
  std::string message() const {
    std::lock_guard lock(mutex_);
    return message_;
  }

 private:
  mutable std::mutex mutex_;
  std::string message_;
};

class BackgroundErrors : public rocksdb::EventListener {
 public:
  explicit BackgroundErrors(std::shared_ptr<Breakage> breakage) : breakage_(std::move(breakage)) {}

  void OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status* error) override {
    breakage_->set("background work failed: " + error->ToString());
  }
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason, rocksdb::Status,
                            bool* auto_recovery) override {
    *auto_recovery = false;
  }

 private:
  std::shared_ptr<Breakage> breakage_;
};

// RocksDB's own log would be one more file to fail on a full disk, where Debian's build aborts on a
// failed assertion (WritableFileWriter). What goes wrong is in the Failure anyway.
class NoLog : public rocksdb::Logger {
 public:
  NoLog() : rocksdb::Logger(rocksdb::InfoLogLevel::FATAL_LEVEL) {}
  void Logv(const char*, va_list) override {}
};

// Where a write of a commit belongs: most keys differ within their first two words.
struct Place {
  Space space = Space::kMeta;
  std::uint32_t number = 0;
  std::uint64_t first = 0;  // as numbers, in the order of the bytes; zeros where the key has ended
  std::uint64_t second = 0;
};

std::uint64_t word_of(std::string_view key, std::size_t begin) {
  std::uint64_t word = 0;
  if (begin < key.size())
    std::memcpy(&word, key.data() + begin, std::min(sizeof word, key.size() - begin));
  static_assert(std::endian::native == std::endian::little);
  return __builtin_bswap64(word);
}

// The writes of a commit by space and key, of each key only the last.
std::vector<Place> in_key_order(const Commit& commit) {
  std::vector<Place> order;
  order.reserve(commit.size());
  for (std::uint32_t number = 0; number < commit.size(); ++number) {
    const Write write = commit[number];
    order.push_back({write.space, number, word_of(write.key, 0), word_of(write.key, 8)});
  }
  auto key = [&](const Place& place) { return commit[place.number].key; };
  std::sort(order.begin(), order.end(), [&](const Place& a, const Place& b) {
    if (a.space != b.space) return a.space < b.space;
    if (a.first != b.first) return a.first < b.first;
    if (a.second != b.second) return a.second < b.second;
    const int order = key(a).compare(key(b));
    return order != 0 ? order < 0 : a.number < b.number;
  });
  auto same = [&](const Place& a, const Place& b) {
    return a.space == b.space && a.first == b.first && a.second == b.second && key(a) == key(b);
  };
  order.erase(order.begin(), std::unique(order.rbegin(), order.rend(), same).base());
  return order;
}

rocksdb::Slice slice(std::string_view text) { return {text.data(), text.size()}; }
std::string_view view(const rocksdb::Slice& text) { return {text.data(), text.size()}; }

class RocksdbStore : public Store {
 public:
  RocksdbStore(std::string directory, bool read_only, std::shared_ptr<Breakage> breakage)
      : directory_(std::move(directory)), read_only_(read_only), breakage_(std::move(breakage)) {}

  ~RocksdbStore() override {
    for (rocksdb::ColumnFamilyHandle* family : families_)
      if (family != nullptr) db_->DestroyColumnFamilyHandle(family);
  }

  // `handles` as RocksDB gives them: "default", then the spaces in order.
  void adopt(rocksdb::DB* db, const std::vector<rocksdb::ColumnFamilyHandle*>& handles) {
    db_.reset(db);
    TRIG_CHECK(handles.size() == kSpaceCount + 1, "one column family a space, and the default one");
    db_->DestroyColumnFamilyHandle(handles[0]);
    std::copy(handles.begin() + 1, handles.end(), families_.begin());
  }

  Result<std::optional<std::string>> get(Space space, std::string_view key) const override {
    std::string value;
    rocksdb::Status status = db_->Get({}, family(space), slice(key), &value);
    if (status.IsNotFound()) return std::nullopt;
    if (!status.ok()) return read_failed(status);
    return value;
  }

  Result<std::vector<std::optional<std::string>>> get_many(
      Space space, const std::vector<std::string>& keys) const override {
    // In key order, by comparing texts: RocksDB's own sorting takes longer than finding the rows.
    std::vector<std::uint32_t> order(keys.size());
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(),
              [&](std::uint32_t a, std::uint32_t b) { return keys[a] < keys[b]; });
    std::vector<rocksdb::Slice> slices;
    slices.reserve(keys.size());
    for (std::uint32_t number : order) slices.push_back(slice(keys[number]));
    std::vector<rocksdb::PinnableSlice> found(keys.size());
    std::vector<rocksdb::Status> statuses(keys.size());
    db_->MultiGet({}, family(space), keys.size(), slices.data(), found.data(), statuses.data(),
                  true);
    std::vector<std::optional<std::string>> values(keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (statuses[i].ok())
        values[order[i]] = found[i].ToString();
      else if (!statuses[i].IsNotFound())
        return read_failed(statuses[i]);
    }
    return values;
  }

  Status scan(Space space, std::string_view begin, std::string_view end,
              const RowVisitor& row) const override {
    rocksdb::ReadOptions options;
    rocksdb::Slice upper = slice(end);
    if (!end.empty()) options.iterate_upper_bound = &upper;
    std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(options, family(space)));
    for (it->Seek(slice(begin)); it->Valid(); it->Next())
      if (!row(view(it->key()), view(it->value()))) break;
    return finish(*it);
  }

  Status scan_back(Space space, std::string_view begin, std::string_view end,
                   const RowVisitor& row) const override {
    rocksdb::ReadOptions options;
    rocksdb::Slice lower = slice(begin);
    rocksdb::Slice upper = slice(end);
    options.iterate_lower_bound = &lower;
    if (!end.empty()) options.iterate_upper_bound = &upper;
    std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(options, family(space)));
    for (it->SeekToLast(); it->Valid(); it->Prev())
      if (!row(view(it->key()), view(it->value()))) break;
    return finish(*it);
  }

  Status commit(const Commit& commit) override {
    if (read_only_) return fail("data directory {} is opened for reading only", directory_);
    if (std::string broken = breakage_->message(); !broken.empty()) return stopped(broken);
    // Kept for its memory. Of each thread: the engine commits from one, a measurement from several.
    thread_local rocksdb::WriteBatch batch;
    batch.Clear();
    for (const Place& place : in_key_order(commit)) {
      const Write write = commit[place.number];
      rocksdb::Status added =
          write.value ? batch.Put(family(write.space), slice(write.key), slice(*write.value))
                      : batch.Delete(family(write.space), slice(write.key));
      if (!added.ok()) return commit_failed(added);
    }
    rocksdb::WriteOptions options;
    options.sync = true;
    options.memtable_insert_hint_per_batch = true;  // rows come in key order
    rocksdb::Status written = db_->Write(options, &batch);
    if (!written.ok()) return commit_failed(written);
    // An error of background work that came in between leaves this commit durable: it was synced.
    return {};
  }

 private:
  rocksdb::ColumnFamilyHandle* family(Space space) const {
    return families_[static_cast<std::size_t>(space)];
  }
  Status finish(const rocksdb::Iterator& it) const {
    if (!it.status().ok()) return read_failed(it.status());
    return {};
  }
  tl::unexpected<Failure> read_failed(const rocksdb::Status& status) const {
    breakage_->set("a read failed: " + status.ToString());
    return fail("cannot read data directory {}: {}", directory_, status.ToString());
  }
  tl::unexpected<Failure> commit_failed(const rocksdb::Status& status) {
    breakage_->set("a commit failed: " + status.ToString());
    return stopped(breakage_->message());
  }
  tl::unexpected<Failure> stopped(const std::string& reason) const {
    return fail("the store in {} has stopped ({}): close it and open it again", directory_, reason);
  }

  std::string directory_;
  bool read_only_;
  std::shared_ptr<Breakage> breakage_;  // shared with RocksDB's listener
  std::unique_ptr<rocksdb::DB> db_;
  std::array<rocksdb::ColumnFamilyHandle*, kSpaceCount> families_{};
};

rocksdb::Options make_options(const RocksdbOptions& limits) {
  rocksdb::Options options;
  options.create_if_missing = true;
  options.create_missing_column_families = true;

  // Only the last record of a log may be incomplete. The default would silently drop all that
  // follows a damaged record.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  options.track_and_verify_wals_in_manifest = true;
  options.paranoid_checks = true;
  options.max_bgerror_resume_count = 0;

  auto cache = rocksdb::NewLRUCache(limits.block_cache_bytes);
  options.write_buffer_manager =
      std::make_shared<rocksdb::WriteBufferManager>(limits.write_buffer_bytes, cache);
  options.write_buffer_size = limits.write_buffer_bytes / 3;
  options.max_write_buffer_number = 2;
  // Most look-ups are for what is not there: a duplicate, an id not seen before.
  options.memtable_whole_key_filtering = true;
  options.memtable_prefix_bloom_size_ratio = 0.05;
  options.max_total_wal_size = kMaxStoreLogBytes;
  options.max_open_files = kMaxStoreOpenFiles;
  options.max_background_jobs = 2;
  options.bytes_per_sync = 1024 * 1024;
  options.info_log = std::make_shared<NoLog>();
  options.compression = rocksdb::kLZ4Compression;
  // Timers and messages are queues: a file that is mostly removals is compacted, or finding the
  // first row would walk over all that came before it.
  options.table_properties_collector_factories.push_back(
      rocksdb::NewCompactOnDeletionCollectorFactory(1024, 512));

  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.cache_index_and_filter_blocks = true;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  // In small pieces. A file's filter or index in one piece is megabytes where there are millions of
  // people: too large for its share of the cache, and read again from the file at each look-up.
  table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  table.partition_filters = true;
  table.metadata_block_size = 4096;
  table.format_version = 5;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

std::vector<rocksdb::ColumnFamilyDescriptor> families_of(const rocksdb::Options& options) {
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  families.emplace_back(rocksdb::kDefaultColumnFamilyName, options);
  for (std::size_t i = 0; i < kSpaceCount; ++i)
    families.emplace_back(std::string(name_of(static_cast<Space>(i))), options);
  return families;
}

std::vector<std::string> log_files(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;  // a folder that cannot be listed is opening's to report
  for (const auto& entry : std::filesystem::directory_iterator(folder, error))
    if (entry.path().extension() == ".log") names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

tl::unexpected<Failure> open_failed(const std::string& directory, const rocksdb::Status& status) {
  const std::string text = status.ToString();
  if (text.find("current process") != std::string::npos)
    return fail("data directory {} is in use by this process", directory);
  if (status.IsIOError() && text.find("lock") != std::string::npos) {
    std::string holder = lock_holder(rows_path(directory) + "/LOCK");
    return fail("data directory {} is in use by {}", directory,
                holder.empty() ? "another process" : holder);
  }
  if (status.IsCorruption()) {
    return fail("data directory {} is corrupt and is not opened: {}; restore it from a backup",
                directory, text);
  }
  return fail("cannot open data directory {}: {}", directory, text);
}

}  // namespace

Result<std::unique_ptr<Store>> open(const std::string& directory, RocksdbOptions limits) {
  if (Status ours = claim_directory(directory); !ours) return tl::unexpected(ours.error());
  auto breakage = std::make_shared<Breakage>();
  rocksdb::Options options = make_options(limits);
  options.listeners.push_back(std::make_shared<BackgroundErrors>(breakage));
  rocksdb::DB* db = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::Status opened =
      rocksdb::DB::Open(options, rows_path(directory), families_of(options), &handles, &db);
  if (!opened.ok()) return open_failed(directory, opened);
  auto store = std::make_unique<RocksdbStore>(directory, false, breakage);
  store->adopt(db, handles);
  return store;
}

Result<std::unique_ptr<Store>> open_read_only(const std::string& directory) {
  if (Status ours = verify_directory(directory); !ours) return tl::unexpected(ours.error());
  rocksdb::Options options = make_options({});
  options.create_if_missing = false;
  options.create_missing_column_families = false;
  options.track_and_verify_wals_in_manifest = false;  // does not work for a reader beside a server
  options.max_open_files = -1;  // or a file the server drops would be gone for the reader too
  rocksdb::Status opened;
  for (int i = 0; i < kMaxReadOnlyTries; ++i) {
    // RocksDB reads the list of tables, then the logs. Rows whose log became a table in between
    // would be in neither; then the logs are others than before, and it is done again.
    const std::vector<std::string> logs = log_files(rows_path(directory));
    rocksdb::DB* db = nullptr;
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    // The second path is for a log of its own, which it does not write.
    opened = rocksdb::DB::OpenAsSecondary(options, rows_path(directory), rows_path(directory),
                                          families_of(options), &handles, &db);
    if (!opened.ok()) continue;
    auto store = std::make_unique<RocksdbStore>(directory, true, std::make_shared<Breakage>());
    store->adopt(db, handles);
    if (log_files(rows_path(directory)) == logs) return store;
  }
  if (opened.ok())
    return fail("data directory {} changes too fast to be read now: try again", directory);
  return open_failed(directory, opened);
}

}  // namespace trig::store
