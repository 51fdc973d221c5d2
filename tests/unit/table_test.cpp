// Tables: found by key, whole, and small enough for a million rows.
#include "compiler/ir/table.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace trig::ir {
namespace {

Value text(std::string value) { return value; }

std::vector<std::string> first_fields(const Table& table, std::string_view key) {
  std::vector<std::string> found;
  Table::Rows rows = table.find(key);
  for (std::size_t i = rows.begin; i < rows.end; ++i) found.push_back(to_string(table.row(i)[0]));
  return found;
}

TEST(Table, FindsAllRowsOfAKeyInTheOrderTheyWereAdded) {
  TableBuilder builder(2);
  builder.add("b", {text("2"), std::int64_t{2}});
  builder.add("a", {text("1"), Missing{}});
  builder.add("b", {text("0"), std::int64_t{3}});
  Table table = builder.finish({1, 2});
  EXPECT_EQ(table.size(), 3u);
  EXPECT_EQ(first_fields(table, "b"), (std::vector<std::string>{"\"2\"", "\"0\""}));
  EXPECT_EQ(first_fields(table, "a"), (std::vector<std::string>{"\"1\""}));
  EXPECT_TRUE(table.row(table.find("a").begin)[1].missing());
  for (const char* none : {"", "aa", "c", "B"}) EXPECT_FALSE(table.find(none)) << none;
}

TEST(Table, AnEmptyOneFindsNothing) {
  Table table = TableBuilder(0).finish({});
  EXPECT_EQ(table.size(), 0u);
  EXPECT_FALSE(table.find("a"));
  EXPECT_TRUE(table.group("a", 10).empty());
}

TEST(Table, GroupsByAField) {
  TableBuilder builder(1, 0);
  for (int i = 0; i < 10; ++i) builder.add(fmt::format("k{}", i), {text(i % 2 == 0 ? "x" : "y")});
  builder.add("none", {Missing{}});
  Table table = builder.finish({});
  std::vector<std::string> keys;
  for (std::uint32_t position : table.group("x", 100)) keys.emplace_back(table.key(position));
  EXPECT_EQ(keys, (std::vector<std::string>{"k0", "k2", "k4", "k6", "k8"}));
  EXPECT_EQ(table.group("y", 3).size(), 3u) << "no more than asked for";
  EXPECT_TRUE(table.group("z", 100).empty());
}

TEST(Table, TwoRowsOfOneKeyAreFound) {
  TableBuilder builder(1);
  builder.add("a", {text("1")});
  builder.add("b", {text("1")});
  builder.add("a", {text("2")});
  EXPECT_FALSE(builder.find_twice(true)) << "no row is there twice";
  auto twice = builder.find_twice(false);
  ASSERT_TRUE(twice);
  EXPECT_EQ(twice->first, 0u);
  EXPECT_EQ(twice->second, 2u);
  builder.add("b", {text("1")});
  twice = builder.find_twice(true);
  ASSERT_TRUE(twice);
  EXPECT_EQ(twice->first, 1u);
  EXPECT_EQ(twice->second, 3u);
}

TEST(Table, ASetKeepsEachKeyOnce) {
  TableBuilder builder(0);
  for (const char* key : {"b", "a", "b", "b"}) builder.add(key, {});
  builder.drop_repeated();
  Table table = builder.finish({});
  EXPECT_EQ(table.size(), 2u);
  EXPECT_TRUE(table.find("b"));
}

TEST(Table, KeysOfAddressesAreInLowerCase) {
  EXPECT_EQ(table_key_from_text("Ana@Example.COM", Kind::kEmail), "ana@example.com");
  EXPECT_EQ(table_key_from_text("Ana", Kind::kText), "Ana");
  EXPECT_EQ(table_key(std::int64_t{42}, Kind::kInteger), "42");
  EXPECT_EQ(table_key(Value(Missing{}), Kind::kText), "");
}

TEST(Table, AMillionAddressesAreFoundOneByOne) {
  constexpr int kRows = 1'000'000;
  TableBuilder builder(0);
  for (int i = 0; i < kRows; ++i) builder.add(fmt::format("u{}@example.com", i), {});
  builder.drop_repeated();
  Table table = builder.finish({});
  ASSERT_EQ(table.size(), static_cast<std::size_t>(kRows));
  for (int i = 0; i < kRows; i += 997)
    EXPECT_TRUE(table.find(fmt::format("u{}@example.com", i))) << i;
  EXPECT_FALSE(table.find("u1000000@example.com"));
}

}  // namespace
}  // namespace trig::ir
