#include <gtest/gtest.h>

#include "compiler/base/limits.h"
#include "compiler/ir/type.h"
#include "compiler/ir/value.h"

namespace trig::ir {
namespace {

Money euros(std::string_view amount) {
  Currency currency;
  EXPECT_TRUE(Currency::parse("EUR", currency));
  return {Decimal::parse(amount).value(), currency};
}

TEST(Value, EveryKindSurvivesStorage) {
  std::vector<Value> values = {Missing{},
                               true,
                               std::int64_t{-7},
                               Decimal::parse("1.5").value(),
                               euros("19.9"),
                               "text\n\"quoted\"",
                               parse_date("2026-02-28").value(),
                               TimeOfDay{540},
                               parse_instant("2026-03-28T12:00:00Z").value(),
                               Duration(90'000'000),
                               Value::list({std::int64_t{1}, Missing{}}),
                               Value::record({"a", Value::list({})})};
  for (const Value& value : values) {
    ByteWriter writer;
    encode(value, writer);
    ByteReader reader(writer.bytes());
    Value back = decode_value(reader);
    EXPECT_TRUE(same(value, back)) << to_string(value) << " became " << to_string(back);
    EXPECT_TRUE(reader.ok() && reader.at_end());
  }
}

TEST(Value, CutBytesAreRefusedNotRead) {
  ByteWriter writer;
  encode(Value::record({"abcdef", Value::list({std::int64_t{1}})}), writer);
  for (std::size_t cut = 0; cut < writer.bytes().size(); ++cut) {
    ByteReader reader(std::string_view(writer.bytes()).substr(0, cut));
    decode_value(reader);
    EXPECT_FALSE(reader.ok()) << cut;
  }
}

TEST(Value, NestingIsBounded) {
  Value deep = std::int64_t{1};
  for (std::size_t i = 0; i < kMaxValueDepth + 5; ++i) deep = Value::list({deep});
  ByteWriter writer;
  encode(deep, writer);
  ByteReader reader(writer.bytes());
  decode_value(reader);
  EXPECT_FALSE(reader.ok());
}

TEST(Value, PrintsAsAUserWritesIt) {
  EXPECT_EQ(to_string(Value(euros("19.9"))), "19.90 EUR");
  EXPECT_EQ(to_string(Value(euros("0.125"))), "0.125 EUR");
  EXPECT_EQ(to_string(Value("a\"b")), "\"a\\\"b\"");
  EXPECT_EQ(to_string(Value(Duration(std::chrono::minutes(90)))), "1 hour 30 minutes");
}

TEST(Types, PrintAsAUserWritesThem) {
  TypeTable types;
  Type item = types.add_record({"cart_item", {{"sku", {Kind::kText}, {}}}, {}});
  EXPECT_EQ(types.name(types.list_of(item)), "list of cart_item");
  EXPECT_EQ(types.name(types.one_of({"a", "b"}).or_missing()), "one of (\"a\", \"b\")?");
  EXPECT_EQ(types.list_of(item), types.list_of(item));
  EXPECT_EQ(types.record("cart_item"), item);
  EXPECT_FALSE(types.record("nothing").valid());
}

}  // namespace
}  // namespace trig::ir
