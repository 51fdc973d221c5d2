// kill -9: a child commits in a loop and reports each acknowledged commit through a pipe; the
// parent kills it at a random moment, opens the store and looks for every commit that was reported.
//
// TRIG_SEED replays a run; TRIG_KILLS asks for more rounds.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <iostream>
#include <random>

#include "runtime/store/rocksdb_store.h"
#include "tests/support/temp_folder.h"

namespace trig::store {
namespace {

// Small enough that tables are written and merged within the few milliseconds of a round.
constexpr RocksdbOptions kSmall{.block_cache_bytes = 1024 * 1024, .write_buffer_bytes = 128 * 1024};
constexpr int kDefaultKills = 20;

std::string key_of(std::uint64_t number) { return fmt::format("{:012}", number); }
std::string value_of(std::uint64_t number) {
  return fmt::format("{} {}", number, std::string(number * 37 % 700, 'e'));
}

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::stoull(text);
}

// Commit n: event n comes, timer n comes, timer n - 1 goes, the counter says n.
Commit commit_of(std::uint64_t number) {
  Commit commit;
  commit.put(Space::kEvents, key_of(number), value_of(number));
  commit.put(Space::kTimers, key_of(number), "");
  commit.remove(Space::kTimers, key_of(number - 1));
  commit.put(Space::kMeta, "count", std::to_string(number));
  return commit;
}

Result<std::uint64_t> count_of(const Store& store) {
  Result<std::optional<std::string>> text = store.get(Space::kMeta, "count");
  if (!text) return tl::unexpected(text.error());
  return *text ? std::stoull(**text) : 0;
}

// The child. Returns only if something went wrong.
int commit_for_ever(const std::string& directory, int report) {
  Result<std::unique_ptr<Store>> store = open(directory, kSmall);
  if (!store) return 2;
  for (std::uint64_t number = count_of(**store).value() + 1;; ++number) {
    if (!(*store)->commit(commit_of(number))) return 3;
    if (::write(report, &number, sizeof(number)) != sizeof(number)) return 4;
  }
}

pid_t start_child(const std::string& directory, int report) {
  const std::string descriptor = std::to_string(report);
  pid_t child = ::fork();
  if (child != 0) return child;
  ::execl("/proc/self/exe", "store_kill_test", "--commit-for-ever", directory.c_str(),
          descriptor.c_str(), nullptr);
  ::_exit(1);
}

// Kills the child `delay` after its first report; gives the last number it reported.
std::uint64_t run_and_kill(const std::string& directory, std::chrono::microseconds delay) {
  int pipe[2];
  EXPECT_EQ(::pipe(pipe), 0);
  pid_t child = start_child(directory, pipe[1]);
  ::close(pipe[1]);
  std::uint64_t last = 0;
  EXPECT_EQ(::read(pipe[0], &last, sizeof(last)), static_cast<ssize_t>(sizeof(last)));
  ::usleep(static_cast<useconds_t>(delay.count()));
  ::kill(child, SIGKILL);
  std::uint64_t number = 0;
  while (::read(pipe[0], &number, sizeof(number)) == sizeof(number)) last = number;
  ::close(pipe[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the child ended by itself: " << WEXITSTATUS(status);
  return last;
}

void expect_exactly(const Store& store, std::uint64_t count) {
  std::uint64_t next = 1;
  EXPECT_TRUE(store.scan(Space::kEvents, "", "", [&](auto key, auto value) {
    EXPECT_EQ(key, key_of(next));
    EXPECT_EQ(value, value_of(next));
    ++next;
    return !::testing::Test::HasFailure();
  }));
  EXPECT_EQ(next, count + 1);
  std::vector<std::string> timers;
  EXPECT_TRUE(store.scan(Space::kTimers, "", "", [&](auto key, auto) {
    timers.emplace_back(key);
    return true;
  }));
  EXPECT_EQ(timers, std::vector<std::string>{key_of(count)});
}

TEST(StoreKill, NothingAcknowledgedIsLostAndNoCommitIsTorn) {
  const std::uint64_t seed = from_environment("TRIG_SEED", std::random_device{}());
  const std::uint64_t kills = from_environment("TRIG_KILLS", kDefaultKills);
  std::cout << "seed " << seed << ", " << kills << " kills" << std::endl;
  std::mt19937_64 random(seed);
  TempFolder folder;
  std::uint64_t acknowledged = 0;
  for (std::uint64_t kill = 0; kill < kills && !HasFailure(); ++kill) {
    SCOPED_TRACE(fmt::format("seed {} kill {}", seed, kill));
    std::chrono::microseconds delay(random() % 60'000);
    acknowledged = run_and_kill(folder.path("data"), delay);
    Result<std::unique_ptr<Store>> store = open(folder.path("data"), kSmall);
    ASSERT_TRUE(store) << store.error().message;
    Result<std::uint64_t> count = count_of(**store);
    ASSERT_TRUE(count);
    EXPECT_GE(*count, acknowledged) << "an acknowledged commit is lost";
    EXPECT_LE(*count, acknowledged + 1) << "at most one commit was under way";
    expect_exactly(**store, *count);
  }
  std::cout << acknowledged << " commits acknowledged" << std::endl;
}

}  // namespace
}  // namespace trig::store

int main(int argc, char** argv) {
  if (argc == 4 && std::string_view(argv[1]) == "--commit-for-ever")
    return trig::store::commit_for_ever(argv[2], std::stoi(argv[3]));
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
