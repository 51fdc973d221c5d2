// What every Store promises, run on both: in memory and on disk.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>

#include "runtime/store/memory_store.h"
#include "runtime/store/rocksdb_store.h"
#include "tests/support/temp_folder.h"

namespace trig::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Memory {
  std::unique_ptr<Store> open() { return std::make_unique<MemoryStore>(); }
};
struct Disk {
  TempFolder folder;
  std::unique_ptr<Store> open() {
    Result<std::unique_ptr<Store>> store = store::open(folder.path("data"));
    if (!store) throw std::runtime_error(store.error().message);
    return std::move(*store);
  }
};

template <typename Kind>
class StoreConformance : public ::testing::Test {
 protected:
  void put(Space space, std::string key, std::string value) {
    Commit commit;
    commit.put(space, std::move(key), std::move(value));
    ASSERT_TRUE(store_->commit(commit));
  }
  std::vector<std::string> keys(Space space, std::string_view begin, std::string_view end) {
    std::vector<std::string> found;
    EXPECT_TRUE(store_->scan(space, begin, end, [&](std::string_view key, std::string_view) {
      found.emplace_back(key);
      return true;
    }));
    return found;
  }
  std::vector<std::string> keys_back(Space space, std::string_view begin, std::string_view end) {
    std::vector<std::string> found;
    EXPECT_TRUE(store_->scan_back(space, begin, end, [&](std::string_view key, std::string_view) {
      found.emplace_back(key);
      return true;
    }));
    return found;
  }
  std::optional<std::string> get(Space space, std::string_view key) {
    Result<std::optional<std::string>> value = store_->get(space, key);
    EXPECT_TRUE(value.has_value());
    return value.value_or(std::nullopt);
  }

  Kind kind_;
  std::unique_ptr<Store> store_ = kind_.open();
};
using Kinds = ::testing::Types<Memory, Disk>;

struct KindNames {
  template <typename Kind>
  static std::string GetName(int) {
    return std::is_same_v<Kind, Memory> ? "Memory" : "Disk";
  }
};
TYPED_TEST_SUITE(StoreConformance, Kinds, KindNames);

TYPED_TEST(StoreConformance, GivesWhatWasPutAndNothingAfterARemoval) {
  EXPECT_EQ(this->get(Space::kPeople, "ana"), std::nullopt);
  this->put(Space::kPeople, "ana", "1");
  EXPECT_EQ(this->get(Space::kPeople, "ana"), "1");
  this->put(Space::kPeople, "ana", "2");
  EXPECT_EQ(this->get(Space::kPeople, "ana"), "2");
  Commit removal;
  removal.remove(Space::kPeople, "ana");
  removal.remove(Space::kPeople, "never there");
  ASSERT_TRUE(this->store_->commit(removal));
  EXPECT_EQ(this->get(Space::kPeople, "ana"), std::nullopt);
}

TYPED_TEST(StoreConformance, SpacesAreApart) {
  for (std::size_t i = 0; i < kSpaceCount; ++i)
    this->put(static_cast<Space>(i), "key", std::to_string(i));
  for (std::size_t i = 0; i < kSpaceCount; ++i) {
    EXPECT_EQ(this->get(static_cast<Space>(i), "key"), std::to_string(i));
    EXPECT_THAT(this->keys(static_cast<Space>(i), "", ""), ElementsAre("key"));
  }
}

TYPED_TEST(StoreConformance, AppliesTheWritesOfACommitInOrder) {
  Commit commit;
  commit.put(Space::kMeta, "a", "first");
  commit.put(Space::kMeta, "a", "second");
  commit.put(Space::kMeta, "b", "gone");
  commit.remove(Space::kMeta, "b");
  commit.remove(Space::kMeta, "c");
  commit.put(Space::kMeta, "c", "stays");
  ASSERT_TRUE(this->store_->commit(commit));
  EXPECT_EQ(this->get(Space::kMeta, "a"), "second");
  EXPECT_EQ(this->get(Space::kMeta, "b"), std::nullopt);
  EXPECT_EQ(this->get(Space::kMeta, "c"), "stays");
}

TYPED_TEST(StoreConformance, AnEmptyCommitIsFine) { EXPECT_TRUE(this->store_->commit({})); }

TYPED_TEST(StoreConformance, OrdersKeysByUnsignedBytes) {
  Commit commit;
  const std::string high("\xff", 1), zero("\0", 1), a_zero("a\0", 2);
  for (const std::string& key : {high, std::string("b"), a_zero, std::string("a"), zero})
    commit.put(Space::kTimers, key, "");
  ASSERT_TRUE(this->store_->commit(commit));
  EXPECT_THAT(this->keys(Space::kTimers, "", ""), ElementsAre(zero, "a", a_zero, "b", high));
  EXPECT_THAT(this->keys_back(Space::kTimers, "", ""), ElementsAre(high, "b", a_zero, "a", zero));
}

TYPED_TEST(StoreConformance, ScansFromBeginToBeforeEndBothWays) {
  for (std::string key : {"a", "b", "c", "d"}) this->put(Space::kEvents, key, "");
  EXPECT_THAT(this->keys(Space::kEvents, "b", "d"), ElementsAre("b", "c"));
  EXPECT_THAT(this->keys_back(Space::kEvents, "b", "d"), ElementsAre("c", "b"));
  EXPECT_THAT(this->keys(Space::kEvents, "bb", ""), ElementsAre("c", "d"));
  EXPECT_THAT(this->keys_back(Space::kEvents, "bb", ""), ElementsAre("d", "c"));
  EXPECT_THAT(this->keys(Space::kEvents, "e", ""), IsEmpty());
  EXPECT_THAT(this->keys_back(Space::kEvents, "e", ""), IsEmpty());
  EXPECT_THAT(this->keys(Space::kEvents, "", "a"), IsEmpty());
  EXPECT_THAT(this->keys_back(Space::kEvents, "", "a"), IsEmpty());
  EXPECT_THAT(this->keys(Space::kEvents, "c", "b"), IsEmpty());
  EXPECT_THAT(this->keys_back(Space::kEvents, "c", "b"), IsEmpty());
  EXPECT_THAT(this->keys(Space::kHistory, "", ""), IsEmpty());
}

TYPED_TEST(StoreConformance, AScanEndsWhenItsVisitorHasEnough) {
  for (std::string key : {"a", "b", "c"}) this->put(Space::kEvents, key, "");
  int seen = 0;
  auto two = [&](std::string_view, std::string_view) { return ++seen < 2; };
  ASSERT_TRUE(this->store_->scan(Space::kEvents, "", "", two));
  EXPECT_EQ(seen, 2);
  seen = 0;
  ASSERT_TRUE(this->store_->scan_back(Space::kEvents, "", "", two));
  EXPECT_EQ(seen, 2);
}

TYPED_TEST(StoreConformance, AScanSeesTheRowsOfItsBeginning) {
  for (std::string key : {"a", "b", "c"}) this->put(Space::kEvents, key, "old");
  std::vector<std::string> seen;
  ASSERT_TRUE(this->store_->scan(Space::kEvents, "", "", [&](auto key, auto value) {
    Commit commit;
    commit.put(Space::kEvents, "b", "new");
    commit.remove(Space::kEvents, "c");
    commit.put(Space::kEvents, "d", "new");
    EXPECT_TRUE(this->store_->commit(commit));
    EXPECT_EQ(this->get(Space::kEvents, "b"), "new");
    seen.push_back(std::string(key) + "=" + std::string(value));
    return true;
  }));
  EXPECT_THAT(seen, ElementsAre("a=old", "b=old", "c=old"));
  EXPECT_THAT(this->keys(Space::kEvents, "", ""), ElementsAre("a", "b", "d"));
}

TYPED_TEST(StoreConformance, AnEmptyKeyAndAnEmptyValueAreARow) {
  this->put(Space::kPeople, "", "for the empty key");
  this->put(Space::kPeople, "x", "");
  EXPECT_EQ(this->get(Space::kPeople, ""), "for the empty key");
  EXPECT_EQ(this->get(Space::kPeople, "x"), "");
  EXPECT_THAT(this->keys(Space::kPeople, "", ""), ElementsAre("", "x"));
  EXPECT_THAT(this->keys_back(Space::kPeople, "", ""), ElementsAre("x", ""));
}

TYPED_TEST(StoreConformance, GetManyAnswersEachKeyInItsPlace) {
  this->put(Space::kPeople, "a", "1");
  this->put(Space::kPeople, "c", "3");
  auto values = this->store_->get_many(Space::kPeople, {"c", "b", "a", "c"});
  ASSERT_TRUE(values);
  EXPECT_THAT(*values, ElementsAre("3", std::nullopt, "1", "3"));
  EXPECT_THAT(*this->store_->get_many(Space::kPeople, {}), IsEmpty());
}

TYPED_TEST(StoreConformance, KeepsValuesOfManyMegabytes) {
  const std::string large(8 * 1024 * 1024, 'x');
  this->put(Space::kMessages, "large", large);
  EXPECT_EQ(this->get(Space::kMessages, "large"), large);
}

// One model, random commits: whatever the order of puts and removals, both stores hold the same.
TYPED_TEST(StoreConformance, AgreesWithAMapOverRandomCommits) {
  std::mt19937 random(20260328);
  std::map<std::string, std::string> model;
  for (int round = 0; round < 60; ++round) {
    Commit commit;
    for (int i = 0; i < 20; ++i) {
      std::string key = std::to_string(random() % 97);
      if (random() % 3 == 0) {
        commit.remove(Space::kHistory, key);
        model.erase(key);
      } else {
        std::string value(random() % 300, static_cast<char>('a' + random() % 26));
        commit.put(Space::kHistory, key, value);
        model[key] = value;
      }
    }
    ASSERT_TRUE(this->store_->commit(commit));
  }
  std::map<std::string, std::string> found;
  ASSERT_TRUE(this->store_->scan(Space::kHistory, "", "", [&](auto key, auto value) {
    found.emplace(key, value);
    return true;
  }));
  EXPECT_EQ(found, model);
}

// Each commit writes its number into two rows of two spaces. A reader must never see a row of a
// later commit and then, reading on, an older one; nor a scan with half a commit.
TYPED_TEST(StoreConformance, ReadersBesideAWriterSeeWholeCommits) {
  constexpr int kCommits = 100;
  std::atomic<bool> done = false;
  std::atomic<int> torn = 0;
  std::atomic<int> scans = 0;
  std::thread reader([&] {
    while (!done || scans == 0) {
      std::vector<std::string> values;
      Status scanned = this->store_->scan(Space::kPeople, "", "", [&](auto, auto value) {
        values.emplace_back(value);
        return true;
      });
      if (!scanned || (values.size() != 0 && values.size() != 2)) ++torn;
      if (values.size() == 2 && values[0] != values[1]) ++torn;
      ++scans;
    }
  });
  for (int i = 0; i < kCommits; ++i) {
    Commit commit;
    commit.put(Space::kPeople, "a", std::to_string(i));
    commit.put(Space::kPeople, "b", std::to_string(i));
    EXPECT_TRUE(this->store_->commit(commit));
  }
  done = true;
  reader.join();
  EXPECT_EQ(torn, 0);
  EXPECT_GT(scans, 0);
}

}  // namespace
}  // namespace trig::store
