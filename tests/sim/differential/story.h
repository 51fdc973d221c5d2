// A story: a small program and what happens to a few people, described apart from the compiler and
// the engine. The dice make both; text.h writes the program as a .trig file, reference.h says what
// it means.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "compiler/base/time.h"

namespace trig::sim {

// ------------------------------------------------------------------------------------- expressions

struct Amount {
  std::int64_t cents = 0;
  std::string currency;
  friend bool operator==(const Amount&, const Amount&) = default;
};
using Texts = std::vector<std::string>;
// std::monostate: missing.
using Val = std::variant<std::monostate, std::int64_t, Amount, std::string, Texts, Date>;
using Fields = std::map<std::string, Val>;  // what is missing is not in it

struct Condition;

enum class Source : std::uint8_t {
  kConstant,
  kEvent,    // a field of the event tested
  kTrigger,  // of the event that started the journey
  kAnswer,   // of the event that a `wait for` waited for
  kPerson,
  kWindow,
};

struct Window {
  std::string function;  // count, sum, min, max, first, last
  std::string event;
  std::string field;             // count has none
  std::optional<Span> span;      // absent: ever
  std::vector<Condition> where;  // one or none
};

struct Operand {
  Source source = Source::kConstant;
  std::string binding;  // kAnswer: its name
  std::string field;
  Val value;
  std::vector<Window> window;  // kWindow: one
  Val fallback;                // behind `or else`, if there is one
};

enum class Test : std::uint8_t {
  kCompare,  // by `op`
  kIn,
  kNotIn,
  kBetween,
  kContains,
  kStartsWith,
  kMatches,
  kIsThere,
  kAnd,
  kOr,
  kNot,
  kSegment,  // person is NAME
  kSilent,   // no EVENT or EVENT for SPAN
};

struct Condition {
  Test test = Test::kCompare;
  std::string op;
  std::vector<Operand> operands;
  std::vector<Condition> parts;
  std::string segment;
  Texts events;
  Span span;
};

// ----------------------------------------------------------------------------------------- program

struct Watch {
  Texts events;
  std::vector<Condition> where;  // one or none
};

enum class StepKind : std::uint8_t {
  kWait,
  kWaitUntil,
  kWaitFor,
  kWaitSilence,
  kWhen,
  kSend,
  kSet,
  kStop,
  kUnsubscribe,
  kEmit,
};

struct Step {
  StepKind kind = StepKind::kWait;
  int number = 0;                     // of the step in its campaign, for mails and bindings
  Span span;                          // of waits; the bound of a `wait for`
  std::optional<Span> up_to;          // of a silence
  TimeOfDay time;                     // of `wait until`
  std::vector<Watch> unless;          // of waits
  Watch watch;                        // of a `wait for`
  std::vector<Condition> condition;   // of `when`: one
  std::vector<Step> then, otherwise;  // of `when` and `wait for`
  std::optional<Span> skip_after;     // of a send
  std::string name;                   // field that is set, topic, event that is emitted
  Operand value;                      // what a field is set to
  Fields fields;                      // of the event that is emitted
};

enum class TriggerKind : std::uint8_t {
  kEvent,
  kCount,     // `count` events within `span`
  kSilence,   // none of the events for `span`
  kEntering,  // a segment
  kLeaving,
  kEveryDay,  // at `time`, for a segment or everyone
  kDate,      // `span` before person.due_on at `time`
};

struct Trigger {
  TriggerKind kind = TriggerKind::kEvent;
  Texts events;
  std::vector<Condition> where;  // one or none
  bool per_key = false;
  int count = 0;
  Span span;
  std::string segment;  // empty: everyone
  TimeOfDay time;
};

enum class Again : std::uint8_t { kWhenFinished, kNever, kAfter, kAlways };

struct Goal {
  Watch watch;
  Span within;
};

struct Campaign {
  std::string name;
  std::string policy;
  int priority = 1;  // 0 high, 1 medium, 2 low
  Trigger trigger;
  Again again = Again::kWhenFinished;
  Span again_after;
  bool restart = false;
  std::vector<Step> steps;
  std::vector<Watch> exits;
  std::vector<Goal> goals;
};

struct Cap {
  int count = 1;
  bool per_week = false;
};

struct Policy {
  std::string name;
  std::string topic;  // empty: no consent needed
  std::vector<Cap> caps;
  std::optional<std::pair<TimeOfDay, TimeOfDay>> quiet;
  std::optional<Span> wait_when_capped;
};

struct Segment {
  std::string name;
  Condition condition;
};

struct Program {
  std::string zone = "UTC";
  std::vector<Policy> policies;
  std::vector<Segment> segments;
  std::vector<Campaign> campaigns;
};

// Every event has the same fields: key (text), word (text?), rank (integer = 0), total (money?),
// tags (list of text = []). A person has email (key), name (text?), points (integer = 0),
// due_on (date?) and timezone (timezone?).
inline const Texts kEvents = {"viewed", "carted", "ordered", "poked"};
inline const Texts kTopics = {"news", "offers"};

// ----------------------------------------------------------------------------------------- history

enum class Happening : std::uint8_t {
  kEvent,
  kIdentify,
  kAlias,
  kTraits,
  kSubscription,
  kAdvance,
  kRestart
};

struct Item {
  Happening what = Happening::kEvent;
  std::string actor;  // "u0": a user id; "a0": an anonymous one
  std::string event;
  Fields fields;     // of an event, or traits
  Duration late{0};  // of an event: how long before it was received it occurred
  // A user id that comes along with an anonymous one; the id that an alias gives to `actor`.
  std::string as;
  std::string id;     // of an event, by its source; empty: none
  std::string topic;  // kSubscription; empty: all
  bool subscribes = false;
  Duration advance{0};
};

struct History {
  Instant start;
  std::vector<Item> items;
};

// --------------------------------------------------------------------------------------- an answer

struct Mail {
  Instant at;
  std::string campaign;
  std::string address;
  std::string arguments;
  friend auto operator<=>(const Mail&, const Mail&) = default;
};

// What is compared.
struct Outcome {
  std::vector<Mail> mails;  // sorted
  std::uint64_t started = 0;
  std::uint64_t ended = 0;
  std::uint64_t suppressed = 0;
  std::uint64_t expired = 0;
  std::uint64_t pending = 0;
  std::uint64_t goals = 0;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

}  // namespace trig::sim
