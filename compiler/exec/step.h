// step: one input of one person → the person's new state and Effects. The heart of trig, and pure:
// no clock, no random source, no I/O, no threads, no order that depends on addresses. Everything it
// knows comes in by its arguments; what it decides goes out as Effects, which the engine folds into
// a Commit.
//
//   Effects effects;
//   step(world, state, EventInput{…}, now, effects);
//   for (const Message& message : due_messages(state, now))   // then, in this order
//     step(world, state, SendDue{message.id, …}, now, effects);
//
// Semantics: docs/reference/semantics.md, by the numbers quoted in the code.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "compiler/exec/executor.h"
#include "compiler/exec/person_state.h"

namespace trig::exec {

// ------------------------------------------------------------------------------------------ inputs

struct EventInput {
  Moment moment;
  NameHash event{};
  std::uint32_t index = 0;   // of the event in the current program
  EventFields fields;        // decoded by the current program
  std::string_view payload;  // as received; older programs decode it for their journeys
  bool emitted = false;      // by a journey: not the person's own
  bool may_start = true;     // false: imported, or older than the project's bound on receipt
};
struct FieldsInput {  // identify: traits of the person
  std::vector<PersonField> fields;
};
struct TimerDue {};    // the clock passed a wait or a mail's instant
struct AddressState {  // what is known about the address of the mail at hand
  bool bounced = false;
  bool complained = false;
  std::vector<NameHash> unsubscribed;  // topics
};
struct SendDue {  // may this mail begin an attempt?
  MessageId message = MessageId::kNone;
  AddressState address;
};
enum class SendReport : std::uint8_t { kSent, kRetry, kFailed, kInDoubt };
struct SendResult {
  MessageId message = MessageId::kNone;
  std::uint32_t attempt = 0;
  SendReport report = SendReport::kSent;
  std::optional<Instant> retry_at;  // kRetry
  std::string note;                 // what the peer said
};
struct SubscriptionInput {        // the person's own word, or an import
  std::optional<NameHash> topic;  // absent: all
  bool subscribed = false;
  std::string how;  // "link in a mail", for `why`
};
struct Appeared {};    // somebody became known: what comes without an event is planned
struct Deployment {};  // another program came: the same for who was there before; nobody enters
using Input = std::variant<EventInput, FieldsInput, TimerDue, SendDue, SendResult,
                           SubscriptionInput, Appeared, Deployment>;

// ----------------------------------------------------------------------------------------- effects

enum class DecisionKind : std::uint8_t {
  kEvent,         // an event of the person took effect
  kFields,        // person fields set
  kSubscription,  // subscribed or unsubscribed
  kStarted,       // a journey began
  kNotStarted,    // and why not
  kRestarted,
  kRefreshed,  // a newer event only renewed the binding
  kWaiting,    // until when
  kBranch,     // a `when`, with its values
  kEnded,
  kSendDecided,
  kHeldBack,  // by cap, quiet hours or rate, until when
  kSuppressed,
  kExpired,
  kAttempt,  // an attempt began
  kSent,
  kRetry,
  kFailed,
  kInDoubt,
  kGoal,
  kArrivedTooLate,  // an event that would have stopped a mail, had it come earlier
  kIdentity,        // ids joined
  kDeploy,
  kHistoryCut,  // rows that a window still wanted had to go
  kCame,        // the event of a `wait for`
  kDidNotCome,
  kSplit,    // which arm, and its share
  kHeldOut,  // what a hold-out leaves undone
  kEmitted,
  kEdited,   // what a deploy did to a journey
  kSegment,  // someone entered or left a segment that some campaign watches
};
std::string_view to_string(DecisionKind kind);

struct Decision {
  Instant at;
  DecisionKind kind = DecisionKind::kEvent;
  NameHash campaign{};  // 0: none
  std::string campaign_name;
  JourneyId journey = JourneyId::kNone;
  std::string detail;
};

// The campaigns that one event did not start, with what their `where` read. They lie beside the
// decisions, and a text that several have in common is there once: an event has a dozen of them.
struct NotStarted {
  struct Campaign {
    const ir::Campaign* campaign = nullptr;  // of the current program
    std::uint32_t text = 0;
  };
  Instant at;
  std::size_t after = 0;  // so many of Effects::decisions come before
  std::vector<std::string> texts;
  std::vector<Campaign> campaigns;  // at most kMaxNegativesPerEvent
  std::size_t more = 0;             // whose `where` is false as well
};

struct MessageChange {
  std::optional<MessageState> from;  // absent: just decided
  Message message;
};

struct GoalReached {
  CampaignRef campaign;
  std::string campaign_name;
  JourneyId journey = JourneyId::kNone;
  std::uint32_t goal = 0;
  ir::Value value;
};

struct JourneyEnd {
  NameHash campaign{};
  std::string reason;
};

struct AddressChange {  // consent that belongs to the address as well
  std::string address;
  std::optional<NameHash> topic;  // absent: all
  bool subscribed = false;
};

// An event that a journey emitted: to be taken as an input of the same person, in the same commit.
struct Emitted {
  std::string event;
  std::string payload;
  Instant at;
  std::string campaign;
};

struct Effects {
  std::vector<Decision> decisions;
  std::vector<NotStarted> not_started;
  std::vector<MessageChange> messages;
  // Of these `messages` an attempt begins with this input: to be handed over once committed.
  std::vector<std::size_t> attempts;
  std::vector<GoalReached> goals;
  std::vector<NameHash> started;  // journeys, by their campaigns
  std::vector<JourneyEnd> ended;
  std::vector<AddressChange> addresses;
  std::vector<Emitted> emitted;
  std::uint64_t objectives_met = 0;  // of `within`, by mails that were sent
  std::uint64_t objectives_missed = 0;
  std::uint64_t arrived_too_late = 0;

  void clear();  // keeps its room
};

// ------------------------------------------------------------------------------------------- world

// A campaign as some deployed program has it.
struct CampaignInProgram {
  const Executor* executor = nullptr;
  std::uint32_t campaign = 0;  // index in its program
};

struct World {
  const Executor* current = nullptr;
  // The campaign at the version a journey carries; nullopt if that version is not to be had any
  // more.
  std::function<std::optional<CampaignInProgram>(const CampaignRef&)> find_version;
  const History* history = nullptr;
  // What a mail is called outside: in its headers, and in the events about it.
  std::function<std::string(MessageId)> mail_name;
  Sequence sequence = Sequence::kNone;  // of the last event taken, whosever it was
  const CouponKeys* coupon_keys = nullptr;
  Duration late_window{std::chrono::hours(24)};  // how long late events are counted after a send
  bool explain = true;                           // Effects::decisions are wanted
};

void step(const World& world, PersonState& state, const Input& input, Instant now,
          Effects& effects);

// Pending messages that are due by `now`, in the order in which the policy is asked (semantics 7):
// priority, campaign name, journey.
std::vector<MessageId> due_messages(const World& world, const PersonState& state, Instant now);

// The zone of local times for this person: its own, else the project's.
Zone send_zone(const ir::Program& program, const PersonState& state);

// The person record of `program` filled from the state; declared defaults where nothing is set.
ir::Items person_items(const ir::Program& program, const PersonState& state);

// Ends every journey of these campaigns.
void end_journeys(const World& world, PersonState& state, const std::vector<NameHash>& campaigns,
                  const std::string& reason, Instant now, Effects& effects);

// A deploy changed these campaigns: their journeys end, move to the new text or stay, as its
// `edits` says (semantics 8).
void edit_journeys(const World& world, PersonState& state, const std::vector<NameHash>& campaigns,
                   Instant now, Effects& effects);

// Joins `other` into `survivor` (semantics 12): the known side's fields win, the other's fill gaps;
// an opt-out on either side wins; journeys, mails and counts are united; of two journeys of one
// campaign and key the older goes on, the other ends as `merged`. The engine moves the kept events
// before it calls: what they say may end journeys of either side.
void absorb(const World& world, PersonState& survivor, PersonState other, bool survivor_is_known,
            Instant now, Effects& effects);

// How a person stands to a campaign of the current program now, a line each: inside, and where;
// whether it could start; whether a mail of it could go. For `why`: nothing is decided.
std::vector<std::string> standing(const World& world, const PersonState& state,
                                  std::uint32_t campaign, const AddressState& address, Instant now);

}  // namespace trig::exec
