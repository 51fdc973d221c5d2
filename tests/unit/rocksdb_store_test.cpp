// What the disk adds: reopening, the lock, the format, damage, and errors that stop the store.
#include "runtime/store/rocksdb_store.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <map>

#include "runtime/store/data_directory.h"
#include "tests/support/temp_folder.h"

namespace trig::store {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

std::string row_key(int i) { return fmt::format("row {:06}", i); }
std::string row_value(int i) { return fmt::format("value {} {}", i, std::string(i % 200, 'v')); }

Status put_row(Store& store, int i) {
  Commit commit;
  commit.put(Space::kEvents, row_key(i), row_value(i));
  return store.commit(commit);
}

// Many rows a commit, where the test is about the rows: a sync takes milliseconds.
Status put_rows(Store& store, int begin, int end) {
  Commit commit;
  for (int i = begin; i < end; ++i) commit.put(Space::kEvents, row_key(i), row_value(i));
  return store.commit(commit);
}

std::unique_ptr<Store> must_open(const std::string& directory, RocksdbOptions options = {}) {
  Result<std::unique_ptr<Store>> store = open(directory, options);
  if (!store) throw std::runtime_error(store.error().message);
  return std::move(*store);
}

std::string refusal(const std::string& directory) {
  Result<std::unique_ptr<Store>> store = open(directory);
  return store ? "" : store.error().message;
}

// How many of the first `count` rows are there as written; a wrong one fails the test, a read that
// is refused gives -1.
int intact_rows(const Store& store, int count) {
  int intact = 0;
  for (int i = 0; i < count; ++i) {
    Result<std::optional<std::string>> value = store.get(Space::kEvents, row_key(i));
    if (!value) return -1;
    if (!*value) continue;
    EXPECT_EQ(**value, row_value(i));
    ++intact;
  }
  return intact;
}

std::vector<fs::path> files_of(const std::string& directory, const std::string& extension) {
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(rows_path(directory)))
    if (entry.path().extension() == extension && fs::file_size(entry.path()) > 0)
      files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

void flip_byte(const fs::path& path, std::uintmax_t offset) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(static_cast<std::streamoff>(offset));
  char byte = static_cast<char>(file.get() ^ 0x5a);
  file.seekp(static_cast<std::streamoff>(offset));
  file.put(byte);
  ASSERT_TRUE(file.good()) << path;
}

// Small buffers, so that rows reach tables after a few commits.
constexpr RocksdbOptions kSmall{.block_cache_bytes = 1024 * 1024, .write_buffer_bytes = 256 * 1024};

TEST(RocksdbStore, KeepsEverythingOverAReopen) {
  TempFolder folder;
  for (int round = 0; round < 3; ++round) {
    std::unique_ptr<Store> store = must_open(folder.path("data"));
    EXPECT_EQ(intact_rows(*store, round * 50), round * 50);
    ASSERT_TRUE(put_rows(*store, round * 50, round * 50 + 50));
  }
  EXPECT_EQ(folder.read("data/FORMAT"), "trig data directory\nformat 1\n");
}

TEST(RocksdbStore, RefusesADirectoryThisProcessHolds) {
  TempFolder folder;
  std::unique_ptr<Store> store = must_open(folder.path("data"));
  EXPECT_THAT(refusal(folder.path("data")), HasSubstr("is in use by this process"));
  EXPECT_TRUE(put_row(*store, 0)) << "the first holder is not disturbed";
}

TEST(RocksdbStore, NamesTheProcessThatHoldsTheDirectory) {
  TempFolder folder;
  { must_open(folder.path("data")); }  // so that there is a LOCK to hold
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  pid_t holder = ::fork();
  ASSERT_GE(holder, 0);
  if (holder == 0) {
    struct flock lock = {};
    lock.l_type = F_WRLCK;
    int file = ::open((rows_path(folder.path("data")) + "/LOCK").c_str(), O_RDWR);
    if (::fcntl(file, F_SETLK, &lock) != 0) ::_exit(1);
    if (::write(ready[1], "x", 1) != 1) ::_exit(1);
    ::pause();
    ::_exit(0);
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  EXPECT_THAT(refusal(folder.path("data")),
              HasSubstr(fmt::format("is in use by process {}", holder)));
  ::kill(holder, SIGKILL);
  ::waitpid(holder, nullptr, 0);
  EXPECT_EQ(refusal(folder.path("data")), "") << "the lock goes with its process";
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST(RocksdbStore, RefusesAFolderThatHoldsSomethingElse) {
  TempFolder folder;
  folder.write("data/holiday.jpg", "not ours");
  EXPECT_THAT(refusal(folder.path("data")), HasSubstr("no data directory of trig"));
  EXPECT_EQ(folder.read("data/holiday.jpg"), "not ours");
  EXPECT_FALSE(fs::exists(folder.path("data/FORMAT")));
}

TEST(RocksdbStore, GoesOnAfterAnInterruptedCreation) {
  TempFolder folder;
  folder.write("data/FORMAT.new", "trig data dir");  // killed within the first write
  EXPECT_TRUE(put_row(*must_open(folder.path("data")), 0));
}

TEST(RocksdbStore, RefusesANewerFormatAndSaysWhatToDo) {
  TempFolder folder;
  { must_open(folder.path("data")); }
  folder.write("data/FORMAT", fmt::format("trig data directory\nformat {}\n", kDataFormat + 1));
  EXPECT_THAT(refusal(folder.path("data")), HasSubstr("newer release; run that release"));
  Result<std::unique_ptr<Store>> reader = open_read_only(folder.path("data"));
  ASSERT_FALSE(reader);
  EXPECT_THAT(reader.error().message, HasSubstr("newer release"));
}

TEST(RocksdbStore, RefusesAFormatItCannotRead) {
  TempFolder folder;
  for (std::string text : {"", "trig data directory\n", "trig data directory\nformat x\n",
                           "trig data directory\nformat 1", "trig data directory\nformat 0\n"}) {
    folder.write("data/FORMAT", text);
    EXPECT_NE(refusal(folder.path("data")), "") << text;
  }
}

TEST(RocksdbStore, AFlippedByteInATableIsNeverServed) {
  constexpr int kRows = 3000;
  TempFolder folder;
  {
    std::unique_ptr<Store> store = must_open(folder.path("data"), kSmall);
    for (int i = 0; i < kRows; i += 100) ASSERT_TRUE(put_rows(*store, i, i + 100));
  }
  { must_open(folder.path("data"), kSmall); }  // opening writes what the log holds into tables
  std::vector<fs::path> tables = files_of(folder.path("data"), ".sst");
  ASSERT_FALSE(tables.empty());
  for (int place = 1; place <= 9; ++place) {
    SCOPED_TRACE(place);
    // In the first half there are rows; near the end is what RocksDB notes about them and need not
    // read. How many tables there are, and how large, is a matter of timing.
    std::uintmax_t offset = fs::file_size(tables.front()) * place / 20;
    flip_byte(tables.front(), offset);
    Result<std::unique_ptr<Store>> store = open(folder.path("data"), kSmall);
    if (store) {
      EXPECT_EQ(intact_rows(**store, kRows), -1);
      Status commit = put_row(**store, kRows);
      ASSERT_FALSE(commit) << "a corrupt store goes on";
      EXPECT_THAT(commit.error().message, HasSubstr("has stopped"));
    } else {
      EXPECT_THAT(store.error().message, HasSubstr("corrupt"));
    }
    flip_byte(tables.front(), offset);  // and back
  }
  EXPECT_EQ(intact_rows(*must_open(folder.path("data"), kSmall), kRows), kRows);
}

TEST(RocksdbStore, AFlippedByteInTheLogIsRefused) {
  constexpr int kRows = 200;
  TempFolder folder;
  {
    std::unique_ptr<Store> store = must_open(folder.path("data"));
    for (int i = 0; i < kRows; i += 10) ASSERT_TRUE(put_rows(*store, i, i + 10));
  }
  std::vector<fs::path> logs = files_of(folder.path("data"), ".log");
  ASSERT_EQ(logs.size(), 1u);
  for (int place : {1, 5, 9}) {
    SCOPED_TRACE(place);
    std::uintmax_t offset = fs::file_size(logs.front()) * place / 10;
    flip_byte(logs.front(), offset);
    EXPECT_THAT(refusal(folder.path("data")), HasSubstr("corrupt"));
    flip_byte(logs.front(), offset);
  }
  EXPECT_EQ(intact_rows(*must_open(folder.path("data")), kRows), kRows);
}

// A power cut may leave part of the record that was being written: it was never acknowledged.
TEST(RocksdbStore, OpensALogThatEndsWithinARecord) {
  constexpr int kRows = 20;
  TempFolder folder;
  {
    std::unique_ptr<Store> store = must_open(folder.path("data"));
    for (int i = 0; i < kRows; ++i) ASSERT_TRUE(put_row(*store, i));
  }
  std::vector<fs::path> logs = files_of(folder.path("data"), ".log");
  ASSERT_EQ(logs.size(), 1u);
  fs::resize_file(logs.front(), fs::file_size(logs.front()) - 3);
  EXPECT_EQ(intact_rows(*must_open(folder.path("data")), kRows), kRows - 1);
}

// The disk is full, as far as this process can write: every commit from then on is refused, also
// after there is room again, and a reopened store has all that was acknowledged.
TEST(RocksdbStore, AFailedCommitStopsTheStore) {
  TempFolder folder;
  std::unique_ptr<Store> store = must_open(folder.path("data"));
  int acknowledged = 0;
  while (acknowledged < 10 && put_row(*store, acknowledged)) ++acknowledged;
  ASSERT_EQ(acknowledged, 10);

  rlimit unlimited = {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &unlimited), 0);
  rlimit small = unlimited;
  small.rlim_cur = 16 * 1024;
  auto previous = ::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  Status status;
  while (acknowledged < 1000 && (status = put_row(*store, acknowledged))) ++acknowledged;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &unlimited), 0);
  ::signal(SIGXFSZ, previous);

  ASSERT_FALSE(status) << "no commit met the limit";
  const std::string first = status.error().message;
  EXPECT_THAT(first, HasSubstr("has stopped"));
  status = put_row(*store, acknowledged);
  ASSERT_FALSE(status) << "the store went on by itself";
  EXPECT_EQ(status.error().message, first);
  store.reset();
  EXPECT_EQ(intact_rows(*must_open(folder.path("data")), acknowledged), acknowledged);
}

// Tables cannot be written where the folder is gone; the log, an open file, still can.
TEST(RocksdbStore, AnErrorOfBackgroundWorkStopsTheStore) {
  TempFolder folder;
  std::unique_ptr<Store> store = must_open(folder.path("data"), kSmall);
  const std::string rows = rows_path(folder.path("data"));
  fs::rename(rows, rows + ".away");
  int acknowledged = 0;
  Status status;
  while (acknowledged < 20000 && (status = put_rows(*store, acknowledged, acknowledged + 100)))
    acknowledged += 100;
  fs::rename(rows + ".away", rows);
  ASSERT_FALSE(status) << "no background work failed";
  status = put_row(*store, acknowledged);
  ASSERT_FALSE(status) << "the store went on by itself";
  EXPECT_THAT(status.error().message, HasSubstr("has stopped"));
  store.reset();
  EXPECT_EQ(intact_rows(*must_open(folder.path("data"), kSmall), acknowledged), acknowledged);
}

TEST(RocksdbStore, AReaderBesideAServerSeesWhatIsCommitted) {
  TempFolder folder;
  std::unique_ptr<Store> server = must_open(folder.path("data"), kSmall);
  int rows = 0;
  for (int round = 0; round < 15; ++round) {  // tables come and go
    for (int i = 0; i < 7; ++i, rows += 100) ASSERT_TRUE(put_rows(*server, rows, rows + 100));
    Result<std::unique_ptr<Store>> reader = open_read_only(folder.path("data"));
    ASSERT_TRUE(reader) << reader.error().message;
    EXPECT_EQ(intact_rows(**reader, rows), rows);
    Status refused = put_row(**reader, rows);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("for reading only"));
    ASSERT_TRUE(put_row(*server, rows));
    EXPECT_EQ(intact_rows(**reader, rows + 1), rows) << "a reader stays at its moment";
  }
}

TEST(RocksdbStore, AReaderWritesNothing) {
  TempFolder folder;
  ASSERT_TRUE(put_rows(*must_open(folder.path("data")), 0, 100));
  auto listing = [&] {
    std::map<std::string, fs::file_time_type> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder.path()))
      files[entry.path()] = entry.last_write_time();
    return files;
  };
  const std::map<std::string, fs::file_time_type> before = listing();
  {
    Result<std::unique_ptr<Store>> reader = open_read_only(folder.path("data"));
    ASSERT_TRUE(reader) << reader.error().message;
    EXPECT_EQ(intact_rows(**reader, 100), 100);
  }
  EXPECT_EQ(listing(), before);
}

TEST(RocksdbStore, AReaderNeedsADataDirectory) {
  TempFolder folder;
  EXPECT_FALSE(open_read_only(folder.path("nothing")));
  EXPECT_FALSE(fs::exists(folder.path("nothing")));
  EXPECT_FALSE(open_read_only(folder.path()));
}

}  // namespace
}  // namespace trig::store
