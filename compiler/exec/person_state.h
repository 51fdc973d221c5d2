// PersonState: everything the engine keeps about one person, as one value: loaded once per batch,
// written once per batch. It refers to campaigns, fields, topics and events by NameHash, so that it
// outlives a deploy.
#pragma once

#include <array>
#include <boost/container/small_vector.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/base/hash.h"
#include "compiler/base/ids.h"
#include "compiler/base/time.h"
#include "compiler/exec/campaign_ref.h"
#include "compiler/exec/late_watches.h"
#include "compiler/exec/moment.h"
#include "compiler/ir/program.h"
#include "compiler/ir/value.h"

namespace trig::exec {

struct PersonField {
  NameHash name{};
  ir::Value value;
};

struct Subscription {
  NameHash topic{};
  bool subscribed = false;
  Instant at;
};

// One person's passage through one campaign.
struct Journey {
  JourneyId id = JourneyId::kNone;
  CampaignRef campaign;
  ir::Value key;                         // Missing: the person is the key
  Instant started_at;                    // the clock when it began (again)
  Moment trigger;                        // the starting event, or the newest restart
  Moment bound;                          // the event slot 0 was bound from: trigger or a renewal
  std::uint32_t step = 0;                // the step it stands at
  std::optional<Instant> wake;           // a wait: when it ends
  Instant wait_begin;                    // a wait: when it began
  MessageId message = MessageId::kNone;  // a send: the mail it is parked at
  std::vector<std::uint32_t> armed;      // Campaign::watches that end it until the next attempt
  std::vector<ir::Value> slots;          // bound records, names of mails
  Moment since;               // `wait for` sees what came after: the last send, the start
  std::vector<Moment> taken;  // since then, by a `wait for`: none is taken twice
  bool attempted = false;     // its first send has begun
  bool effective = false;     // it had an effect: counts for `again`
  bool held_out = false;      // by a split: no mail and no action from there on
};

enum class MessageState : std::uint8_t {
  kPending,     // decided, not begun, or waiting for a retry
  kSending,     // attempt begun, no result yet
  kSent,        // the peer took responsibility
  kSuppressed,  // the policy refused it, or the reason went away
  kFailed,      // refused for good, gave up, or it could not be rendered
  kExpired,     // past its `or skip after`
  kInDoubt,     // at most once, and the reply was lost
};
constexpr std::size_t kMessageStateCount = 7;
std::string_view to_string(MessageState state);
bool is_final(MessageState state);

// What a `post` hands over instead of a mail: a JSON body to a URL.
struct PostCall {
  std::string url;
  std::string body;
};

// What a mail's first attempt reads, for all of its attempts.
struct MailContent {
  std::string address;
  std::vector<ir::Value> arguments;  // parallel to the template's parameters
  std::vector<PersonField> person;
};

// One mail, or one post. What is handed over with it is shared and never changes: a copy is cheap.
// In the person's state while it is pending or sending.
struct Message {
  MessageId id = MessageId::kNone;
  JourneyId journey = JourneyId::kNone;
  CampaignRef campaign;
  std::uint32_t step = 0;
  NameHash mail_template{};
  NameHash policy{};
  MessageState state = MessageState::kPending;
  Instant decided_at;
  std::optional<Instant> due;         // pending: when the policy is asked (again)
  std::optional<Instant> skip_after;  // `or skip after`
  bool rate_slot = false;             // `due` is its slot under the policy's rate
  int best_hour = -1;                 // `due` is this local hour; -1: it was asked for, or need not
  std::uint32_t attempt = 0;          // attempts begun
  Instant begun_at;                   // of the first attempt
  std::shared_ptr<const MailContent> content;  // of a post none, of a mail once it has begun
  std::shared_ptr<const PostCall> post;        // no mail: no policy, no address, no consent
  std::string note;  // why it is where it is: "quiet hours", the peer's reply

  const MailContent& mail() const;  // empty where there is no content
};

struct GoalWatch {
  JourneyId journey = JourneyId::kNone;
  CampaignRef campaign;
  std::uint32_t goal = 0;
  Moment trigger;
  Instant deadline;
  std::vector<ir::Value> slots;
};

struct PastStart {  // for `again never` and `again after`
  NameHash campaign{};
  ir::Value key;
  Instant started_at;  // when its trigger occurred
};

struct CountedSend {  // for caps
  NameHash policy{};
  Instant at;
};

// An event on the way to a count or a sequence, with the fields that its slot keeps.
struct TriggerEvent {
  Moment moment;
  ir::Value record;
};

// What `on 3 product_viewed within 1 hour per category` has seen of one key.
struct CountProgress {
  CampaignRef campaign;
  ir::Value key;
  // The last event of the count that was complete: none that occurred before it counts again.
  Moment complete{Instant::min(), Sequence::kNone};
  std::vector<TriggerEvent> events;  // by moment
};

// What `on cart_updated then checkout_started within 1 hour` has seen: its first parts, or, where
// `first` is not 0, one later part that arrived before any start it could take.
struct SequenceProgress {
  CampaignRef campaign;
  std::uint32_t first = 0;
  std::vector<TriggerEvent> parts;
};

// When a trigger without an event comes next for this person: silence, date, schedule.
struct PlannedStart {
  NameHash campaign{};
  ir::Value row;                      // date of a list: the key of the row. Otherwise missing
  Hash128 trigger;                    // its version: another one is planned anew
  std::optional<Instant> due;         // nothing to wait for: absent
  std::optional<Date> day;            // date, schedule: the day that `due` belongs to
  ir::Value done;                     // date: the value, else the day, it came for last
  Instant counts_from;                // silence: when the person became known, or the deploy
  std::optional<Instant> last_event;  // silence
  std::optional<Instant> came_for;    // silence: the beginning of the one it came for
};

// Whether the person is in a segment that some campaign watches.
struct Membership {
  NameHash segment{};
  Hash128 version;  // of the segment
  bool inside = false;
  std::optional<Instant> check_at;  // when the passing of time may change it
};

// The arm of a split a person was given, kept for good.
struct SplitArm {
  NameHash campaign{};
  NameHash split{};
  NameHash arm{};
};

// How often a person did something in each hour of their day. Halved when there is much, so that
// newer habits weigh more.
struct HourCounts {
  std::array<std::uint32_t, 24> counts{};
  void add(int hour);
  void add(const HourCounts& other);
  std::uint32_t total() const;
  int best() const;  // the earliest of the fullest hours
  friend bool operator==(const HourCounts&, const HourCounts&) = default;
};

// How much of one event type the history keeps.
struct KeptEvents {
  NameHash event{};
  std::uint32_t rows = 0;
  Instant oldest = Instant::max();  // no row occurred before it
  Instant newest = Instant::min();  // when the newest of them occurred
  bool incomplete = false;          // rows that some window still wanted had to go
};

// An aggregate over the history that is kept up to date row by row (running.h). Every row of its
// event that occurred later than `after` is in it; of these `rows` satisfy its `where` and
// `present` have a value in its field.
struct RunningSum {
  ir::Currency currency;  // of sums that are no money: none
  std::uint32_t rows = 0;
  std::uint32_t amounts = 0;  // of these: not zero
  __int128 units = 0;         // of the value's own kind: millionths, microseconds, whole numbers
};
struct RunningValue {
  ir::Value value;
  Moment moment;           // distinct: of its first row; min, max: of the last that has it
  std::uint32_t rows = 0;  // distinct
};
struct RunningAggregate {
  Hash128 identity;  // of what it computes
  NameHash event{};
  Instant after = Instant::min();
  Moment oldest;  // no row that counts occurred before it
  Moment newest;  // none after it
  std::uint32_t rows = 0;
  std::uint32_t present = 0;
  bool mixed = false;                // min, max: money of several currencies, which have no order
  std::vector<RunningSum> sums;      // by currency
  std::vector<RunningValue> values;  // distinct: by moment; min, max, first, last: at most one
};

struct PersonState {
  PersonId id = PersonId::kNone;
  Instant known_since;
  std::vector<PersonField> fields;  // by name
  std::vector<Subscription> subscriptions;
  std::vector<Journey> journeys;  // by id
  std::vector<Message> messages;
  std::vector<GoalWatch> goals;
  LateWatches late_watches;
  std::vector<PastStart> past_starts;
  std::vector<CountedSend> counted_sends;
  std::vector<KeptEvents> kept_events;
  std::vector<RunningAggregate> running;  // by identity
  std::vector<CountProgress> counts;
  std::vector<SequenceProgress> sequences;
  std::vector<PlannedStart> planned;
  std::vector<Membership> memberships;
  std::vector<SplitArm> arms;               // the oldest first
  HourCounts mail_hours;                    // of email_opened and email_clicked
  HourCounts own_hours;                     // of the person's own events
  Instant last_own_event = Instant::min();  // when the last of them occurred
  std::uint64_t next_journey = 1;
  std::uint64_t next_message = 1;
  std::uint64_t next_decision = 1;
  bool identified = false;   // a user id or a key is known: not anonymous
  bool has_user_id = false;  // a sender's own id is known, not only a key

  const ir::Value* field(NameHash name) const;  // null if never set
  void set_field(NameHash name, ir::Value value);
  bool subscribed(NameHash topic) const;
  void set_subscription(NameHash topic, bool subscribed, Instant at);
  KeptEvents& kept(NameHash event);
  // Whether the history may have a row of the event that occurred then or later.
  bool any_kept_from(NameHash event, Instant instant) const;
  Journey* find_journey(JourneyId id);
  Message* find_message(MessageId id);
};

// The instants at which this person has something to do, ascending, each once.
using DueTimes = boost::container::small_vector<Instant, 4>;
DueTimes timers_of(const PersonState& state);

// Campaigns are written as numbers (campaign_numbers.h).
class CampaignNumbers;
void encode(const PersonState& state, CampaignNumbers& numbers, ByteWriter& writer);
// false: the bytes are not a person (corruption).
bool decode(ByteReader& reader, const CampaignNumbers& numbers, PersonState& state);
void encode(const Message& message, ByteWriter& writer);
Message decode_message(ByteReader& reader);

}  // namespace trig::exec
