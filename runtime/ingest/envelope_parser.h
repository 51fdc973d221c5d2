// EnvelopeParser: the body of a Segment call -> Envelopes. Pure: text and the time of receipt in,
// values out. A bad event never spoils its neighbours: it becomes an Envelope that says in
// `malformed` what is wrong and keeps its raw text (at most kMaxEventBytes of it) as payload. Only
// a body that is no JSON at all, or holds more than kMaxEventsPerBatch events, is refused whole.
//
//   EnvelopeParser parser;                       // keeps its buffers; one per thread
//   auto parsed = parser.parse(body, SegmentCall::kBatch, clock.now());
//   if (!parsed) …                               // parsed.error()
//   for (Envelope& envelope : parsed->envelopes) …
//
// Source: Segment HTTP tracking API, as its SDKs use it. Occurrence is corrected by the client's
// clock: received_at - (sentAt - originalTimestamp), or `timestamp` where there is no other.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "compiler/base/result.h"
#include "compiler/base/time.h"
#include "runtime/ports/inbox.h"

namespace trig::ingest {

// kBatch: {"batch": […]}, each element naming its own type. The others: the body is the one event.
enum class SegmentCall : std::uint8_t { kBatch, kTrack, kIdentify, kPage, kScreen, kGroup, kAlias };

struct ParsedBody {
  std::vector<Envelope> envelopes;  // in the order given; `source` is left empty
  std::string write_key;            // the body's writeKey, if it has one
};

enum class BodyError : std::uint8_t { kNotJson, kTooManyEvents };

class EnvelopeParser {
 public:
  EnvelopeParser();
  ~EnvelopeParser();
  EnvelopeParser(const EnvelopeParser&) = delete;
  EnvelopeParser& operator=(const EnvelopeParser&) = delete;

  // `body` is at most kMaxBatchBytes; its content coding is already taken off.
  tl::expected<ParsedBody, BodyError> parse(std::string body, SegmentCall call,
                                            Instant received_at);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace trig::ingest
