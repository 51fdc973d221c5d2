// What comes in from outside, before anybody knows whom it is about: Envelopes, handed to an Inbox
// in batches. The ingest endpoints are the producers; the engine's front stage is the consumer.
//
//   inbox.submit(std::move(batch), [](Receipt receipt) { answer(receipt); });
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "compiler/base/time.h"

namespace trig {

// Segment's kinds of call. Screen and page are events with fixed names; group and alias only
// tell about ids.
enum class EnvelopeKind : std::uint8_t { kTrack, kIdentify, kPage, kScreen, kGroup, kAlias };

// One event as received. Ids are empty where the sender gave none.
struct Envelope {
  EnvelopeKind kind = EnvelopeKind::kTrack;
  std::string source;      // which write key it came by (its name, never the key)
  std::string message_id;  // the sender's id of this event: the key of deduplication
  std::string event;       // name as received: "Order Completed"; page and screen: the page's name
  std::string anonymous_id;
  std::string user_id;
  std::string previous_id;  // alias: the id that user_id replaces
  std::string group_id;
  Instant occurred_at;    // client's clock, corrected by sent_at where both are given;
                          // received_at where it gave none or one in the future
  Instant received_at;    // filled by the engine when it takes the envelope
  std::string payload;    // JSON object: properties of a track, traits of an identify
  std::string context;    // JSON object or empty
  std::string malformed;  // why it cannot be read; then payload holds its raw text
};

enum class ReceiptKind : std::uint8_t {
  kDurable,     // committed and synced: it survives a kill, an OS crash and a power cut
  kOverloaded,  // nothing of the batch was taken; try again after retry_after
  kFailed,      // the store refused; nothing of the batch was taken
};

struct Receipt {
  ReceiptKind kind = ReceiptKind::kDurable;
  std::chrono::seconds retry_after{1};
};

// A person's own word, by a link in a mail: the address is known from the token.
struct UnsubscribeRequest {
  std::uint64_t person = 0;  // PersonId from the token
  std::string address_hash;  // HMAC of the address the mail went to
  std::string topic;         // empty: everything
};

class Inbox {
 public:
  virtual ~Inbox() = default;
  // Thread-safe. `done` is called exactly once, on any thread. A batch is taken whole or not at
  // all.
  virtual void submit(std::vector<Envelope> batch, std::function<void(Receipt)> done) = 0;
  virtual void unsubscribe(UnsubscribeRequest request, std::function<void(Receipt)> done) = 0;
};

}  // namespace trig
