// The quick way to read payloads gives what the defining way gives, or turns them down.
#include "compiler/exec/payload_reader.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <bit>
#include <cstdlib>
#include <random>

#include "compiler/diagnostics/render.h"
#include "compiler/exec/decoded.h"
#include "compiler/exec/payload.h"
#include "compiler/exec/record_plan.h"
#include "compiler/project/project.h"

namespace trig::exec {
namespace {

constexpr const char* kVocabulary = R"(
use std.ecommerce
record line { sku: text  quantity: integer = 1  unit_price: number?  paid: money?  gift: boolean? }
event everything from "Everything Happened" {
  id: text
  total: money? from "total" or "revenue" in "currency_code"
  price: money?
  item_count: integer?
  ratio: number?
  share: percent?
  yes: boolean?
  day: date?
  hour: time?
  moment: datetime?
  span: duration?
  mail: email?
  link: url?
  land: country?
  tongue: language?
  zone: timezone?
  size: one of ("s", "m")?
  word: text = "none" from "word" or "long_word" or "very_very_long_name_of_a_word"
  best: line?
  lines: list of line = []
  tag_names: list of text = []
  sizes: list of one of ("s", "m") = []
  table: list of list of integer = []
}
event added { items: list of line from "." }
person { email: email key }
)";

class RandomJson {
 public:
  explicit RandomJson(std::uint64_t seed) : dice_(seed) {}

  int below(int bound) { return static_cast<int>(dice_() % static_cast<unsigned>(bound)); }
  template <typename T>
  const T& one_of(const std::vector<T>& choices) {
    return choices[static_cast<std::size_t>(below(static_cast<int>(choices.size())))];
  }

  std::string record(const ir::Program& program, ir::Type type, int depth) {
    const ir::RecordType& record = program.types.record_at(type);
    const ir::RecordSource& source = program.sources[type.detail];
    std::vector<std::string> members;
    for (std::size_t i = 0; i < record.fields.size(); ++i) {
      if (below(4) == 0 && record.fields[i].name != "id" && record.fields[i].name != "sku")
        continue;
      for (int times = below(12) == 0 ? 2 : 1; times > 0; --times)
        members.push_back(member(spelling(one_of(source.fields[i].names)),
                                 value(program, record.fields[i].type, depth)));
      if (record.fields[i].type.kind == ir::Kind::kMoney && below(8) > 0)
        members.push_back(member(spelling(currency_name(source.fields[i])), currency()));
    }
    while (below(3) == 0) members.push_back(member(unknown_name(), anything(depth)));
    std::shuffle(members.begin(), members.end(), dice_);
    std::string text = "{" + space();
    for (std::size_t i = 0; i < members.size(); ++i) text += (i > 0 ? "," : "") + members[i];
    return text + "}" + space();
  }

  // A few bytes of it are others.
  void damage(std::string& text) {
    for (int times = 1 + below(2); times > 0 && !text.empty(); --times) {
      auto at = static_cast<std::size_t>(below(static_cast<int>(text.size())));
      static constexpr std::string_view kBytes = "{}[]:,\"\\ue0.-+ntf \n\x01\xff\xc3 9";
      const char byte = kBytes[static_cast<std::size_t>(below(static_cast<int>(kBytes.size())))];
      switch (below(3)) {
        case 0: text[at] = byte; break;
        case 1: text.insert(at, 1, byte); break;
        default: text.erase(at, 1); break;
      }
    }
  }

 private:
  std::string spelling(const std::string& name) {
    if (name == ".") return "items";
    const std::vector<std::string> spellings = spellings_of(name);
    return below(3) == 0 ? one_of(spellings) : spellings.front();
  }
  std::string unknown_name() {
    static const std::vector<std::string> kNames = {"",
                                                    "x",
                                                    "pages",
                                                    "i",
                                                    "ids",
                                                    "currencyCode ",
                                                    "very_very_long_name_of_a_wOrd",
                                                    "é",
                                                    "very_very_long_name_of_a_words"};
    return one_of(kNames);
  }
  std::string member(const std::string& name, const std::string& value) {
    return space() + "\"" + name + "\"" + space() + ":" + space() + value + space();
  }
  std::string space() {
    static const std::vector<std::string> kSpaces = {" ", "\n", "\t\r\n", "  "};
    return below(10) == 0 ? one_of(kSpaces) : "";
  }
  std::string currency() {
    static const std::vector<std::string> kCurrencies = {
        R"("EUR")", R"("eur")", R"("USD")", R"("euro")", R"("")", "null", "1", R"("E\u0055R")"};
    return below(4) > 0 ? kCurrencies[0] : one_of(kCurrencies);
  }
  std::string number() {
    static const std::vector<std::string> kStrange = {"0",
                                                      "-0",
                                                      "-0.0",
                                                      "0.1",
                                                      "1e3",
                                                      "1E-2",
                                                      "1.5e400",
                                                      "1e5000",
                                                      "01",
                                                      "1.",
                                                      ".5",
                                                      "-",
                                                      "+1",
                                                      "9007199254740993",
                                                      "123456789012345678",
                                                      "9223372036854775807",
                                                      "9223372036854775808",
                                                      "18446744073709551615",
                                                      "18446744073709551616",
                                                      "9999999999999",
                                                      "9223372036855",
                                                      "999999999999.999999",
                                                      "0.1234567",
                                                      "0.0000005",
                                                      "1.0000015",
                                                      "123456789.123456",
                                                      "1234567890.123456",
                                                      "99999999999.99999",
                                                      "3.0",
                                                      "3.50",
                                                      "0.30000000000000004",
                                                      "1x"};
    switch (below(4)) {
      case 0: return one_of(kStrange);
      case 1: return fmt::format("{}{}.{:02}", below(9) == 0 ? "-" : "", below(500), below(100));
      case 2:
        return fmt::format("{}.{}", below(1'000'000),
                           std::to_string(dice_()).substr(0, 1 + dice_() % 8));
      default: return std::to_string(below(1'000) - 100);
    }
  }
  std::string words() {
    static const std::vector<std::string> kTexts = {
        "",
        "s",
        "m",
        "tea",
        "c1",
        "true",
        "12",
        "3.5",
        "12.50",
        "40 EUR",
        "10%",
        "fr",
        "FR",
        "pt_br",
        "a@b.example",
        "not a mail",
        "https://x.example/a",
        "http://x y",
        "2026-03-28",
        "2026-03-28T10:00:00Z",
        "2026-02-30",
        "10:30",
        "25:00",
        "Europe/Paris",
        "Nowhere/At",
        "caf\xc3\xa9",
        "<id@host>",
        "3600",
        "a text that is longer than what a small text holds by itself"};
    std::string text = one_of(kTexts);
    static const std::vector<std::string> kEscapes = {
        R"(\")",     R"(\\)",           R"(\/)",     R"(\n)", R"(\u00e9)", R"(\u20ac)",
        R"(\u0000)", R"(\ud83d\ude00)", R"(\ud83d)", R"(\x)", R"(\u12)",   R"(\b\f\r\t)"};
    if (below(6) == 0)
      text.insert(static_cast<std::size_t>(below(static_cast<int>(text.size() + 1))),
                  one_of(kEscapes));
    return "\"" + text + "\"";
  }
  std::string anything(int depth) {
    switch (below(depth < 5 ? 8 : 5)) {
      case 0: return words();
      case 1: return number();
      case 2: return below(2) == 0 ? "true" : "false";
      case 3: return "null";
      case 4: return below(4) == 0 ? "nul" : words();
      case 5: return below(30) == 0 ? std::string(60, '[') + std::string(60, ']') : "[]";
      case 6: return "[" + anything(depth + 1) + "," + space() + anything(depth + 1) + "]";
      default:
        return "{" + member(unknown_name(), anything(depth + 1)) + "," +
               member("a", anything(depth + 1)) + "}";
    }
  }
  std::string value(const ir::Program& program, ir::Type type, int depth) {
    if (below(25) == 0) return anything(depth);
    if (below(12) == 0) return "null";
    switch (type.kind) {
      case ir::Kind::kList: {
        std::string text = "[";
        for (int i = below(4); i > 0; --i)
          text += value(program, program.types.element(type), depth + 1) + (i > 1 ? "," : "");
        return text + "]";
      }
      case ir::Kind::kRecord: return record(program, type, depth + 1);
      case ir::Kind::kBoolean: return below(2) == 0 ? "true" : "false";
      case ir::Kind::kInteger: return below(4) == 0 ? number() : std::to_string(below(99));
      case ir::Kind::kNumber:
      case ir::Kind::kPercent:
      case ir::Kind::kMoney: return below(6) == 0 ? words() : number();
      case ir::Kind::kText: return below(8) == 0 ? number() : words();
      case ir::Kind::kDate: return R"("2026-03-28")";
      case ir::Kind::kTime: return R"("10:30")";
      case ir::Kind::kDateTime: return R"("2026-03-28T10:00:00Z")";
      case ir::Kind::kDuration: return R"("3600")";
      case ir::Kind::kEmail: return R"("a@b.example")";
      case ir::Kind::kUrl: return R"("https:\/\/x.example/\u00e9")";
      case ir::Kind::kCountry: return below(2) == 0 ? R"("FR")" : R"("fr")";
      case ir::Kind::kLanguage: return R"("pt_br")";
      case ir::Kind::kTimezone: return R"("Europe/Paris")";
      case ir::Kind::kOneOf: return R"("m")";
      default: return words();
    }
  }

  std::mt19937_64 dice_;
};

class PayloadReaderTest : public ::testing::Test {
 protected:
  PayloadReaderTest()
      : project_(project::compile(
            {{"trig.toml", "name = \"t\"\ntimezone = \"UTC\"\n"}, {"events.trig", kVocabulary}})),
        reader_(project_->program) {}

  ir::Type event(std::string_view name) const {
    return program().events[static_cast<std::size_t>(program().find_event(name))].record;
  }
  const ir::Program& program() const { return project_->program; }

  // Whether the quick way took it; what it gave is what the other gives.
  bool agrees(ir::Type record, const std::string& payload) {
    const DecodedRecord defined = decode_record(program(), record, payload);
    const std::unique_ptr<char[]> copy(new char[payload.size()]);  // nothing is read past its end
    std::copy(payload.begin(), payload.end(), copy.get());
    const std::string_view text(copy.get(), payload.size());
    ir::Items fields;
    NativeRecord native;
    std::string texts;
    const bool taken = reader_.read(record, text, fields);
    EXPECT_EQ(taken, reader_.read(record, text, native, texts)) << payload;
    if (!taken) return false;
    EXPECT_EQ(defined.problems, std::vector<std::string>{}) << payload;
    if (!defined.problems.empty()) return false;
    EXPECT_EQ(ir::to_string(ir::Value::record(fields)),
              ir::to_string(ir::Value::record(defined.fields)))
        << payload;
    EXPECT_TRUE(ir::same(ir::Value::record(fields), ir::Value::record(defined.fields))) << payload;
    compare_native(record, defined.fields, native, payload);
    return true;
  }

  void compare_native(ir::Type record, const ir::Items& fields, const NativeRecord& native,
                      const std::string& payload) {
    const RecordLayout layout(program(), record);
    NativeRecord expected;
    ASSERT_TRUE(layout.fill(fields, expected));
    ASSERT_EQ(native.size(), expected.size());
    for (std::uint32_t i = 0; i < fields.size(); ++i) {
      ASSERT_EQ(RecordLayout::is_present(native.data(), i), !fields[i].missing()) << payload;
      if (fields[i].missing()) continue;
      const Slot slot = layout.slots()[i];
      if (slot.kind == SlotKind::kText) {
        EXPECT_EQ(
            std::string_view(std::bit_cast<const char*>(native[slot.word]), native[slot.word + 1]),
            *fields[i].get<std::string>())
            << payload;
      } else if (slot.kind != SlotKind::kValue) {
        EXPECT_EQ(native[slot.word], expected[slot.word]) << payload;
        if (slot.kind == SlotKind::kMoney) {
          EXPECT_EQ(native[slot.word + 1], expected[slot.word + 1]) << payload;
        }
      }
    }
  }

  std::unique_ptr<project::Project> project_;
  PayloadReader reader_;
};

TEST_F(PayloadReaderTest, RandomPayloadsAreReadAsDefined) {
  const char* given = std::getenv("TRIG_SEED");
  const std::uint64_t seed = given == nullptr ? 1 : std::strtoull(given, nullptr, 10);
  SCOPED_TRACE(fmt::format("TRIG_SEED={}", seed));
  RandomJson random(seed);
  constexpr int kPayloads = 20'000;
  int good = 0;
  int taken = 0;
  const std::vector<ir::Type> records = {event("everything"),     event("everything"),
                                         event("cart_updated"),   event("order_completed"),
                                         event("product_viewed"), event("added")};
  for (int i = 0; i < kPayloads && !HasFailure(); ++i) {
    const ir::Type record = random.one_of(records);
    std::string payload = random.record(program(), record, 0);
    if (random.below(3) == 0) random.damage(payload);
    if (decode_record(program(), record, payload).problems.empty()) ++good;
    if (agrees(record, payload)) ++taken;
  }
  EXPECT_GT(good, kPayloads / 10);
  EXPECT_GT(taken, good / 3);
}

TEST_F(PayloadReaderTest, TheUsualIsTaken) {
  const ir::Type everything = event("everything");
  for (const char* payload : {
           R"({"id":"1"})",
           R"( { "id" : "1" , "other" : [ { } , [ ] , 1.5 ] } )",
           R"({"id":17,"total":"19.99","currencyCode":"eur","Item Count":3})",
           R"({"id":"a\/b\u00e9","link":"https:\/\/x.example\/a","mail":"a@b.example"})",
           R"({"id":"1","total":null,"revenue":12.5,"currency_code":"EUR","word":null})",
           R"({"id":"1","lines":[{"sku":"a","quantity":2},{"sku":"b","unitPrice":1.25}]})",
           R"({"id":"1","id":2,"land":"fr","tongue":"pt_br","zone":"Europe/Paris","size":"m"})",
           R"({"id":"1","day":"2026-03-28","hour":"10:30","moment":"2026-03-28T10:00:00Z"})",
       })
    EXPECT_TRUE(agrees(everything, payload)) << payload;
}

TEST_F(PayloadReaderTest, WhatIsUnusualTakesTheOtherWay) {
  const ir::Type everything = event("everything");
  auto nested = [](int depth) {
    return R"({"id":"1","x":)" + std::string(static_cast<std::size_t>(depth), '[') +
           std::string(static_cast<std::size_t>(depth), ']') + "}";
  };
  EXPECT_TRUE(agrees(everything, nested(30)));
  EXPECT_FALSE(agrees(everything, nested(40)));
  const std::string huge = R"({"id":")" + std::string(100'000, 'a') + R"("})";
  EXPECT_FALSE(agrees(everything, huge));
  EXPECT_TRUE(agrees(everything, R"({"id":")" + std::string(30'000, 'a') + R"("})"));
  for (const char* payload : {"", "[]", "1", "{", R"({"id":"1"} x)", R"({"id":"1",})",
                              R"({"id":"1","ratio":1e2})", R"({"id":"\ud83d\ude00"})",
                              R"({"id":"1","ratio":1234567890.1234567})", R"({"id":"1","x":nul})"})
    EXPECT_FALSE(agrees(everything, payload)) << payload;
}

// Read twice: what came next the first time is guessed the second.
TEST_F(PayloadReaderTest, NumbersOfFewAndOfManyCharacters) {
  const ir::Type everything = event("everything");
  for (const char* number : {"0", "7", "0.5", "10.25", "0.000001", "12345678", "123456.7",
                             "1234567.5", "12345678.5", "-3", "-0.25", " 4.5 ", "\"8.25\""})
    for (int time = 0; time < 2; ++time)
      EXPECT_TRUE(agrees(everything, fmt::format(R"({{"id":"1","ratio":{},"word":"w"}})", number)))
          << number;
  for (const char* number : {"01", "1.", ".5", "1..2", "1.2.3", "1a", "00.5", "--1", "", "\"x\""})
    for (const char* after : {R"(,"word":"w"})", "}"})
      EXPECT_FALSE(agrees(everything, fmt::format(R"({{"id":"1","ratio":{}{})", number, after)))
          << number;
  EXPECT_TRUE(agrees(everything, R"({"id":"1","item_count":12,"word":"w"})"));
  EXPECT_FALSE(agrees(everything, R"({"id":"1","item_count":1.5,"word":"w"})"));
  EXPECT_FALSE(agrees(everything, R"({"id":"1" "word":"w"})"));
  EXPECT_FALSE(agrees(everything, R"({"id":"1","word":"w" "total":1})"));
}

// More of them than are remembered, and more often than any is.
TEST_F(PayloadReaderTest, NamesThatNobodyDeclaresInAnyOrder) {
  const ir::Type everything = event("everything");
  RandomJson random(7);
  for (std::uint32_t i = 0; i < 2 * kMostLessons; ++i) {
    std::string payload = R"({"id":"1")";
    for (int left = random.below(6); left > 0; --left)
      payload +=
          fmt::format(R"(,"stranger {}":{})", random.below(static_cast<int>(2 * kMostStrangers)),
                      random.one_of<const char*>({"1.5", "\"a\"", "\"\\n\"", "[{}]", "null"}));
    EXPECT_TRUE(agrees(everything, payload + R"(,"word":"w"})")) << payload;
    EXPECT_FALSE(agrees(everything, payload + R"(,"x":01})")) << payload;
  }
}

TEST_F(PayloadReaderTest, ATextThatIsWrittenOtherwiseStaysWhereItIs) {
  Decoded decoded;
  {
    Decoded first;
    first.read_native(reader_, event("everything"), R"({"id":"\n","land":"fr"})");
    ASSERT_TRUE(first.problems.empty());
    decoded = std::move(first);
  }
  const RecordLayout layout(program(), event("everything"));
  const std::uint64_t* words = decoded.native()->data() + layout.slots()[0].word;
  EXPECT_EQ(std::string_view(std::bit_cast<const char*>(words[0]), words[1]), "\n");
  EXPECT_EQ(*decoded.fields()[0].get<std::string>(), "\n");
}

}  // namespace
}  // namespace trig::exec
