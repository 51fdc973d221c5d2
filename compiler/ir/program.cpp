#include "compiler/ir/program.h"

#include "compiler/base/check.h"

namespace trig::ir {
namespace {

template <typename All>
int find_by_hash(const All& all, NameHash hash) {
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i].hash == hash) return static_cast<int>(i);
  return -1;
}

template <typename All>
int find_by_name(const All& all, std::string_view name) {
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i].name == name) return static_cast<int>(i);
  return -1;
}

}  // namespace

std::string_view name_of(Op op) {
  switch (op) {
    case Op::kConstant: return "constant";
    case Op::kEventField: return "event_field";
    case Op::kSlotField: return "slot_field";
    case Op::kSlot: return "slot";
    case Op::kPersonField: return "person_field";
    case Op::kField: return "field";
    case Op::kIsPresent: return "is_present";
    case Op::kOrElse: return "or_else";
    case Op::kNot: return "not";
    case Op::kAnd: return "and";
    case Op::kOr: return "or";
    case Op::kEqual: return "equal";
    case Op::kNotEqual: return "not_equal";
    case Op::kLess: return "less";
    case Op::kLessOrEqual: return "less_or_equal";
    case Op::kGreater: return "greater";
    case Op::kGreaterOrEqual: return "greater_or_equal";
    case Op::kBetween: return "between";
    case Op::kIn: return "in";
    case Op::kContains: return "contains";
    case Op::kStartsWith: return "starts_with";
    case Op::kMatches: return "matches";
    case Op::kNegate: return "negate";
    case Op::kAdd: return "add";
    case Op::kSubtract: return "subtract";
    case Op::kMultiply: return "multiply";
    case Op::kDivide: return "divide";
    case Op::kToNumber: return "to_number";
    case Op::kSince: return "since";
    case Op::kAddMonths: return "add_months";
    case Op::kAggregate: return "aggregate";
    case Op::kInSegment: return "in_segment";
    case Op::kSilence: return "silence";
    case Op::kPluck: return "pluck";
    case Op::kInTable: return "in_table";
    case Op::kList: return "list";
    case Op::kRecord: return "record";
    case Op::kCall: return "call";
  }
  TRIG_CHECK(false, "an Op outside its enumeration");
}

int Program::find_event(std::string_view name) const { return find_by_name(events, name); }
int Program::find_campaign(NameHash hash) const { return find_by_hash(campaigns, hash); }
int Program::find_policy(NameHash hash) const { return find_by_hash(policies, hash); }
int Program::find_segment(NameHash hash) const { return find_by_hash(segments, hash); }
int Program::find_table(NameHash hash) const { return find_by_hash(tables, hash); }
int Program::find_template(std::string_view name) const { return find_by_name(templates, name); }

}  // namespace trig::ir
