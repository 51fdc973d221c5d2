// PackedRows beside std::map, over random changes of rows of all sizes.
#include "runtime/store/packed_rows.h"

#include <gtest/gtest.h>

#include <random>

namespace trig::store {
namespace {

using Model = std::map<std::string, std::string, std::less<>>;

Model all(const PackedRows& rows) {
  Model found;
  for (auto at = rows.lower_bound(""); !at.at_end(); at.next()) found.emplace(at.key(), at.value());
  return found;
}

class PackedRowsTest : public ::testing::TestWithParam<unsigned> {
 protected:
  std::string random_key() {
    std::string key = std::to_string(dice_() % 3'000);
    return dice_() % 8 == 0 ? key + std::string(dice_() % 300, 'k') : key;
  }
  std::string random_value() {
    std::size_t size = dice_() % 60;
    if (dice_() % 50 == 0) size = dice_() % 100'000;
    return std::string(size, static_cast<char>('a' + dice_() % 26));
  }
  void change(PackedRows& rows, Model& model) {
    std::string key = random_key();
    if (dice_() % 3 == 0) {
      rows.erase(key);
      model.erase(key);
    } else {
      std::string value = random_value();
      rows.put(key, value);
      model.insert_or_assign(std::move(key), std::move(value));
    }
  }
  void expect_same(const PackedRows& rows, const Model& model) {
    ASSERT_EQ(all(rows), model);
    for (int i = 0; i < 100; ++i) {
      std::string key = random_key();
      auto known = model.find(key);
      auto found = rows.find(key);
      ASSERT_EQ(found.has_value(), known != model.end()) << key;
      if (found) {
        ASSERT_EQ(*found, known->second) << key;
      }
      auto after = model.lower_bound(key);
      auto at = rows.lower_bound(key);
      ASSERT_EQ(at.at_end(), after == model.end()) << key;
      if (!at.at_end()) {
        ASSERT_EQ(at.key(), after->first);
      }
      bool has_before = after != model.begin();
      ASSERT_EQ(at.previous(), has_before) << key;
      if (has_before) {
        ASSERT_EQ(at.key(), std::prev(after)->first);
      }
    }
  }
  std::mt19937 dice_{GetParam()};
};

TEST_P(PackedRowsTest, AreAnOrderedMap) {
  PackedRows rows;
  Model model;
  for (int round = 0; round < 20; ++round) {
    for (int i = 0; i < 500; ++i) change(rows, model);
    expect_same(rows, model);
  }
  while (!model.empty()) {  // from the front, as timers go
    rows.erase(model.begin()->first);
    model.erase(model.begin());
    if (model.size() % 500 == 0) expect_same(rows, model);
  }
  rows.put("after", "all");
  EXPECT_EQ(rows.find("after"), "all");
}

TEST_P(PackedRowsTest, ACopyStaysAsItIs) {
  PackedRows rows;
  Model model;
  for (int i = 0; i < 2'000; ++i) change(rows, model);
  const PackedRows copy = rows;
  const Model before = model;
  for (int i = 0; i < 2'000; ++i) change(rows, model);
  expect_same(copy, before);
  expect_same(rows, model);
}

INSTANTIATE_TEST_SUITE_P(Seeds, PackedRowsTest, ::testing::Range(1u, 5u));

}  // namespace
}  // namespace trig::store
