// One event's JSON text -> one Envelope: of a call (EnvelopeParser), or of a recording of what some
// server received before (runtime/drive/recording.h). It is read twice: once in full
// to prove that it is JSON within bounds, once to find the fields wanted. Payload and context stay
// the text they came as, so that no number changes on its way through a double.
#pragma once

#include <simdjson.h>

#include <optional>
#include <string_view>

#include "runtime/ingest/envelope_parser.h"

namespace trig::ingest {

// What the whole body says about each of its events.
struct BodyContext {
  SegmentCall call = SegmentCall::kBatch;
  Instant received_at;
  std::optional<Instant> sent_at;
  std::string_view context;  // JSON object or empty
  // The event was received before, when its receivedAt says; or else when it occurred.
  bool recorded = false;
  bool proven = false;  // this very text has been read before: the proof need not be repeated
};

struct ReadEvent {
  Envelope envelope;
  std::string write_key;
  bool is_json = true;  // false: not even its structure; the envelope says so too
};

class EventReader {
 public:
  EventReader();
  // `text` has SIMDJSON_PADDING readable bytes behind it.
  ReadEvent read(std::string_view text, const BodyContext& body);

 private:
  ReadEvent read_valid(std::string_view text, const BodyContext& body);

  simdjson::dom::parser proof_;
  simdjson::ondemand::parser parser_;
};

// An event that cannot be read, with its raw text cut to kMaxEventBytes.
void mark_malformed(Envelope& envelope, std::string_view raw, std::string why);

}  // namespace trig::ingest
