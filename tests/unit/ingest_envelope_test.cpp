#include "runtime/ingest/envelope_parser.h"

#include <gtest/gtest.h>

#include "runtime/ingest/json_repair.h"
#include "runtime/ports/limits.h"
#include "tests/unit/ingest_fixture.h"

namespace trig::ingest {
namespace {

using std::chrono::seconds;

const Instant kReceived = at("2026-03-28T12:00:00Z");

std::vector<Envelope> batch(std::string events) {
  EnvelopeParser parser;
  auto parsed = parser.parse(R"({"batch":[)" + events + "]}", SegmentCall::kBatch, kReceived);
  EXPECT_TRUE(parsed.has_value()) << events;
  return parsed ? std::move(parsed->envelopes) : std::vector<Envelope>{};
}

Envelope one(std::string event) {
  auto envelopes = batch(std::move(event));
  EXPECT_EQ(envelopes.size(), 1u);
  return envelopes.empty() ? Envelope{} : std::move(envelopes[0]);
}

Envelope track(const std::string& fields) {
  return one(R"({"type":"track","event":"E","userId":"u",)" + fields + "}");
}

TEST(EnvelopeParser, ReadsABatchAsTheNodeSdkSendsIt) {
  EnvelopeParser parser;
  const auto parsed = parser.parse(R"({"batch":[
    {"messageId":"m1","type":"track","event":"Order Completed","userId":"u1","anonymousId":"a1",
     "timestamp":"2026-03-28T11:00:00.000Z","context":{"library":{"name":"node"}},
     "properties":{"total":19.90,"currency":"EUR","big":12345678901234567.125},"integrations":{}},
    {"messageId":"m2","type":"identify","userId":"u1","traits":{"email":"a@b.c"}},
    {"messageId":"m3","type":"page","anonymousId":"a1","name":"Home","properties":{"url":"/"}},
    {"messageId":"m4","type":"screen","anonymousId":"a1","name":null},
    {"messageId":"m5","type":"group","userId":"u1","groupId":"g1","traits":{"plan":"pro"}},
    {"messageId":"m6","type":"alias","userId":"u1","previousId":"a1"}],
    "writeKey":"key","sentAt":"2026-03-28T12:00:00.000Z","context":{"shared":true}})",
                                   SegmentCall::kBatch, kReceived);
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->write_key, "key");
  const auto& e = parsed->envelopes;
  ASSERT_EQ(e.size(), 6u);
  for (const Envelope& envelope : e) {
    EXPECT_EQ(envelope.malformed, "");
    EXPECT_EQ(envelope.received_at, kReceived);
  }
  EXPECT_EQ(e[0].kind, EnvelopeKind::kTrack);
  EXPECT_EQ(e[0].message_id, "m1");
  EXPECT_EQ(e[0].event, "Order Completed");
  EXPECT_EQ(e[0].user_id, "u1");
  EXPECT_EQ(e[0].anonymous_id, "a1");
  EXPECT_EQ(e[0].occurred_at, at("2026-03-28T11:00:00Z"));
  // As written: a double would have changed both numbers.
  EXPECT_EQ(e[0].payload, R"({"total":19.90,"currency":"EUR","big":12345678901234567.125})");
  EXPECT_EQ(e[0].context, R"({"library":{"name":"node"}})");
  EXPECT_EQ(e[1].kind, EnvelopeKind::kIdentify);
  EXPECT_EQ(e[1].payload, R"({"email":"a@b.c"})");
  EXPECT_EQ(e[1].context, R"({"shared":true})");
  EXPECT_EQ(e[1].occurred_at, kReceived);
  EXPECT_EQ(e[2].kind, EnvelopeKind::kPage);
  EXPECT_EQ(e[2].event, "Home");
  EXPECT_EQ(e[3].kind, EnvelopeKind::kScreen);
  EXPECT_EQ(e[3].event, "");
  EXPECT_EQ(e[3].payload, "{}");
  EXPECT_EQ(e[4].kind, EnvelopeKind::kGroup);
  EXPECT_EQ(e[4].group_id, "g1");
  EXPECT_EQ(e[4].payload, R"({"plan":"pro"})");
  EXPECT_EQ(e[5].kind, EnvelopeKind::kAlias);
  EXPECT_EQ(e[5].previous_id, "a1");
}

TEST(EnvelopeParser, ReadsSingleCallsByTheirRoute) {
  EnvelopeParser parser;
  const std::pair<SegmentCall, EnvelopeKind> calls[] = {
      {SegmentCall::kTrack, EnvelopeKind::kTrack},
      {SegmentCall::kIdentify, EnvelopeKind::kIdentify},
      {SegmentCall::kPage, EnvelopeKind::kPage},
      {SegmentCall::kScreen, EnvelopeKind::kScreen},
      {SegmentCall::kGroup, EnvelopeKind::kGroup},
      {SegmentCall::kAlias, EnvelopeKind::kAlias}};
  for (const auto& [call, kind] : calls) {
    const auto parsed = parser.parse(
        R"({"userId":"u","previousId":"p","groupId":"g","event":"E","name":"N","writeKey":"k",
            "properties":{"a":1},"traits":{"b":2}})",
        call, kReceived);
    ASSERT_TRUE(parsed.has_value());
    EXPECT_EQ(parsed->write_key, "k");
    EXPECT_EQ(parsed->envelopes.at(0).kind, kind);
    EXPECT_EQ(parsed->envelopes.at(0).malformed, "");
  }
}

TEST(EnvelopeParser, TurnsNumericIdsIntoText) {
  const Envelope e = one(R"({"type":"track","event":404,"userId":12345 ,"anonymousId":-7,
                             "messageId":18446744073709551615,"groupId":12.0,"previousId":1.5e3})");
  EXPECT_EQ(e.malformed, "");
  EXPECT_EQ(e.event, "404");
  EXPECT_EQ(e.user_id, "12345");
  EXPECT_EQ(e.anonymous_id, "-7");
  EXPECT_EQ(e.message_id, "18446744073709551615");
  EXPECT_EQ(e.group_id, "12");
  EXPECT_EQ(e.previous_id, "1500");
  EXPECT_EQ(one(R"({"type":"track","event":"E","userId":1.25})").user_id, "1.25");
  EXPECT_EQ(one(R"({"type":"track","event":"E","userId":1e300})").user_id, "1e+300");
}

TEST(EnvelopeParser, CorrectsTheClientsClock) {
  // The client's clock is an hour slow: it sent at 11:00 what was received at 12:00.
  EXPECT_EQ(
      track(R"("timestamp":"2026-03-28T10:50:00Z","sentAt":"2026-03-28T11:00:00Z")").occurred_at,
      at("2026-03-28T11:50:00Z"));
  // A day fast.
  EXPECT_EQ(
      track(R"("timestamp":"2026-03-29T11:59:00Z","sentAt":"2026-03-29T12:00:00Z")").occurred_at,
      at("2026-03-28T11:59:00Z"));
  // originalTimestamp is the client's own clock and goes first.
  EXPECT_EQ(track(R"("timestamp":"2026-03-01T00:00:00Z","originalTimestamp":"2026-03-28T10:59:58Z",
                     "sentAt":"2026-03-28T11:00:00Z")")
                .occurred_at,
            kReceived - seconds(2));
  // Without sentAt there is nothing to correct by.
  EXPECT_EQ(track(R"("timestamp":"2026-03-28T10:50:00+02:00")").occurred_at,
            at("2026-03-28T08:50:00Z"));
  EXPECT_EQ(track(R"("timestamp":1774692000000)").occurred_at, at("2026-03-28T10:00:00Z"));
  // The future becomes now, with and without correction.
  EXPECT_EQ(track(R"("timestamp":"2030-01-01T00:00:00Z")").occurred_at, kReceived);
  EXPECT_EQ(
      track(R"("timestamp":"2026-03-28T12:00:05Z","sentAt":"2026-03-28T12:00:00Z")").occurred_at,
      kReceived);
  EXPECT_EQ(track(R"("timestamp":null)").occurred_at, kReceived);
  // A sentAt that cannot be read is as good as none.
  EXPECT_EQ(track(R"("timestamp":"2026-03-28T10:00:00Z","sentAt":"noon")").occurred_at,
            at("2026-03-28T10:00:00Z"));
}

TEST(EnvelopeParser, UsesTheSentAtOfTheBatch) {
  EnvelopeParser parser;
  const auto parsed = parser.parse(
      R"({"sentAt":"2026-03-28T11:00:00Z","batch":[
          {"type":"track","event":"E","userId":"u","timestamp":"2026-03-28T10:50:00Z"},
          {"type":"track","event":"E","userId":"u","timestamp":"2026-03-28T10:50:00Z",
           "sentAt":"2026-03-28T10:51:00Z"}]})",
      SegmentCall::kBatch, kReceived);
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->envelopes.at(0).occurred_at, at("2026-03-28T11:50:00Z"));
  EXPECT_EQ(parsed->envelopes.at(1).occurred_at, at("2026-03-28T11:59:00Z"));
}

TEST(EnvelopeParser, SaysWhatIsWrongWithAnEvent) {
  const std::string long_id(kMaxIdBytes + 1, 'x');
  const std::pair<std::string, std::string> cases[] = {
      {R"({"type":"page","name":"E"})", "no userId and no anonymousId"},
      {R"({"type":"page","name":"E","userId":""})", "no userId and no anonymousId"},
      {R"({"type":"page","name":"E","userId":null})", "no userId and no anonymousId"},
      {R"({"type":"track","userId":"u"})", "a track call has no event name"},
      {R"({"type":"group","userId":"u"})", "a group call has no groupId"},
      {R"({"type":"alias","userId":"u"})", "an alias call has no previousId"},
      {R"({"type":"alias","previousId":"p"})", "an alias call has no userId"},
      {R"({"userId":"u"})", "the event has no type"},
      {R"({"type":7,"userId":"u"})", "the event has no type"},
      {R"({"type":"tracked","userId":"u"})", "unknown type `tracked`"},
      {R"({"type":"identify","userId":true})", "userId is neither text nor a number"},
      {R"({"type":"identify","userId":{"id":1}})", "userId is neither text nor a number"},
      {R"({"type":"identify","userId":"u","messageId":[]})",
       "messageId is neither text nor a number"},
      {R"({"type":"identify","userId":"a\u0000b"})", "userId has a control character"},
      {R"({"type":"identify","userId":")" + long_id + "\"}", "userId is longer than 512 bytes"},
      {R"({"type":"identify","userId":"u","traits":[1]})", "traits is not an object"},
      {R"({"type":"track","event":"E","userId":"u","properties":"x"})",
       "properties is not an object"},
      {R"({"type":"track","event":"E","userId":"u","context":3})", "context is not an object"},
      {R"({"type":"track","event":"E","userId":"u","timestamp":"yesterday"})",
       "timestamp `yesterday` is not a time with an offset"},
      {R"({"type":"track","event":"E","userId":"u","timestamp":"2026-03-28T10:00:00"})",
       "timestamp `2026-03-28T10:00:00` is not a time with an offset"},
      {R"({"type":"track","event":"E","userId":"u","properties":{"x":1e999}})",
       "a number is out of range or not well formed"},
      {R"({"type":"track","event":"E","userId":"u","properties":{"x":"\q"}})",
       "a string has an invalid escape"},
      {R"({"type":"track","event":"E","userId":"u","properties":{"x":tru}})",
       "not well-formed JSON"},
      {R"("text")", "the event is not an object"},
      {"null", "the event is not an object"},
      {"[1,2]", "the event is not an object"},
  };
  for (const auto& [event, why] : cases) {
    const Envelope e = one(event);
    EXPECT_EQ(e.malformed, why) << event;
    EXPECT_EQ(e.payload, event);
    EXPECT_EQ(e.context, "");
    EXPECT_EQ(e.received_at, kReceived);
    EXPECT_LE(e.user_id.size(), kMaxIdBytes);
  }
}

TEST(EnvelopeParser, KeepsTheGoodEventsAroundABadOne) {
  const std::string good = R"({"type":"track","event":"E","userId":"u"})";
  for (const std::string bad :
       {R"({"type":"track"})", "17", R"({"a":[1}])", R"({"x":nul})",
        R"({"type":"track","event":"E","userId":"u","properties":{"n":01}})",
        R"({"type":"track",})"}) {
    const auto envelopes = batch(good + "," + bad + "," + good);
    ASSERT_EQ(envelopes.size(), 3u) << bad;
    EXPECT_EQ(envelopes[0].malformed, "");
    EXPECT_NE(envelopes[1].malformed, "") << bad;
    EXPECT_EQ(envelopes[1].payload, bad);
    EXPECT_EQ(envelopes[2].malformed, "");
  }
}

TEST(EnvelopeParser, KeepsWhatItKnowsOfAMalformedEvent) {
  const Envelope e = one(R"({"type":"track","messageId":"m","userId":"u"})");
  EXPECT_EQ(e.malformed, "a track call has no event name");
  EXPECT_EQ(e.message_id, "m");
  EXPECT_EQ(e.user_id, "u");
}

TEST(EnvelopeParser, BoundsTheNesting) {
  const auto nested = [](std::size_t depth) {  // the event itself and its properties are two
    return track(R"("properties":{"x":)" + std::string(depth - 2, '[') +
                 std::string(depth - 2, ']') + "}")
        .malformed;
  };
  EXPECT_EQ(nested(kMaxJsonDepth - 1), "");
  EXPECT_EQ(nested(kMaxJsonDepth + 1), "nested deeper than 64");
  EXPECT_EQ(nested(200'000), "nested deeper than 64");
}

TEST(EnvelopeParser, BoundsTheEvent) {
  const auto padded = [](std::size_t size) {
    std::string event = R"({"type":"track","event":"E","userId":"u","properties":{"x":""}})";
    event.insert(event.size() - 3, size - event.size(), 'x');
    EXPECT_EQ(event.size(), size);
    return one(event);
  };
  EXPECT_EQ(padded(kMaxEventBytes).malformed, "");
  const Envelope over = padded(kMaxEventBytes + 1);
  EXPECT_EQ(over.malformed, "the event is larger than 32768 bytes");
  EXPECT_EQ(over.payload.size(), kMaxEventBytes);
  EXPECT_EQ(over.user_id, "u");
}

TEST(EnvelopeParser, BoundsTheNumberOfEvents) {
  EnvelopeParser parser;
  const auto count = [&](std::size_t events) {
    std::string body = R"({"batch":[)";
    for (std::size_t i = 0; i < events; ++i) body += i ? ",{}" : "{}";
    return parser.parse(body + "]}", SegmentCall::kBatch, kReceived);
  };
  EXPECT_EQ(count(kMaxEventsPerBatch)->envelopes.size(), kMaxEventsPerBatch);
  const auto over = count(kMaxEventsPerBatch + 1);
  ASSERT_FALSE(over.has_value());
  EXPECT_EQ(over.error(), BodyError::kTooManyEvents);
}

TEST(EnvelopeParser, KeepsJsonThatIsNoBatch) {
  EnvelopeParser parser;
  const std::pair<std::string, std::string> cases[] = {
      {"{}", "the body has no batch array"},
      {R"({"batch":{}})", "the body has no batch array"},
      {"[1]", "the body is not an object"},
      {"\"x\"", "the body is not an object"},
      {"12", "the body is not an object"},
      {R"({"userId":"u"})", "the body has no batch array"},
      {std::string(100, '[') + std::string(100, ']'), "the body is not an object"}};
  for (const auto& [body, why] : cases) {
    const auto parsed = parser.parse(body, SegmentCall::kBatch, kReceived);
    ASSERT_TRUE(parsed.has_value()) << body;
    ASSERT_EQ(parsed->envelopes.size(), 1u);
    EXPECT_EQ(parsed->envelopes[0].malformed, why);
    EXPECT_EQ(parsed->envelopes[0].payload, body);
  }
  EXPECT_TRUE(parser.parse(R"({"batch":[]})", SegmentCall::kBatch, kReceived)->envelopes.empty());
}

TEST(EnvelopeParser, RefusesWhatIsNoJson) {
  EnvelopeParser parser;
  for (const std::string body :
       {"", " ", "hello", "{", "}", "[", "{\"batch\":[}", "{'batch':[]}", "{\"batch\":[]",
        "{\"batch\":[]}}", "{\"batch\":[]} x", "{\"batch\":[{}{}]}", "{\"batch\" []}",
        "batch=%5B%5D", "<batch/>", "\x1f\x8b\x08", "{\"batch\":[{]}"}) {
    for (const SegmentCall call : {SegmentCall::kBatch, SegmentCall::kTrack}) {
      const auto parsed = parser.parse(body, call, kReceived);
      EXPECT_FALSE(parsed.has_value()) << body;
    }
  }
}

TEST(EnvelopeParser, EveryCutOfABodyIsRefusedAndNoneCrashes) {
  const std::string body = R"( {"batch":[{"type":"track","event":"a\u00e9\"b","userId":12,)"
                           R"("properties":{"a":[1,{"b":null}],"c":-1.5e3,"d":true}},"é😀"],)"
                           R"("sentAt":"2026-03-28T12:00:00Z","context":{"x":{}}})";
  EnvelopeParser parser;
  ASSERT_TRUE(parser.parse(body, SegmentCall::kBatch, kReceived).has_value());
  for (std::size_t cut = 0; cut < body.size(); ++cut) {
    EXPECT_FALSE(parser.parse(body.substr(0, cut), SegmentCall::kBatch, kReceived)) << cut;
    EXPECT_FALSE(parser.parse(body.substr(0, cut), SegmentCall::kTrack, kReceived)) << cut;
    (void)parser.parse(body.substr(cut), SegmentCall::kBatch, kReceived);
  }
}

TEST(EnvelopeParser, IsIndifferentToSpaceOrderAndByteOrderMark) {
  EnvelopeParser parser;
  const auto parsed = parser.parse(
      "\xEF\xBB\xBF\n\t{ \"sentAt\" : null , \"batch\" :\r\n[ { \"userId\" : \"u\" , \"event\" : "
      "\"E\""
      ", \"properties\" : { \"a\" : 1 } , \"type\" : \"track\" } ] } \n",
      SegmentCall::kBatch, kReceived);
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->envelopes.at(0).malformed, "");
  EXPECT_EQ(parsed->envelopes.at(0).payload, "{ \"a\" : 1 }");
}

TEST(EnvelopeParser, RepairsTextThatJavaScriptCutInTheMiddle) {
  const auto envelopes = batch(R"({"type":"track","event":"E","userId":"u",)"
                               R"("properties":{"a":"x\ud83d","b":"\ud83d\ude00"}},)"
                               R"({"type":"identify","userId":"\udc00z"})");
  ASSERT_EQ(envelopes.size(), 2u);
  EXPECT_EQ(envelopes[0].malformed, "");
  EXPECT_EQ(envelopes[0].payload, R"({"a":"x\ufffd","b":"\ud83d\ude00"})");
  EXPECT_EQ(envelopes[1].user_id, "\xEF\xBF\xBDz");
}

TEST(EnvelopeParser, RepairsBytesThatAreNotUtf8) {
  const auto envelopes = batch(
      "{\"type\":\"identify\",\"userId\":\"caf\xE9\"},"
      "{\"type\":\"identify\",\"userId\":\"ok\"}");
  ASSERT_EQ(envelopes.size(), 2u);
  EXPECT_EQ(envelopes[0].malformed, "");
  EXPECT_EQ(envelopes[0].user_id, "caf\xEF\xBF\xBD");
  EXPECT_EQ(envelopes[1].user_id, "ok");
}

TEST(JsonRepair, ReplacesIllFormedSequences) {
  const std::string bad = "\xEF\xBF\xBD";
  EXPECT_EQ(replace_invalid_utf8("plain é € 😀"), "plain é € 😀");
  EXPECT_EQ(replace_invalid_utf8("\x80"), bad);
  EXPECT_EQ(replace_invalid_utf8("\xC0\xAF"), bad + bad);                      // overlong
  EXPECT_EQ(replace_invalid_utf8("\xED\xA0\x80"), bad + bad + bad);            // a surrogate
  EXPECT_EQ(replace_invalid_utf8("\xF4\x90\x80\x80"), bad + bad + bad + bad);  // beyond U+10FFFF
  EXPECT_EQ(replace_invalid_utf8("a\xE2\x82"
                                 "b"),
            "a" + bad + "b");  // cut short: one maximal part
  EXPECT_EQ(replace_invalid_utf8("\xF0\x9F\x98"), bad);
}

TEST(JsonRepair, ReplacesLoneSurrogatesOnly) {
  EXPECT_EQ(replace_lone_surrogates(R"("\ud83d\ude00")"), R"("\ud83d\ude00")");
  EXPECT_EQ(replace_lone_surrogates(R"("\ud83d")"), R"("\ufffd")");
  EXPECT_EQ(replace_lone_surrogates(R"("\uDE00x")"), R"("\ufffdx")");
  EXPECT_EQ(replace_lone_surrogates(R"("\ud83d\ud83d\ude00")"), R"("\ufffd\ud83d\ude00")");
  EXPECT_EQ(replace_lone_surrogates(R"("\\ud83d")"), R"("\\ud83d")");  // an escaped backslash
  EXPECT_EQ(replace_lone_surrogates(R"("\u00e9\u")"), R"("\u00e9\u")");
}

TEST(JsonRepair, CutsAtWholeCharacters) {
  EXPECT_EQ(utf8_prefix("abc", 5), "abc");
  EXPECT_EQ(utf8_prefix("abc", 2), "ab");
  EXPECT_EQ(utf8_prefix("aé", 2), "a");
  EXPECT_EQ(utf8_prefix("a😀", 4), "a");
  EXPECT_EQ(utf8_prefix("a😀", 5), "a😀");
  EXPECT_EQ(utf8_prefix("é", 0), "");
}

}  // namespace
}  // namespace trig::ingest
