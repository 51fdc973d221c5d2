// Fuzzes what strangers can send: content coding, JSON and the fields of an event. The first byte
// chooses the call. Whatever comes, there is either a refusal or envelopes that keep their
// promises.
#include <simdjson.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "compiler/base/check.h"
#include "runtime/ingest/envelope_parser.h"
#include "runtime/ingest/gzip.h"
#include "runtime/ports/limits.h"
#include "tests/fuzz/standalone_main.h"

namespace {

using trig::Envelope;
namespace ingest = trig::ingest;

const trig::Instant kReceived = trig::parse_instant("2026-03-28T12:00:00Z").value();

bool is_json_object(const std::string& text) {
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  return !parser.parse(text).get_object().get(object);
}

void check_envelope(const Envelope& envelope) {
  for (const std::string* id : {&envelope.message_id, &envelope.anonymous_id, &envelope.user_id,
                                &envelope.previous_id, &envelope.group_id, &envelope.event})
    TRIG_CHECK(id->size() <= trig::kMaxIdBytes, "an id is too long");
  TRIG_CHECK(envelope.occurred_at <= envelope.received_at, "an event from the future");
  TRIG_CHECK(envelope.received_at == kReceived, "not the time of receipt");
  TRIG_CHECK(envelope.payload.size() <= trig::kMaxEventBytes, "a payload is too large");
  if (!envelope.malformed.empty()) return;
  // What happened to a mail belongs to who got it.
  bool of_someone = !envelope.user_id.empty() || !envelope.anonymous_id.empty();
  TRIG_CHECK(of_someone || envelope.kind == EnvelopeKind::kTrack, "nobody's event");
  TRIG_CHECK(is_json_object(envelope.payload), "a payload is no JSON object");
  TRIG_CHECK(envelope.context.empty() || is_json_object(envelope.context), "a broken context");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static ingest::EnvelopeParser parser;
  if (size == 0) return 0;
  const auto call = static_cast<ingest::SegmentCall>(data[0] % 7);
  std::string body(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (const auto text = ingest::decompress(body, trig::kMaxBatchBytes)) {
    TRIG_CHECK(text->size() <= trig::kMaxBatchBytes, "unfolded beyond the bound");
    body = *text;
  }
  if (body.size() > trig::kMaxBatchBytes) return 0;
  const auto parsed = parser.parse(std::move(body), call, kReceived);
  if (!parsed) return 0;
  TRIG_CHECK(parsed->envelopes.size() <= trig::kMaxEventsPerBatch, "too many events");
  for (const Envelope& envelope : parsed->envelopes) check_envelope(envelope);
  return 0;
}

std::vector<std::string> fuzz_seeds() {
  using namespace std::string_literals;
  return {
      "\x00"s
      R"({"batch":[{"messageId":"m1","type":"track","event":"Order \u00e9","userId":12,
        "timestamp":"2026-03-28T11:00:00.000Z","context":{"library":{"name":"node"}},
        "properties":{"total":19.90,"list":[1,-2.5e3,true,null,"\ud83d\ude00"]}},
        {"type":"identify","userId":"u","traits":{"email":"a@b.c"}},"x",7,[{}]],
        "sentAt":"2026-03-28T12:00:00Z","context":{"a":{}},"writeKey":"k"})",
      "\x01"s
      R"({"event":"E","anonymousId":"a","properties":{"x":"y"},"sentAt":1774692000000})",
      "\x02"s
      R"({"userId":"u","traits":{"name":"caf\u00e9","nested":{"deep":[[[[]]]]}}})",
      "\x05"s
      R"({"userId":"u","groupId":9007199254740993,"traits":null})",
      "\x06"s
      R"({"userId":"u","previousId":"p"})",
      "\x00"s
      "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xab\x56\x4a\x4a\x2c\x49\xce\x50\xb2\x8a"
      "\x8e\xad\x05\x00\x3f\x3c\x93\x1e\x0c\x00\x00\x00"s,
  };
}

std::vector<std::string> fuzz_dictionary() { return {}; }
