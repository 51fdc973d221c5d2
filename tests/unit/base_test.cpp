#include <fmt/format.h>
#include <gtest/gtest.h>

#include <limits>

#include "compiler/base/codec.h"
#include "compiler/base/decimal.h"
#include "compiler/base/hash.h"
#include "compiler/base/language_tag.h"
#include "compiler/base/source.h"
#include "compiler/base/time.h"
#include "compiler/diagnostics/diagnostic.h"

namespace trig {
namespace {

Decimal decimal(std::string_view text) { return Decimal::parse(text).value(); }
Instant instant(std::string_view text) { return parse_instant(text).value(); }

TEST(LanguageTag, IsPutInItsUsualForm) {
  EXPECT_EQ(canonical_language_tag("fr"), "fr");
  EXPECT_EQ(canonical_language_tag("pt_br"), "pt-BR");
  EXPECT_EQ(canonical_language_tag("ZH-hans-cn"), "zh-Hans-CN");
  EXPECT_EQ(canonical_language_tag("es-419"), "es-419");
  for (const char* none :
       {"", "f", "french", "fr-", "fr_", "-fr", "fr-FR-x", "fr-F", "f1", "pt--BR"})
    EXPECT_EQ(canonical_language_tag(none), std::nullopt) << none;
}

TEST(LanguageTag, FallsBackPartByPartAndByTable) {
  using Chain = std::vector<std::string>;
  EXPECT_EQ(language_chain("zh-Hans-CN", {}), (Chain{"zh-Hans-CN", "zh-Hans", "zh"}));
  EXPECT_EQ(language_chain("ca-ES", {{"ca", "es"}}), (Chain{"ca-ES", "ca", "es"}));
  EXPECT_EQ(language_chain("a", {{"a", "b"}, {"b", "a"}}), (Chain{"a", "b"})) << "no end otherwise";
}

TEST(Decimal, ReadsAndPrintsExactly) {
  EXPECT_EQ(decimal("19.99").to_string(), "19.99");
  EXPECT_EQ(decimal("-0.5").to_string(), "-0.5");
  EXPECT_EQ(decimal("1e3").to_string(), "1000");
  EXPECT_EQ(decimal("20").to_string(2), "20.00");
  EXPECT_EQ(decimal("0.1").millionths() * 3, decimal("0.3").millionths());
}

TEST(Decimal, RoundsHalfToEvenPastTheSixthPlace) {
  EXPECT_EQ(decimal("0.0000005").millionths(), 0);
  EXPECT_EQ(decimal("0.0000015").millionths(), 2);
  EXPECT_EQ(decimal("2.5").to_string(0), "2");
  EXPECT_EQ(decimal("3.5").to_string(0), "4");
}

TEST(Decimal, RefusesWhatIsNoNumberAndWhatDoesNotFit) {
  for (std::string_view bad : {"", "-", ".", "1.2.3", "12a", "1e", "9300000000000", "1e99", "+-1"})
    EXPECT_FALSE(Decimal::parse(bad)) << bad;
}

TEST(Decimal, ArithmeticIsCheckedForOverflow) {
  EXPECT_EQ(add(decimal("0.1"), decimal("0.2")), decimal("0.3"));
  EXPECT_EQ(divide(decimal("1"), decimal("3"))->to_string(), "0.333333");
  EXPECT_FALSE(divide(decimal("1"), decimal("0")));
  EXPECT_FALSE(multiply(decimal("9000000000000"), decimal("2")));
  EXPECT_FALSE(Decimal::from_integer(std::numeric_limits<std::int64_t>::max()));
}

TEST(Time, ALocalTimeInTheSpringGapIsTheNextThatExists) {
  Zone paris = Zone::find("Europe/Paris").value();
  Instant gap = at_local(parse_date("2026-03-29").value(), {2 * 60 + 30}, paris);
  EXPECT_EQ(to_string(gap), "2026-03-29T01:00:00Z");  // 03:00 summer time
  EXPECT_FALSE(paris.exists(LocalTime::at(parse_date("2026-03-29").value(), {150})));
}

TEST(Time, ALocalTimeThatHappensTwiceIsTheFirst) {
  Zone paris = Zone::find("Europe/Paris").value();
  Instant twice = at_local(parse_date("2026-10-25").value(), {150}, paris);
  EXPECT_EQ(to_string(twice), "2026-10-25T00:30:00Z");
}

TEST(Time, DaysAreCalendarAndHoursAreExact) {
  Zone paris = Zone::find("Europe/Paris").value();
  Instant noon = instant("2026-03-28T12:00:00+01:00");
  EXPECT_EQ(to_string(add_span(noon, {1, CalendarUnit::kDay}, paris)), "2026-03-29T10:00:00Z");
  EXPECT_EQ(to_string(add_span(noon, {24, CalendarUnit::kHour}, paris)), "2026-03-29T11:00:00Z");
  Instant end = instant("2026-01-31T12:00:00Z");
  EXPECT_EQ(to_string(add_span(end, {1, CalendarUnit::kMonth}, Zone::utc())),
            "2026-02-28T12:00:00Z");
}

TEST(Time, NextLocalIsNowWhenItIsExactlyThat) {
  Zone kolkata = Zone::find("Asia/Kolkata").value();
  Instant nine = instant("2026-05-01T03:30:00Z");  // 09:00 there
  EXPECT_EQ(next_local(nine, {9 * 60}, kolkata), nine);
  EXPECT_EQ(next_local(nine + Duration(1), {9 * 60}, kolkata), nine + std::chrono::hours(24));
}

TEST(Time, InstantsNeedAnOffset) {
  EXPECT_EQ(to_string(instant("2026-03-28T12:00:00.250+02:00")), "2026-03-28T10:00:00.250000Z");
  EXPECT_EQ(to_string(instant("1774699200000")), "2026-03-28T12:00:00Z");
  for (std::string_view bad :
       {"2026-03-28", "2026-02-30T10:00:00Z", "2026-03-28T12:00:00", "2026-03-28T25:00:00Z", "12"})
    EXPECT_FALSE(parse_instant(bad)) << bad;
  EXPECT_FALSE(Zone::find("Mars/Olympus"));
}

TEST(Codec, ReadsBackWhatItWroteAndStopsAtTheEnd) {
  ByteWriter writer;
  writer.varint(300);
  writer.zigzag(std::numeric_limits<std::int64_t>::min());
  writer.text("hé");
  writer.instant(Instant(Duration(-5)));
  ByteReader reader(writer.bytes());
  EXPECT_EQ(reader.varint(), 300u);
  EXPECT_EQ(reader.zigzag(), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(reader.text(), "hé");
  EXPECT_EQ(reader.instant(), Instant(Duration(-5)));
  EXPECT_TRUE(reader.ok() && reader.at_end());
  reader.u8();
  EXPECT_FALSE(reader.ok());
}

TEST(Codec, InstantKeysSortAsTheirInstants) {
  auto key = [](std::int64_t value) {
    ByteWriter writer;
    writer.instant(Instant(Duration(value)));
    return writer.take();
  };
  EXPECT_LT(key(-1), key(0));
  EXPECT_LT(key(0), key(1));
}

TEST(Hash, FollowsTheStandards) {
  auto mac = hmac_sha256("key", "The quick brown fox jumps over the lazy dog");
  EXPECT_EQ(mac[0], 0xf7);  // RFC 4231-style vector, f7bc83f4…
  EXPECT_EQ(mac[1], 0xbc);
  auto hex = [](const std::array<unsigned char, 32>& bytes) {
    std::string text;
    for (unsigned char byte : bytes) text += fmt::format("{:02x}", byte);
    return text;
  };
  // RFC 4231, test cases 1 and 6: a key that fits a block, and one that does not.
  EXPECT_EQ(hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(hex(hmac_sha256(std::string(131, '\xaa'),
                            "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base32_lower("foob"), "mzxw6yq");
  std::string bytes;
  EXPECT_TRUE(base64_url_decode(base64_url("\xff\xfe?"), bytes));
  EXPECT_EQ(bytes, "\xff\xfe?");
  EXPECT_FALSE(base64_url_decode("Zm9", bytes));  // non-zero padding bits
}

TEST(Source, CountsColumnsInCodePoints) {
  Source source("x.trig", "aé\nb\r\n");
  EXPECT_EQ(source.place_of(3).column, 3u);
  EXPECT_EQ(source.place_of(4).line, 2u);
  EXPECT_EQ(source.line_text(2), "b");
}

TEST(Diagnostics, SuggestsOnlyWhatIsClose) {
  EXPECT_EQ(closest("order_complete", {"cart_updated", "order_completed"}), "order_completed");
  EXPECT_EQ(closest("xyz", {"cart_updated", "order_completed"}), "");
}

TEST(Diagnostics, EveryCodeIsFoundByItsText) {
  for (Code code : all_codes()) {
    Code found;
    ASSERT_TRUE(find_code(info_of(code).code, found));
    EXPECT_EQ(found, code) << "two rows share " << info_of(code).code;
  }
}

}  // namespace
}  // namespace trig
