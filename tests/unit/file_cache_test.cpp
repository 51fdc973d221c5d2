// FileCache: what it finds, what it refuses to find, what it lets go of.
#include "compiler/base/file_cache.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <vector>

#include "compiler/base/build_id.h"
#include "tests/support/temp_folder.h"

namespace trig {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPlenty = 1 << 20;

Hash128 key_of(const std::string& name) { return hash128(name); }

unsigned mode_of(const std::string& path) {
  struct stat status = {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0);
  return status.st_mode & 0777;
}

struct CacheFiles {
  explicit CacheFiles(std::size_t max_bytes = kPlenty)
      : cache(FileCache::open(folder.path("data/cache"), max_bytes)) {}

  std::vector<fs::path> files() const {
    std::vector<fs::path> all;
    for (const auto& entry : fs::directory_iterator(folder.path("data/cache")))
      all.push_back(entry.path());
    return all;
  }
  std::string only_file() const {
    EXPECT_EQ(files().size(), 1u);
    return "data/cache/" + files().at(0).filename().string();
  }

  TempFolder folder;
  std::shared_ptr<FileCache> cache;
};

TEST(FileCache, GivesBackWhatWasKeptAlsoToTheNextProcess) {
  CacheFiles files;
  EXPECT_FALSE(files.cache->find(key_of("a")));
  const std::string bytes("b\0tes", 5);
  ASSERT_TRUE(files.cache->keep(key_of("a"), bytes));
  EXPECT_EQ(files.cache->find(key_of("a")), bytes);
  EXPECT_FALSE(files.cache->find(key_of("b")));
  auto next = FileCache::open(files.folder.path("data/cache"), kPlenty);
  EXPECT_EQ(next->find(key_of("a")), bytes);
  ASSERT_TRUE(next->keep(key_of("a"), ""));
  EXPECT_EQ(files.cache->find(key_of("a")), "");
}

TEST(FileCache, IsItsOwnersAlone) {
  CacheFiles files;
  files.cache->keep(key_of("a"), "bytes");
  EXPECT_EQ(mode_of(files.folder.path("data/cache")), 0700u);
  EXPECT_EQ(mode_of(files.folder.path(files.only_file())), 0600u);
  ::chmod(files.folder.path("data/cache").c_str(), 0755);
  EXPECT_NE(FileCache::open(files.folder.path("data/cache"), kPlenty), nullptr);
  EXPECT_EQ(mode_of(files.folder.path("data/cache")), 0700u);
  // Who else may write into a file decides what is in it.
  ::chmod(files.folder.path(files.only_file()).c_str(), 0666);
  EXPECT_FALSE(files.cache->find(key_of("a")));
}

TEST(FileCache, FindsNothingInDamagedFiles) {
  CacheFiles files;
  files.cache->keep(key_of("a"), "some bytes");
  const std::string name = files.only_file();
  const std::string whole = files.folder.read(name);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string flipped = whole;
    flipped[i] = static_cast<char>(flipped[i] ^ (1 << (i % 8)));
    files.folder.write(name, flipped);
    EXPECT_FALSE(files.cache->find(key_of("a"))) << i;
    files.folder.write(name, whole.substr(0, i));
    EXPECT_FALSE(files.cache->find(key_of("a"))) << i;
  }
  files.folder.write(name, whole + "x");
  EXPECT_FALSE(files.cache->find(key_of("a")));
  ASSERT_TRUE(files.cache->keep(key_of("a"), "some bytes")) << "it is replaced";
  EXPECT_EQ(files.cache->find(key_of("a")), "some bytes");
}

TEST(FileCache, FindsNothingInFilesOfOthers) {
  CacheFiles files;
  files.cache->keep(key_of("a"), "bytes");
  const std::string of_a = files.folder.path(files.only_file());
  const std::string of_b =
      files.folder.path("data/cache/" + to_hex(key_of("b")) + fs::path(of_a).extension().string());
  fs::copy_file(of_a, of_b);
  EXPECT_FALSE(files.cache->find(key_of("b"))) << "it is of another key";
  fs::remove(of_b);
  fs::create_symlink(of_a, of_b);
  EXPECT_FALSE(files.cache->find(key_of("b")));
  fs::remove(of_b);
  fs::create_directory(of_b);
  EXPECT_FALSE(files.cache->find(key_of("b")));
  EXPECT_FALSE(files.cache->keep(key_of("b"), "bytes"));
  EXPECT_EQ(files.files().size(), 2u) << "nothing unfinished is left";
}

TEST(FileCache, IsNotHadWhereItCannotBe) {
  TempFolder folder;
  folder.write("file", "");
  EXPECT_EQ(FileCache::open(folder.path("file"), kPlenty), nullptr);
  EXPECT_EQ(FileCache::open(folder.path("file/cache"), kPlenty), nullptr);
  fs::create_directory(folder.path("elsewhere"));
  fs::create_symlink(folder.path("elsewhere"), folder.path("link"));
  EXPECT_EQ(FileCache::open(folder.path("link"), kPlenty), nullptr);
}

TEST(FileCache, BeyondTheBoundWhatWasNotUsedLongestGoes) {
  const std::string bytes(1000, 'x');
  CacheFiles files(3 * 1000 + 600);
  auto wait = [] { ::usleep(20'000); };  // times of files are counted in ticks of the kernel
  for (const char* name : {"a", "b", "c"}) {
    files.cache->keep(key_of(name), bytes);
    wait();
  }
  EXPECT_TRUE(files.cache->find(key_of("a")));
  wait();
  files.cache->keep(key_of("d"), bytes);
  EXPECT_TRUE(files.cache->find(key_of("a")));
  EXPECT_FALSE(files.cache->find(key_of("b")));
  EXPECT_TRUE(files.cache->find(key_of("c")));
  EXPECT_TRUE(files.cache->find(key_of("d")));
  EXPECT_EQ(files.files().size(), 3u);
  EXPECT_FALSE(files.cache->keep(key_of("e"), std::string(5000, 'x'))) << "more than the bound";
  EXPECT_EQ(files.files().size(), 3u);
}

// What a killed process left goes as everything goes.
TEST(FileCache, UnfinishedFilesCountToo) {
  CacheFiles files(2'000);
  files.folder.write("data/cache/left.by.somebody.new", std::string(1'500, 'x'));
  ::usleep(20'000);
  ASSERT_TRUE(files.cache->keep(key_of("a"), std::string(1'000, 'x')));
  EXPECT_TRUE(files.cache->find(key_of("a")));
  EXPECT_EQ(files.files().size(), 1u);
}

TEST(FileCache, ProcessesUseOneFolderAtOnce) {
  TempFolder folder;
  auto work = [&](char who) {
    auto cache = FileCache::open(folder.path("cache"), 20'000);
    for (int i = 0; i < 300; ++i) {
      const std::string key = std::to_string(i % 7);
      cache->keep(key_of(key), std::string(2'000, key[0]) + who);
      auto found = cache->find(key_of(key));
      // The other one may have let go of it, or said the same for itself.
      if (found && found->substr(0, 2'000) != std::string(2'000, key[0])) return 1;
    }
    return 0;
  };
  const pid_t other = ::fork();
  if (other == 0) ::_exit(work('b'));
  EXPECT_EQ(work('a'), 0);
  int status = 0;
  ASSERT_EQ(::waitpid(other, &status, 0), other);
  EXPECT_EQ(status, 0);
  std::size_t bytes = 0;
  for (const auto& entry : fs::directory_iterator(folder.path("cache"))) bytes += entry.file_size();
  EXPECT_LE(bytes, 20'000u + 2'100u) << "a file that is being written may come on top";
}

TEST(BuildId, IsThere) {
  EXPECT_GE(build_id().size(), 8u);
  EXPECT_EQ(build_id(), build_id());
}

}  // namespace
}  // namespace trig
