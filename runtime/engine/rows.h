// The keys and values of a data directory: what the spaces of runtime/ports/store.h hold.
// Keys are big-endian, so that their byte order is their order.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "compiler/base/codec.h"
#include "compiler/base/hash.h"
#include "compiler/base/ids.h"
#include "compiler/exec/step.h"
#include "runtime/ports/inbox.h"

namespace trig::engine {

// --- keys
std::string person_key(PersonId person);
std::string timer_key(Instant due, PersonId person);
std::string event_key(Sequence sequence);
std::string history_prefix(PersonId person);
std::string history_prefix(PersonId person, NameHash event);
std::string history_key(PersonId person, NameHash event, const exec::Moment& moment);
std::string message_key(MessageId message);
std::string decision_prefix(PersonId person);
std::string decision_key(PersonId person, std::uint64_t number);
std::string duplicate_key(std::uint32_t period, const Hash128& id);

enum class IdentityKind : std::uint8_t { kAnonymous = 1, kUser = 2, kField = 3, kForward = 4 };
std::string identity_key(IdentityKind kind, std::string_view id);
std::string field_identity_key(NameHash field, std::string_view value);
std::string forward_key(PersonId person);

struct TimerRow {
  Instant due;
  PersonId person = PersonId::kNone;
  friend auto operator<=>(const TimerRow&, const TimerRow&) = default;
};
// Addresses are kept as an HMAC of their lower-case form, never as they are.
std::string address_key(std::string_view workspace_secret, std::string_view address);
// What a mail is called outside: the local part of its Message-ID, the same at every attempt, and
// nothing that tells how many mails there are. 24 characters of base32: the id under a keystream,
// and the tag that made the keystream (as SIV does, RFC 5297), so that the name of a mail leads
// back to it and nobody can make one up.
std::string mail_name(std::string_view workspace_secret, MessageId message);
std::optional<MessageId> read_mail_name(std::string_view workspace_secret, std::string_view name);

// Space::kPrograms has what the numbers of campaigns in stored people stand for.
constexpr std::string_view kCampaignNumbers = "n";
std::string campaign_number_key(std::uint32_t number);

std::optional<TimerRow> read_timer_key(std::string_view key);
// The moment at the end of a history key.
std::optional<exec::Moment> read_history_moment(std::string_view key);

// --- values
std::string person_value(PersonId person);  // of identity rows
std::optional<PersonId> read_person_value(std::string_view value);

std::string campaign_value(const exec::CampaignRef& ref);  // of those of kCampaignNumbers
std::optional<exec::CampaignRef> read_campaign_value(std::string_view value);

// An event as received, with what became of it.
enum class EventFate : std::uint8_t { kApplied, kRejected, kOnlyIds, kEmitted };
struct EventRow {
  Envelope envelope = {};
  PersonId person = PersonId::kNone;
  EventFate fate = EventFate::kApplied;
  std::string reason = {};  // why it was rejected
};
void encode(const EventRow& row, ByteWriter& writer);
std::optional<EventRow> decode_event_row(std::string_view bytes);

// What one step decided, in one row, which reads as one decision a campaign.
// `row` is written over.
void encode(const std::vector<exec::Decision>& decisions,
            const std::vector<exec::NotStarted>& not_started, std::string& row);
std::optional<std::vector<exec::Decision>> decode_decisions(std::string_view bytes);

std::string encode(const exec::AddressState& state);
std::optional<exec::AddressState> decode_address(std::string_view bytes);

// What has been counted since the data directory was made. P4: decided is the sum of the states.
struct Totals {
  std::uint64_t events = 0;
  std::uint64_t events_rejected = 0;
  std::uint64_t events_duplicate = 0;
  std::uint64_t events_emitted = 0;  // by journeys; counted in `events` too
  std::uint64_t people = 0;
  std::uint64_t journeys_started = 0;
  std::uint64_t journeys_ended = 0;
  std::uint64_t goals = 0;
  std::uint64_t arrived_too_late = 0;
  std::uint64_t history_rows_cut = 0;  // that some window still wanted
  std::uint64_t objectives_met = 0;    // of `within`, by mails that were sent
  std::uint64_t objectives_missed = 0;
  std::uint64_t decided = 0;
  std::array<std::uint64_t, exec::kMessageStateCount> messages{};  // by MessageState, now
  std::uint64_t posts_decided = 0;
  std::array<std::uint64_t, exec::kMessageStateCount> posts{};  // likewise
  friend bool operator==(const Totals&, const Totals&) = default;
};
std::string encode(const Totals& totals);
std::optional<Totals> decode_totals(std::string_view bytes);

// --- meta
inline constexpr std::string_view kMetaClock = "clock";
inline constexpr std::string_view kMetaSequence = "sequence";
inline constexpr std::string_view kMetaNextPerson = "next_person";
inline constexpr std::string_view kMetaTotals = "totals";
inline constexpr std::string_view kMetaProgram = "program";      // hash of the current one
inline constexpr std::string_view kMetaWorkspace = "workspace";  // 16 random bytes
inline constexpr std::string_view kMetaInFlight = "inflight/";   // + message key: attempt begun

// The triggers that every person is prepared for, by hash; and while a sweep is on its way: the
// hash it goes for and the key of the last person it has been at.
inline constexpr std::string_view kMetaTriggers = "triggers";
inline constexpr std::string_view kMetaSweep = "sweep";

// Since when the history has been kept (kept.h), by event; and while stored events are gone through
// to fill it in: how far that is.
inline constexpr std::string_view kMetaKept = "kept/";  // + hash of an event
inline constexpr std::string_view kMetaFilling = "filling";

inline constexpr std::string_view kMetaRate = "rate/";  // + hash of a policy: its next free slot
std::string rate_key(NameHash policy);

// The first key after every key that begins with `prefix`.
std::string after_prefix(std::string_view prefix);

}  // namespace trig::engine
