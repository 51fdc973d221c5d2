// ast::File: one .trig file as written, before anything is resolved. Names are still words, units
// are already units (their vocabulary is closed), and every node knows its place. Plain structs;
// what has kinds is a std::variant, and a new kind stops every visitor that forgot it.
//
// Made by parse::parse, printed back by ast::print (the formatter), resolved by check::check.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "compiler/base/text_range.h"
#include "compiler/base/time.h"

namespace trig::ast {

struct Name {
  std::string text;
  TextRange range;
};

struct TextLiteral {
  std::string value;  // escapes resolved
  TextRange range;
};

struct SpanLiteral {  // 30 minutes
  Span span;
  TextRange range;
};

// ---------------------------------------------------------------------------------- expressions

struct Expr;
using ExprPtr = std::unique_ptr<Expr>;  // null where an optional expression is not given

struct IntegerLiteral {
  std::string digits;
};
struct NumberLiteral {
  std::string digits;  // with a decimal point
};
struct PercentLiteral {
  std::string digits;  // without the sign
};
struct MoneyLiteral {
  std::string digits;
  Name currency;
};
struct BooleanLiteral {
  bool value = false;
};
struct TimeLiteral {
  TimeOfDay time;
};
struct DateLiteral {
  Date date;
};

struct Path {  // person.first_name, cart.items, total
  std::vector<Name> names;
};

enum class UnaryOp : std::uint8_t { kNegate, kNot, kPresent };
struct Unary {
  UnaryOp op = UnaryOp::kNot;
  ExprPtr operand;
};

enum class BinaryOp : std::uint8_t {
  kOr,
  kAnd,
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kIn,
  kNotIn,
  kContains,
  kStartsWith,
  kMatches,
  kOrElse,
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
};
std::string_view spelling(BinaryOp op);  // "starts with", "<="
struct Binary {
  BinaryOp op = BinaryOp::kAnd;
  TextRange op_range;
  ExprPtr left;
  ExprPtr right;
};

struct Between {
  ExprPtr value;
  ExprPtr low;   // inclusive
  ExprPtr high;  // inclusive
};

struct InSegment {  // person is big_spender
  ExprPtr value;
  Name segment;
};

struct Argument {
  std::optional<Name> label;
  ExprPtr value;
};
struct Call {  // lookup(products, sku), coupon(cart10)
  Name function;
  std::vector<Argument> arguments;
};

enum class AggregateOp : std::uint8_t { kCount, kSum, kMin, kMax, kFirst, kLast, kDistinct };
std::string_view spelling(AggregateOp op);
struct Aggregate {  // count(product_viewed.sku in 7 days where category == "x")
  AggregateOp op = AggregateOp::kCount;
  TextRange op_range;
  Name event;
  std::optional<Name> field;
  std::optional<SpanLiteral> window;  // absent: ever
  ExprPtr where;
};

struct Silence {  // no email_opened or email_clicked for 30 days
  std::vector<Name> events;
  SpanLiteral span;
};

struct Since {  // days since trigger.on
  CalendarUnit unit = CalendarUnit::kDay;
  ExprPtr value;
};

struct ListLiteral {
  std::vector<ExprPtr> items;
};

struct FieldValue {
  Name name;
  ExprPtr value;
};
struct RecordLiteral {
  std::vector<FieldValue> fields;
};

struct Expr {
  TextRange range;
  std::variant<IntegerLiteral, NumberLiteral, PercentLiteral, MoneyLiteral, BooleanLiteral,
               TextLiteral, TimeLiteral, DateLiteral, SpanLiteral, Path, Unary, Binary, Between,
               InSegment, Call, Aggregate, Silence, Since, ListLiteral, RecordLiteral>
      node;
  bool parenthesised = false;  // the author's brackets; the printer keeps needed ones only
};

// --------------------------------------------------------------------------------- declarations

struct TypeExpr {
  TextRange range;
  struct Named {
    Name name;
  };
  struct ListOf {
    std::unique_ptr<TypeExpr> element;
  };
  struct OneOf {
    std::vector<TextLiteral> choices;
  };
  std::variant<Named, ListOf, OneOf> node;
  bool optional = false;
};

struct FieldDecl {  // total: money from "revenue" or "total" in "currency"
  Name name;
  TypeExpr type;
  bool key = false;
  ExprPtr default_value;          // = literal
  std::vector<TextLiteral> from;  // names in the payload, first present wins; empty: the own name
  std::optional<TextLiteral> in;  // money: where the currency stands in the payload
  TextRange range;
};

struct UseDecl {  // use std.ecommerce
  std::vector<Name> path;
};
struct EventDecl {
  Name name;
  std::vector<TextLiteral> from;  // names as received: "Order Completed" or "Order Placed"
  std::vector<FieldDecl> fields;
};
struct RecordDecl {  // record cart_item { sku: text  quantity: integer }
  Name name;
  std::vector<FieldDecl> fields;
};
struct PersonDecl {
  TextRange keyword;
  std::vector<FieldDecl> fields;
};
struct ListDecl {
  Name name;
  TextLiteral file;
  Name by;
  std::vector<FieldDecl> fields;  // empty: membership only
};
struct CatalogDecl {
  Name name;
  TextLiteral file;
  Name key;
  std::vector<FieldDecl> fields;
};
struct TopicDecl {
  Name name;
  std::optional<TextLiteral> title;
};
struct CouponsDecl {
  Name name;
  RecordLiteral settings;
};
struct SegmentDecl {
  Name name;
  ExprPtr condition;
};
struct ParameterDecl {
  Name name;
  TypeExpr type;
};
struct TemplateDecl {
  Name name;
  std::vector<ParameterDecl> parameters;
  TextLiteral file;
};

// --- policy
struct ConsentRule {
  bool required = true;
  std::optional<Name> topic;  // consent required for TOPIC
};
struct Cap {  // 1 email per day
  std::int64_t count = 0;
  CalendarUnit unit = CalendarUnit::kDay;
  TextRange range;
};
struct CapRule {
  std::vector<Cap> caps;
};
struct QuietRule {
  TimeOfDay from;
  TimeOfDay to;
};
struct RateRule {
  std::int64_t count = 0;
  CalendarUnit unit = CalendarUnit::kSecond;
};
struct WhenCappedRule {
  std::optional<SpanLiteral> wait_up_to;  // absent: skip
};
struct PolicyRule {
  TextRange range;
  std::variant<ConsentRule, CapRule, QuietRule, RateRule, WhenCappedRule> node;
};
struct PolicyDecl {
  Name name;
  std::vector<PolicyRule> rules;
};

// ------------------------------------------------------------------------------------- campaign

// EVENT [or EVENT…] [as NAME] [where EXPR]
struct Occurrence {
  std::vector<Name> events;
  std::optional<Name> as;
  ExprPtr where;
  TextRange range;
};

struct Moment {                   // 09:00 local  ·  EXPR at 09:00 local
  ExprPtr base;                   // null: the next such time
  std::optional<TimeOfDay> time;  // absent: the instant of `base`
  TextRange range;
};

struct EventTrigger {
  std::vector<Name> events;
  std::optional<Name> as;
};
struct CountTrigger {  // 3 product_viewed within 1 hour
  std::int64_t count = 0;
  TextRange count_range;
  std::vector<Name> events;
  std::optional<Name> as;
  SpanLiteral within;
};
struct SequenceTrigger {
  struct Part {
    Name event;
    std::optional<Name> as;
    std::optional<SpanLiteral> within;  // absent on the first
  };
  std::vector<Part> parts;
};
struct SilenceTrigger {  // no email_opened or email_clicked for 30 days
  std::vector<Name> events;
  SpanLiteral span;
};
struct DateTrigger {  // 7 days before person.contract_end at 09:00 local
  std::optional<SpanLiteral> offset;
  bool before = true;
  Path date;
  TextRange date_range;
  bool every_year = false;
  TimeOfDay at;
  std::optional<Name> as;
};
struct SegmentTrigger {
  bool entering = true;
  Name segment;
};
struct RecurringTrigger {  // every monday at 10:00 local for lapsed
  Name day;                // monday … sunday, day
  TimeOfDay at;
  Name audience;  // a segment or `everyone`
};
struct OnceTrigger {  // 2026-07-01 at 10:00 local for everyone
  Date date;
  TimeOfDay at;
  Name audience;
};
struct Trigger {
  TextRange range;
  std::variant<EventTrigger, CountTrigger, SequenceTrigger, SilenceTrigger, DateTrigger,
               SegmentTrigger, RecurringTrigger, OnceTrigger>
      node;
  ExprPtr where;
  std::optional<Path> per;
  TextRange per_range;
};

struct Again {
  enum class Mode : std::uint8_t { kNever, kWhenFinished, kAfter, kAlways };
  Mode mode = Mode::kWhenFinished;
  std::optional<SpanLiteral> after;
  TextRange range;
};

enum class Priority : std::uint8_t { kHigh, kMedium, kLow };

struct Step;
using Block = std::vector<Step>;

struct StepName {  // step reminder
  Name name;
};
struct WaitSpan {
  SpanLiteral span;
  std::vector<Occurrence> unless;
};
struct WaitUntil {
  Moment moment;
  std::vector<Occurrence> unless;
};
struct WaitForEvent {
  Occurrence event;
  SpanLiteral up_to;
  Block arrived;
  std::optional<Block> otherwise;
};
struct WaitForSilence {  // 15 minutes of silence up to 4 hours
  SpanLiteral silence;
  std::optional<SpanLiteral> up_to;
  std::vector<Occurrence> unless;
};
struct When {
  struct Branch {
    ExprPtr condition;
    Block block;
  };
  std::vector<Branch> branches;
  std::optional<Block> otherwise;
};
struct Stop {};
struct Split {
  struct Arm {
    std::string percent;  // digits
    Name name;            // `holdout` for the hold-out
    bool holdout = false;
    Block block;
    TextRange range;
  };
  TextLiteral title;
  std::vector<Arm> arms;
};
struct Send {
  Name template_name;
  std::vector<Argument> arguments;
  std::optional<Name> as;
  bool at_best_hour = false;
  std::optional<SpanLiteral> within;
  std::optional<SpanLiteral> skip_after;
};
struct Subscribe {
  Name topic;
};
struct Unsubscribe {
  Name topic;
};
struct Post {
  TextLiteral url;
  RecordLiteral body;
};
struct SetField {  // set person.x = …
  Name field;
  ExprPtr value;
};
struct Emit {
  Name event;
  RecordLiteral fields;
};

struct Step {
  TextRange range;
  std::variant<StepName, WaitSpan, WaitUntil, WaitForEvent, WaitForSilence, When, Stop, Split, Send,
               Subscribe, Unsubscribe, Post, SetField, Emit>
      node;
};

struct Goal {
  Occurrence event;
  SpanLiteral within;
  std::optional<Name> value;
  TextRange range;
};

enum class Edits : std::uint8_t { kPin, kMove, kEnd };

struct CampaignDecl {
  Name name;
  std::optional<TextLiteral> title;
  std::optional<Name> policy;
  std::optional<Priority> priority;
  TextRange priority_range;
  std::optional<Trigger> trigger;
  std::optional<Again> again;
  bool restart_while_waiting = false;
  TextRange restart_range;
  Block steps;
  std::vector<Occurrence> exits;
  std::vector<Goal> goals;
  std::optional<Edits> edits;
  TextRange edits_range;
};

// ----------------------------------------------------------------------------------------- test

struct TestPerson {  // person ana { email: "ana@example.com", subscribed: [offers] }
  Name name;
  RecordLiteral fields;
};
struct TestAnonymous {
  Name name;
};
struct TestAt {  // at 2026-03-28 12:00, in the project zone
  Date date;
  TimeOfDay time;
};
struct TestAfter {
  SpanLiteral span;
};
struct TestEvent {
  Name actor;
  Name event;
  RecordLiteral fields;
  std::optional<SpanLiteral> late;
};
struct TestIdentifies {
  Name actor;
  Name as;
};
struct TestSubscription {
  Name actor;
  bool subscribes = true;
  std::optional<Name> topic;  // absent: every topic
};
struct ExpectNoSend {
  std::optional<Name> template_name;
  Name to;
};
struct ExpectSend {
  std::optional<TestAt> at;
  std::optional<std::int64_t> count;
  std::optional<Name> template_name;
  Name to;
  std::optional<RecordLiteral> with;
};
struct ExpectJourney {
  Name campaign;
  Name of;
  bool ended = true;  // false: waiting
  std::optional<TextLiteral> because;
};
struct TestStep {
  TextRange range;
  std::variant<TestPerson, TestAnonymous, TestAt, TestAfter, TestEvent, TestIdentifies,
               TestSubscription, ExpectNoSend, ExpectSend, ExpectJourney>
      node;
};
struct TestDecl {
  TextLiteral title;
  std::vector<TestStep> steps;
};

// ----------------------------------------------------------------------------------------- file

struct Declaration {
  TextRange range;
  std::variant<UseDecl, EventDecl, RecordDecl, PersonDecl, ListDecl, CatalogDecl, TopicDecl,
               CouponsDecl, SegmentDecl, TemplateDecl, PolicyDecl, CampaignDecl, TestDecl>
      node;
};

struct Comment {
  TextRange range;       // from `#` to before the line end
  bool own_line = true;  // nothing but blanks before it
};

struct File {
  SourceId source = SourceId::kNone;
  std::vector<Declaration> declarations;
  std::vector<Comment> comments;  // in source order
};

}  // namespace trig::ast
