// Payloads as senders write them, to typed records and back.
#include "compiler/exec/payload.h"

#include <gtest/gtest.h>

#include "compiler/base/limits.h"
#include "compiler/diagnostics/render.h"
#include "compiler/project/project.h"

namespace trig::exec {
namespace {

constexpr const char* kVocabulary = R"(
record line { sku: text  quantity: integer = 1  price: number? }
event everything from "Everything Happened" {
  id: text
  total: money? from "total" or "revenue" in "currency_code"
  price: money?
  count: integer?
  ratio: number?
  share: percent?
  yes: boolean?
  day: date?
  hour: time?
  moment: datetime?
  mail: email?
  link: url?
  land: country?
  tongue: language?
  zone: timezone?
  span: duration?
  size: one of ("s", "m")?
  lines: list of line = []
  tags: list of text = []
}
event added { items: list of line from "." }
person { email: email key  first_name: text?  plan: text = "free"  timezone: timezone? }
)";

class Payload : public ::testing::Test {
 protected:
  void SetUp() override {
    project_ = project::compile(
        {{"trig.toml", "name = \"t\"\ntimezone = \"UTC\"\n"}, {"events.trig", kVocabulary}});
    ASSERT_FALSE(project_->diagnostics.has_errors())
        << render_text(project_->diagnostics, project_->sources, {});
    event_ = project_->program
                 .events[static_cast<std::size_t>(project_->program.find_event("everything"))];
  }
  DecodedRecord decode(std::string_view payload) {
    return decode_record(project_->program, event_.record, payload);
  }
  // A field of a good payload, as text.
  std::string field(const std::string& name, const std::string& payload) {
    DecodedRecord decoded = decode(R"({"id":"1",)" + payload + "}");
    if (!decoded.problems.empty()) return "problem: " + decoded.problems.front();
    int index = project_->program.types.record_at(event_.record).find(name);
    return ir::to_string(decoded.fields[static_cast<std::size_t>(index)]);
  }

  std::unique_ptr<project::Project> project_;
  ir::EventType event_;
};

TEST_F(Payload, MoneyIsANumberBesideItsCurrencyOrBothInOneText) {
  EXPECT_EQ(field("total", R"("total":19.99,"currency_code":"EUR")"), "19.99 EUR");
  EXPECT_EQ(field("total", R"("total":"19.99","currency_code":"eur")"), "19.99 EUR");
  EXPECT_EQ(field("total", R"("revenue":20,"currencyCode":"USD")"), "20.00 USD");
  EXPECT_EQ(field("total", R"("total":"19.99 EUR")"), "19.99 EUR");
  EXPECT_EQ(field("price", R"("price":1000,"currency":"JPY")"), "1000 JPY");
  EXPECT_EQ(field("price", R"("price":1)"),
            "problem: `price` should be money, got an amount without `currency`");
  EXPECT_EQ(field("price", R"("price":1,"currency":"euro")"),
            "problem: `price` should be money, got the currency \"EURO\"");
  EXPECT_EQ(field("price", R"("price":"much","currency":"EUR")"),
            "problem: `price` should be money, got \"much\"");
  EXPECT_EQ(field("price", R"("price":{},"currency":"EUR")"),
            "problem: `price` should be money, got {}");
}

TEST_F(Payload, NumbersMayBeWrittenAsText) {
  EXPECT_EQ(field("count", R"("count":3)"), "3");
  EXPECT_EQ(field("count", R"("count":"3")"), "3");
  EXPECT_EQ(field("count", R"("count":3.0)"), "3");
  EXPECT_EQ(field("count", R"("count":9223372036854775807)"), "9223372036854775807");
  EXPECT_EQ(field("count", R"("count":3.5)"), "problem: `count` should be integer, got 3.5");
  EXPECT_EQ(field("count", R"("count":18446744073709551615)"),
            "problem: `count` should be integer, got 18446744073709551615");
  EXPECT_EQ(field("count", R"("count":"")"), "missing");
  EXPECT_EQ(field("ratio", R"("ratio":0.1)"), "0.1");
  EXPECT_EQ(field("ratio", R"("ratio":1e3)"), "1000");
  EXPECT_EQ(field("ratio", R"("ratio":1e300)"), "problem: `ratio` should be number, got 1e+300");
  EXPECT_EQ(field("ratio", R"("ratio":true)"), "problem: `ratio` should be number, got true");
  EXPECT_EQ(field("share", R"("share":"10%")"), field("share", R"("share":0.1)"));
}

TEST_F(Payload, EveryKindIsValidated) {
  EXPECT_EQ(field("yes", R"("yes":true)"), "true");
  EXPECT_EQ(field("yes", R"("yes":"false")"), "false");
  EXPECT_EQ(field("yes", R"("yes":1)"), "problem: `yes` should be boolean, got 1");
  EXPECT_EQ(field("span", R"("span":9223372036854)").find("problem"), std::string::npos);
  EXPECT_EQ(field("span", R"("span":9223372036855)"),
            "problem: `span` should be duration, got 9223372036855")
      << "more than microseconds in 64 bits";
  EXPECT_EQ(field("day", R"("day":"2026-02-28")"), "2026-02-28");
  EXPECT_EQ(field("day", R"("day":"2026-02-28T10:00:00Z")"), "2026-02-28");
  EXPECT_EQ(field("day", R"("day":"2026-02-30")"),
            "problem: `day` should be date, got \"2026-02-30\"");
  EXPECT_EQ(field("hour", R"("hour":"09:30")"), "09:30");
  EXPECT_EQ(field("moment", R"("moment":"2026-03-10T12:00:00+02:00")"), "2026-03-10T10:00:00Z");
  EXPECT_EQ(field("moment", R"("moment":1773136800000)"), "2026-03-10T10:00:00Z");
  EXPECT_EQ(field("moment", R"("moment":"2026-03-10 12:00")").substr(0, 8), "problem:");
  EXPECT_EQ(field("mail", R"("mail":"ana@example")"), "\"ana@example\"");
  EXPECT_EQ(field("mail", R"("mail":"ana")"), "problem: `mail` should be email, got \"ana\"");
  EXPECT_EQ(field("link", R"("link":"https://example.com/a?b=c")"),
            "\"https://example.com/a?b=c\"");
  EXPECT_EQ(field("link", R"("link":"ftp://example.com")").substr(0, 8), "problem:");
  EXPECT_EQ(field("land", R"("land":"fr")"), "\"FR\"");
  EXPECT_EQ(field("land", R"("land":"FRA")").substr(0, 8), "problem:");
  EXPECT_EQ(field("tongue", R"("tongue":"pt-BR")"), "\"pt-BR\"");
  EXPECT_EQ(field("zone", R"("zone":"Europe/Paris")"), "\"Europe/Paris\"");
  EXPECT_EQ(field("zone", R"("zone":"Paris")"),
            "problem: `zone` should be timezone, got \"Paris\"");
  EXPECT_EQ(field("size", R"("size":"m")"), "\"m\"");
  EXPECT_EQ(field("size", R"("size":"xl")").substr(0, 8), "problem:");
  EXPECT_EQ(field("id", R"("id":"again")"), "\"1\"") << "the first of two wins";
}

TEST_F(Payload, NamesAreFoundInCamelAndTitleCase) {
  EXPECT_EQ(field("total", R"("total":1,"currencyCode":"EUR")"), "1.00 EUR");
  EXPECT_EQ(field("total", R"("total":1,"Currency Code":"EUR")"), "1.00 EUR");
}

TEST_F(Payload, ListsAndRecordsAreReadThrough) {
  EXPECT_EQ(field("lines", R"("lines":[{"sku":"a","quantity":"2"},{"sku":"b","price":1.5}])"),
            R"([{"a", 2, missing}, {"b", 1, 1.5}])");
  EXPECT_EQ(field("lines", R"("lines":[{"quantity":2}])"), "problem: `lines[0].sku` is missing");
  EXPECT_EQ(field("lines", R"("lines":{})"), "problem: `lines` should be list of line, got {}");
  EXPECT_EQ(field("tags", R"("tags":["a",1])"), R"(["a", "1"])");
  EXPECT_EQ(field("tags", R"("tags":[{}])"), "problem: `tags[0]` should be text, got {}");
  EXPECT_EQ(field("tags", R"("tags":null)"), "[]") << "null is as if it were not there";
}

TEST_F(Payload, ThePayloadItselfMayBeTheOneItemOfAList) {
  const ir::EventType& added =
      project_->program.events[static_cast<std::size_t>(project_->program.find_event("added"))];
  auto read = [&](std::string_view payload) {
    return decode_record(project_->program, added.record, payload);
  };
  EXPECT_EQ(ir::to_string(read(R"({"sku":"a","price":"2.50"})").fields.at(0)),
            R"([{"a", 1, 2.5}])");
  EXPECT_EQ(read("{}").problems, std::vector<std::string>{"`items.sku` is missing"});
}

TEST_F(Payload, ListsAreBounded) {
  std::string items = "\"tags\":[\"a\"";
  for (std::size_t i = 1; i < kMaxListItems; ++i) items += ",\"a\"";
  EXPECT_EQ(field("tags", items + "]").substr(0, 5), "[\"a\",");
  EXPECT_EQ(field("tags", items + ",\"a\"]"),
            "problem: `tags` should be list of text, got 1001 items (at most 1000)");
}

TEST_F(Payload, WhatIsMissingIsSaid) {
  EXPECT_EQ(decode("{}").problems, std::vector<std::string>{"`id` is missing"});
  EXPECT_EQ(decode("").problems, std::vector<std::string>{"`id` is missing"});
  EXPECT_EQ(decode("[]").problems, std::vector<std::string>{"the payload is not a JSON object"});
  EXPECT_EQ(decode("{\"id\":").problems,
            std::vector<std::string>{"the payload is not a JSON object"});
  EXPECT_TRUE(decode(R"({"id":"1","surprise":{"a":[1,2]}})").problems.empty())
      << "what nobody declared is left alone";
}

TEST_F(Payload, ComesBackFromWhatATestWrites) {
  DecodedRecord first = decode(
      R"({"id":"a\"b\\c\u0001","total":"19.99 EUR","count":-3,"ratio":0.000001,"share":"10%",
          "yes":false,"day":"2026-02-28","hour":"09:30","moment":"2026-03-10T10:00:00.5Z",
          "mail":"ana@example.com","lines":[{"sku":"é"}],"tags":["x","y"]})");
  ASSERT_TRUE(first.problems.empty()) << first.problems.front();
  std::string written = encode_payload(project_->program, event_.record, first.fields);
  DecodedRecord second = decode(written);
  ASSERT_TRUE(second.problems.empty()) << written << " " << second.problems.front();
  for (std::size_t i = 0; i < first.fields.size(); ++i)
    EXPECT_TRUE(ir::same(first.fields[i], second.fields[i]))
        << i << ": " << ir::to_string(first.fields[i]) << " " << ir::to_string(second.fields[i]);
}

TEST_F(Payload, TraitsKeepWhatIsGoodAndTellWhatIsNot) {
  Traits traits = decode_traits(
      project_->program, R"({"email":"ana@example.com","firstName":"Ana","timezone":"Mars"})");
  ASSERT_EQ(traits.fields.size(), 2u);
  EXPECT_EQ(traits.fields[0].name, name_hash("email"));
  EXPECT_EQ(traits.fields[1].name, name_hash("first_name"));
  EXPECT_EQ(traits.problems,
            std::vector<std::string>{"`timezone` should be timezone, got \"Mars\""});
  EXPECT_TRUE(decode_traits(project_->program, "{}").fields.empty())
      << "a default is no trait that someone sent";
  EXPECT_EQ(decode_traits(project_->program, "7").problems.size(), 1u);
}

TEST_F(Payload, HistoryRowsOutliveAnotherOrderOfTheFields) {
  DecodedRecord decoded = decode(R"({"id":"1","count":3,"ratio":0.5})");
  ir::EventType kept = event_;
  const ir::RecordType& record = project_->program.types.record_at(event_.record);
  kept.history_fields.assign(record.fields.size(), false);
  auto index = [&](const char* name) { return static_cast<std::size_t>(record.find(name)); };
  kept.history_fields[index("id")] = true;
  kept.history_fields[index("count")] = true;
  std::string row = encode_history_row(project_->program, kept, decoded.fields);
  ir::Items back = decode_history_row(project_->program, kept, row);
  EXPECT_TRUE(ir::same(back[index("count")], decoded.fields[index("count")]));
  EXPECT_TRUE(back[index("ratio")].missing()) << "nobody reads it";

  std::unique_ptr<project::Project> later =
      project::compile({{"trig.toml", "name = \"t\"\ntimezone = \"UTC\"\n"},
                        {"events.trig",
                         "event everything { other: text?  count: integer?  id: text }\n"
                         "person { email: email key }\n"}});
  const ir::EventType& event =
      later->program.events[static_cast<std::size_t>(later->program.find_event("everything"))];
  back = decode_history_row(later->program, event, row);
  EXPECT_EQ(ir::to_string(ir::Value::record(back)), R"({missing, 3, "1"})");
  for (std::size_t cut = 0; cut < row.size(); ++cut)  // never reads past the end
    EXPECT_EQ(decode_history_row(later->program, event, row.substr(0, cut)).size(), 3u);

  std::unique_ptr<project::Project> retyped =
      project::compile({{"trig.toml", "name = \"t\"\ntimezone = \"UTC\"\n"},
                        {"events.trig",
                         "event everything { count: money?  id: text }\n"
                         "person { email: email key }\n"}});
  back = decode_history_row(
      retyped->program,
      retyped->program.events[static_cast<std::size_t>(retyped->program.find_event("everything"))],
      row);
  EXPECT_EQ(ir::to_string(ir::Value::record(back)), R"({missing, "1"})");
}

}  // namespace
}  // namespace trig::exec
