// ir::Program: a project after checking. Everything is resolved to indices, typed, flat and
// printable; no names are looked up and no unit is a word any more. The interpreter (compiler/exec)
// defines what it means, native code must agree.
//
// Indices point into the vectors of one Program. What outlives a deploy (journeys, person fields,
// history) is stored by NameHash instead.
//
// What there is much of is Chunked, so that the program after a small change shares the rest with
// the one before. What a campaign had before it changed may stay in `nodes`, `patterns`,
// `aggregates` and `silences`, where nothing refers to it any more: an index means the same in both
// programs.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "compiler/base/chunked.h"
#include "compiler/base/hash.h"
#include "compiler/base/text_range.h"
#include "compiler/base/time.h"
#include "compiler/ir/table.h"
#include "compiler/ir/type.h"
#include "compiler/ir/value.h"

namespace trig::ir {

// ---------------------------------------------------------------------------------- expressions
//
// An expression is a tree of Nodes in Program::nodes; operands stand before the node that uses
// them.

enum class NodeId : std::uint32_t { kNone = 0xffffffff };

enum class Op : std::uint8_t {
  kConstant,     // value
  kEventField,   // field `index` of the event tested; `index` counts in Frame::event's record
  kSlotField,    // field `index` of the record bound in slot `slot`
  kSlot,         // the whole record bound in slot `slot`
  kPersonField,  // field `index` of the person
  kField,        // field `index` of the record a
  kIsPresent,    // a? : boolean, never missing
  kOrElse,       // a, or b where a is missing
  kNot,          // a missing boolean operand counts as false, here and in and/or
  kAnd,          // b is not evaluated when a is false
  kOr,
  kEqual,  // false where either side is missing; so are all comparisons
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kBetween,     // a >= b and a <= c
  kIn,          // a is one of the items of list b
  kContains,    // text a contains text b; list a contains item b
  kStartsWith,  // text
  kMatches,     // text a matches RE2 pattern `index` of Program::patterns, anywhere
  kNegate,      // arithmetic gives missing on a missing operand, overflow or other currency
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kToNumber,   // integer → number
  kSince,      // whole units (`index` is the CalendarUnit) from a until now, in the send zone
  kAddMonths,  // a, a date or datetime, and b months; the last day of a month without that day
  kAggregate,  // Program::aggregates[index]
  kInSegment,  // the person is in Program::segments[index], as the current program defines it
  kSilence,    // Program::silences[index] : boolean
  kPluck,      // the present fields `index` of the records in list a, also of lists inside it
  kInTable,    // the table `index` has a row of key a
  kList,       // items: operands
  kRecord,     // fields of `type`: operands
  kCall,       // built-in function `index` (stdlib/builtins.def) of operands; `slot` is the table
               // or the pool of coupons it is asked of
};
std::string_view name_of(Op op);

struct Node {
  Op op = Op::kConstant;
  Type type;
  NodeId a = NodeId::kNone;
  NodeId b = NodeId::kNone;
  NodeId c = NodeId::kNone;
  std::uint32_t index = 0;
  std::uint32_t slot = 0;
  Value value;                   // kConstant
  std::string name;              // fields: as `why` names them, "total" or "cart.total"
  std::vector<NodeId> operands;  // kList, kRecord, kCall
  TextRange range;               // as written, for `why`
};

enum class AggregateOp : std::uint8_t { kCount, kSum, kMin, kMax, kFirst, kLast, kDistinct };

// count(product_viewed in 7 days where …): over the person's history of one event type. Rows with
// now - window < occurred_at <= now count; the event being handled is among them.
struct Aggregate {
  AggregateOp op = AggregateOp::kCount;
  std::uint32_t event = 0;         // Program::events
  int field = -1;                  // of the event's record; -1 for count of events
  std::optional<Duration> window;  // absent: ever
  NodeId where = NodeId::kNone;    // its kEventField nodes read the history row
  // A sum of money that is compared with an amount adds up rows in its currency only. Absent: in
  // the currency of the first row.
  std::optional<Currency> currency;
  Type type;
  bool gone = false;  // of what a campaign was before it changed
};

// no email_opened or email_clicked for 30 days: true once `span` has passed since the last such
// event, or since the person became known where there is none.
struct Silence {
  std::vector<std::uint32_t> events;  // Program::events; empty: gone, as an aggregate can be
  Duration span{};
};

// -------------------------------------------------------------------------------------- vocabulary

// Where a field of a record stands in a payload. Names are tried in order, first present wins; a
// name is tried as written, then in camelCase and Title Case.
struct FieldSource {
  std::vector<std::string> names;  // "." is the payload object itself
  std::string currency;            // money: the sibling that holds the currency
};
struct RecordSource {
  std::vector<FieldSource> fields;  // parallel to RecordType::fields
  std::vector<Value> defaults;      // Missing where there is none
};

struct EventType {
  std::string name;
  NameHash hash{};
  Type record;
  std::vector<std::string> received_names;  // "Order Completed"; its own name always counts too
  // Has a field of type message: it tells what became of a mail, not what the person did unasked.
  bool about_mail = false;
  // Fields that some window, `unless`, `exit` or `goal` reads from history; kept_in_history says
  // whether rows are kept at all.
  bool kept_in_history = false;
  std::vector<bool> history_fields;        // parallel to the record's fields
  std::optional<Duration> history_window;  // longest window that reads it; absent: ever
};

struct PersonKey {
  std::uint32_t field = 0;  // of the person record
};

struct Topic {
  std::string name;
  NameHash hash{};
  std::string title;
};

// People for whom a condition holds at the moment it is asked.
struct Segment {
  std::string name;
  NameHash hash{};
  Hash128 version;                    // of its text and of the segments it is made of
  NodeId condition = NodeId::kNone;   // reads the person and the history only
  std::vector<std::uint32_t> events;  // that the condition reads, also by other segments; ascending
  bool watched = false;               // a campaign starts when someone enters or leaves it
};

// A list or a catalog. What a deploy brings is always the newest: an older program reads the tables
// of the current one, found by name.
struct TableType {
  std::string name;
  NameHash hash{};
  bool catalog = false;
  std::string file;  // path in the project
  TextRange file_range;
  Type record;                        // of its rows, called like it; kInvalid: a list of keys alone
  std::string key_column;             // in the file
  Type key;                           // type of the key
  std::uint32_t key_field = 0;        // catalog: of its record; list: of the person
  std::shared_ptr<const Table> rows;  // null until they are read, and in older programs
};

struct CouponPool {
  std::string name;
  NameHash hash{};
  std::string prefix;
  TextRange range;  // of the name
};

struct MailTemplate {
  std::string name;
  NameHash hash{};
  std::vector<Field> parameters;
  std::string file;            // path in the project
  bool transactional = false;  // `class` of its front matter
};

struct Cap {
  std::int64_t count = 0;
  CalendarUnit unit = CalendarUnit::kDay;
};
struct QuietHours {
  TimeOfDay from;
  TimeOfDay to;  // exclusive; may lie past midnight
};
struct Rate {
  std::int64_t count = 0;
  CalendarUnit unit = CalendarUnit::kSecond;
};
struct Policy {
  std::string name;
  NameHash hash{};
  bool consent_required = true;
  std::optional<std::uint32_t> topic;  // Program::topics
  std::vector<Cap> caps;
  std::optional<QuietHours> quiet;
  std::optional<Rate> rate;
  std::optional<Span> wait_when_capped;  // absent: skip
};

// --------------------------------------------------------------------------------------- campaigns

// What `unless`, `exit on` and `goal` wait for: any of the events, for which `where` holds. In
// `where`, kEventField reads the event that arrived; slots are the journey's.
struct Watch {
  struct Alternative {
    std::uint32_t event = 0;
    NodeId where = NodeId::kNone;  // resolved against this event's record
  };
  std::vector<Alternative> alternatives;
  TextRange range;
};

struct Slot {
  std::string name;  // "trigger" or the `as` name
  // Of an event; or of type message, for a mail that `send … as NAME` named: its name outside.
  Type record;
  std::vector<bool> read;  // the fields some later step reads; others are not kept
};

// What starts a journey. The first three take events; the others come of the passing of time or of
// changes of the person. Those bind no record and have the person as their key, but for the dates
// of a list.
struct OnEvent {};
struct OnCount {  // on 3 product_viewed within 1 hour
  std::int64_t count = 0;
  Duration within{};
};
struct OnSequence {  // on cart_updated then checkout_started within 1 hour
  // Parallel to the alternatives, which are its parts in order: the last is bound in slot 0.
  std::vector<Duration> within;  // since the part before; of the first: zero
  std::vector<std::uint32_t> slots;
};
struct OnSilence {  // on no email_opened for 30 days
  Silence silence;
};
struct OnDate {                 // on 7 days before person.contract_end at 09:00 local
  NodeId date = NodeId::kNone;  // a date or datetime of the person, or of a row (kEventField)
  Span offset;                  // negative: before
  bool every_year = false;
  TimeOfDay at;
  // on 30 days before contracts.ends_on at 09:00 local per contract_id: once per row of the person.
  // The row is bound in slot 0; `where` reads its columns as kEventField.
  struct Rows {
    std::uint32_t table = 0;
    NodeId key = NodeId::kNone;  // of the journey: tells one row of a person from another
  };
  std::optional<Rows> rows;
};
struct OnSegment {  // on entering big_spender
  bool entering = true;
  std::uint32_t segment = 0;
};
struct OnRecurring {  // on every monday at 10:00 local for lapsed
  int weekday = -1;   // 0 is Monday; -1: every day
  TimeOfDay at;
  std::optional<std::uint32_t> segment;  // absent: everyone
};
struct OnOnce {  // on 2026-07-01 at 10:00 local for everyone
  Date date;
  TimeOfDay at;
  std::optional<std::uint32_t> segment;
};

struct StartTrigger {
  std::variant<OnEvent, OnCount, OnSequence, OnSilence, OnDate, OnSegment, OnRecurring, OnOnce>
      kind;
  // An event it takes.
  struct Alternative {
    std::uint32_t event = 0;
    // kEventField reads the event. In a sequence kSlotField reads this part and those before it,
    // and the key stands at the last part.
    NodeId where = NodeId::kNone;
    NodeId key = NodeId::kNone;    // `per`; kNone: the person
    std::vector<int> slot_fields;  // field of the event for each field of its slot; -1: missing
  };
  std::vector<Alternative> alternatives;  // empty for the kinds that take no event
  // Of the kinds that take no event: reads the person and segments, and the row where there is one.
  NodeId where = NodeId::kNone;
  Hash128 version;  // of its text: what has been planned by another is planned anew
};
// A trigger whose instants are planned for each person: silence, date, recurring, once.
bool is_planned(const StartTrigger& trigger);
// Of a trigger on the dates of a list: its rows. Null for every other.
const OnDate::Rows* rows_of(const StartTrigger& trigger);

enum class AgainMode : std::uint8_t { kNever, kWhenFinished, kAfter, kAlways };

struct WaitSpan {
  Span span;
  std::vector<std::uint32_t> unless;  // Campaign::watches
};
struct WaitUntil {
  NodeId base = NodeId::kNone;    // a date or datetime; kNone: from now
  std::optional<TimeOfDay> time;  // local
  std::vector<std::uint32_t> unless;
};
// Goes on at the next step when the event comes, at `otherwise` when it has not come in time.
struct WaitForEvent {
  std::uint32_t watch = 0;            // Campaign::watches
  std::optional<std::uint32_t> slot;  // `as`
  // For each alternative of the watch: field of the event for each field of the slot; -1: missing.
  std::vector<std::vector<int>> slot_fields;
  Duration up_to{};
  std::uint32_t otherwise = 0;
};
struct WaitForSilence {
  Duration silence{};
  std::optional<Duration> up_to;
  std::vector<std::uint32_t> unless;
};
struct Split {
  struct Arm {
    std::string name;
    std::uint32_t share = 0;  // of kWhole
    bool holdout = false;
    std::uint32_t first = 0;  // its first step; of a hold-out the step after the split
  };
  static constexpr std::uint32_t kWhole = 100'000'000;  // millionths of a percent
  std::string title;
  std::vector<Arm> arms;
};
struct Branch {  // goes on at the next step when true, else at `otherwise`
  NodeId condition = NodeId::kNone;
  std::uint32_t otherwise = 0;
};
struct Jump {
  std::uint32_t to = 0;
};
struct End {};
struct Send {
  std::uint32_t mail_template = 0;  // Program::templates
  std::vector<NodeId> arguments;    // parallel to the template's parameters
  std::optional<std::uint32_t> as;  // the slot that takes the mail's name
  bool at_best_hour = false;
  std::optional<Duration> within;  // objective, measured
  std::optional<Duration> skip_after;
};
struct Subscribe {
  std::uint32_t topic = 0;
  bool subscribe = true;
};
struct SetField {
  std::uint32_t field = 0;  // of the person
  NodeId value = NodeId::kNone;
};
struct Post {
  std::string url;
  std::vector<std::pair<std::string, NodeId>> fields;  // of the JSON object
};
struct Emit {
  std::uint32_t event = 0;
  NodeId record = NodeId::kNone;  // of the event's type
};

struct Step {
  std::variant<WaitSpan, WaitUntil, WaitForEvent, WaitForSilence, Branch, Split, Jump, End, Send,
               Subscribe, SetField, Post, Emit>
      node;
  std::string name;  // from `step NAME`, else empty
  TextRange range;
};

struct Goal {
  Watch watch;
  Duration within{};
  std::vector<int> value_fields;  // parallel to the watch's alternatives; -1: none
};

enum class Priority : std::uint8_t { kHigh, kMedium, kLow };
enum class Edits : std::uint8_t { kPin, kMove, kEnd };

struct Campaign {
  std::string name;
  NameHash hash{};
  // Hash of what decides its behaviour for someone inside: canonical source of the campaign, its
  // templates, the events it reaches, and the language version. Same version: same journey.
  Hash128 version;
  std::string title;
  std::uint32_t policy = 0;
  Priority priority = Priority::kMedium;
  StartTrigger trigger;
  AgainMode again = AgainMode::kWhenFinished;
  Span again_after;
  bool restart_while_waiting = false;
  Edits edits = Edits::kPin;
  std::vector<Slot> slots;  // slot 0 is the trigger
  std::vector<Watch> watches;
  std::vector<Watch> exits;
  std::vector<Goal> goals;
  std::vector<Step> steps;  // flat; the last one is End
  TextRange range;          // of the name
};

// ------------------------------------------------------------------------------------------- tests

struct TestPerson {
  std::string name;
  bool anonymous = false;
  Items fields;                       // of the person record
  std::vector<std::uint32_t> topics;  // subscribed
};
struct TestAt {
  Instant at;
};
struct TestAfter {
  Span span;
};
struct TestEvent {
  std::string actor;
  std::uint32_t event = 0;
  Items fields;
  Duration late{0};
  // Fields that name a mail of the actor: by the `as` of its send or by its template.
  std::vector<std::pair<std::uint32_t, std::string>> mails;
};
struct TestIdentifies {
  std::string actor;
  std::string as;
};
struct TestSubscription {
  std::string actor;
  bool subscribes = true;
  std::optional<std::uint32_t> topic;  // absent: all
};
struct ExpectSend {
  bool none = false;  // expect no send
  std::optional<Instant> at;
  std::optional<std::int64_t> count;
  std::optional<std::uint32_t> mail_template;
  std::string to;
  std::vector<std::pair<std::string, Value>> with;  // parameter → value
};
struct ExpectJourney {
  std::uint32_t campaign = 0;
  std::string of;
  bool ended = true;
  std::optional<std::string> because;
};
struct TestStep {
  std::variant<TestPerson, TestAt, TestAfter, TestEvent, TestIdentifies, TestSubscription,
               ExpectSend, ExpectJourney>
      node;
  TextRange range;
};
struct Test {
  std::string title;
  std::vector<TestStep> steps;
  TextRange range;  // of the title
};

// ----------------------------------------------------------------------------------------- program

struct Program {
  std::string project;
  Zone zone = Zone::utc();  // of the project
  TypeTable types;
  std::vector<RecordSource> sources;  // parallel to the records of `types`
  std::vector<EventType> events;
  Type person;  // a record; its source maps the traits of an identify
  std::vector<PersonKey> person_keys;
  int person_timezone = -1;  // field of type timezone that the send zone is read from, or -1
  int person_language = -1;  // field of type language that a template's file is chosen by, or -1
  int person_email = -1;     // field the mail goes to
  std::vector<Topic> topics;
  std::vector<Policy> policies;
  std::vector<TableType> tables;
  std::vector<CouponPool> coupons;
  Chunked<MailTemplate, 32> templates;
  Chunked<std::string> patterns;  // RE2
  Chunked<Aggregate> aggregates;
  Chunked<Silence> silences;
  std::vector<Segment> segments;
  Chunked<Node, 256> nodes;
  Chunked<Campaign, 32> campaigns;
  Chunked<Test, 16> tests;
  Hash128 hash;  // of the whole project's canonical sources
  // Names this very numbering of nodes, and the one it goes on from: where `parent` is another
  // program's `identity`, an index of that one, and a campaign whose version is the same, mean the
  // same here. Zero parent: made from nothing.
  Hash128 identity;
  Hash128 parent;

  const Node& node(NodeId id) const { return nodes[static_cast<std::uint32_t>(id)]; }
  int find_event(std::string_view name) const;     // by its own name; -1
  int find_campaign(NameHash hash) const;          // -1
  int find_policy(NameHash hash) const;            // -1
  int find_segment(NameHash hash) const;           // -1
  int find_table(NameHash hash) const;             // -1
  int find_template(std::string_view name) const;  // -1
};

// What starts a campaign, as `why` says it: "3 product_viewed within 1 hour".
std::string describe(const Program& program, const StartTrigger& trigger);

// The program as text, one line a node, for `trig dump --stage ir`.
std::string dump(const Program& program);

// What must hold in every Program: indices in range, operands before their users, the last step
// End. A violation is a bug in the checker; the text says which.
std::vector<std::string> verify(const Program& program);

}  // namespace trig::ir
