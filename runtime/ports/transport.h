// Transport: hands one rendered mail to whoever carries it on: an SMTP relay, a provider's HTTP API
// or a folder. One try per call; retries are the engine's (a retry is a new attempt with a new
// SendDue), so a transport never sends the same call twice.
//
// `send` may be called from the delivery thread only. `done` is called exactly once, later or at
// once, on that same thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/ids.h"
#include "compiler/base/time.h"

namespace trig {

struct Mailbox {
  std::string name;     // display name, UTF-8, may be empty
  std::string address;  // addr-spec
};

struct MailHeader {
  std::string name;
  std::string value;  // UTF-8, unfolded; CR, LF and NUL are refused when the mail is built
};

// A rendered mail. The same attempt of the same message always gives the same bytes.
struct Mail {
  MessageId id = MessageId::kNone;
  std::uint32_t attempt = 1;
  std::string message_id;  // Message-ID without <>; the same for every attempt; also the
                           // idempotency key where a provider takes one
  Instant date;            // of the decision, not of the attempt
  Mailbox from;
  std::optional<Mailbox> reply_to;
  Mailbox to;
  std::string subject;
  std::string html;
  std::string text;
  std::vector<MailHeader> headers;  // List-Unsubscribe and its kin, X-Trig-Send
};

enum class SendOutcome : std::uint8_t {
  kAccepted,  // the peer took responsibility
  kDeferred,  // not now; try again later
  kRefused,   // never for this recipient or this mail
  kInDoubt,   // the link died between the last byte and the reply (RFC 1047)
  kBlocked,   // our own side is at fault (authentication, policy, reputation): an operator's matter
};
std::string_view to_string(SendOutcome outcome);

struct SendReply {
  SendOutcome outcome = SendOutcome::kDeferred;
  int code = 0;                         // SMTP reply or HTTP status; 0 if there was none
  std::string enhanced;                 // RFC 3463 "5.1.1"; may be empty
  std::string text;                     // what the peer said, or what went wrong
  std::optional<Duration> retry_after;  // if the peer named one
};

class Transport {
 public:
  virtual ~Transport() = default;
  virtual void send(Mail mail, std::function<void(SendReply)> done) = 0;
  // "smtp://127.0.0.1:2525", for logs and metrics; no secrets.
  virtual std::string name() const = 0;
};

}  // namespace trig
