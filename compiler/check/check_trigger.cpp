#include <algorithm>

#include "compiler/base/hash.h"
#include "compiler/base/limits.h"
#include "compiler/check/campaign.h"

namespace trig::check {

using ir::Kind;
using ir::NodeId;

void CampaignChecker::check_trigger() {
  if (!written_.trigger) {
    context_.report(Code::kNoTrigger, written_.name.range, {written_.name.text})
        .hint("say what starts it: `on EVENT`");
    bind_trigger({}, {});
    return;
  }
  const ast::Trigger& trigger = *written_.trigger;
  campaign_.trigger.version = hash128(context_.quote(trigger.range));
  std::visit([&](const auto& kind) { check(trigger, kind); }, trigger.node);
  if (written_.restart_while_waiting && !std::holds_alternative<ast::EventTrigger>(trigger.node))
    context_.report(Code::kRestartNeedsEvent, written_.restart_range)
        .label(trigger.range, "this is no single event")
        .hint("leave it out");
}

void CampaignChecker::check(const ast::Trigger& trigger, const ast::EventTrigger& events) {
  check_events(trigger, events.events, events.as);
}

void CampaignChecker::check(const ast::Trigger& trigger, const ast::CountTrigger& count) {
  ir::OnCount on{count.count, count.within.span.exact()};
  if (count.count < 2)
    context_.report(Code::kCountOfOne, count.count_range, {std::to_string(count.count)})
        .hint("`on {}` starts with each one", count.events.front().text);
  else if (count.count > kMaxTriggerCount)
    context_.report(Code::kCountTooLarge, count.count_range, {std::to_string(kMaxTriggerCount)})
        .hint("ask for the number in `where`: `where count({} in …) >= {}`",
              count.events.front().text, count.count);
  if (on.within <= Duration{0}) context_.report(Code::kNoTime, count.within.range);
  campaign_.trigger.kind = on;
  check_events(trigger, count.events, count.as);
}

void CampaignChecker::check_events(const ast::Trigger& trigger, const std::vector<ast::Name>& names,
                                   const std::optional<ast::Name>& as) {
  std::vector<ir::Type> records;
  bool known = true;
  for (const ast::Name& name : names) {
    const Symbol* event = context_.resolve(SymbolKind::kEvent, name);
    known = known && event != nullptr;
    if (event == nullptr) continue;
    if (std::find(started_by_.begin(), started_by_.end(), event) != started_by_.end()) {
      context_.report(Code::kRepeated, name.range, {"event", name.text}).hint("remove one of them");
      continue;
    }
    started_by_.push_back(event);
    reach(event->index);
    records.push_back(context_.program.events[event->index].record);
    campaign_.trigger.alternatives.push_back({event->index, NodeId::kNone, NodeId::kNone, {}});
  }
  if (!known) started_by_.clear();
  ir::Type record = !known ? ir::Type{} : records.size() == 1 ? records[0] : common_record(records);
  bind_trigger(record, as);
  if (!known) return;
  for (ir::Type tested : records) refuse_hidden_fields(context_, scope_, tested);
  std::size_t errors = context_.diagnostics.error_count();
  for (ir::StartTrigger::Alternative& start : campaign_.trigger.alternatives) {
    const std::vector<ir::Field>& wanted = context_.record(record).fields;
    const ir::RecordType& given = context_.record(context_.program.events[start.event].record);
    for (const ir::Field& field : wanted) start.slot_fields.push_back(given.find(field.name));
    // The condition is one text for all events: its mistakes are told for the first that has them.
    if (context_.diagnostics.error_count() == errors) check_start(trigger, start);
  }
}

void CampaignChecker::check_start(const ast::Trigger& trigger,
                                  ir::StartTrigger::Alternative& start) {
  Scope scope = scope_;
  scope.tests_event = true;
  scope.tested = context_.program.events[start.event].record;
  scope.trigger_fields = &start.slot_fields;
  if (trigger.where != nullptr)
    start.where = ExpressionChecker(context_, scope).condition(*trigger.where);
  if (trigger.per) start.key = check_key(trigger, scope);
}

NodeId CampaignChecker::check_key(const ast::Trigger& trigger, Scope& scope) {
  ExpressionChecker checker(context_, scope);
  NodeId key = checker.path(*trigger.per, trigger.per_range);
  ir::Type type = checker.type_of(key);
  std::string written = context_.quote(trigger.per_range);
  bool scalar = type.kind != Kind::kList && type.kind != Kind::kRecord;
  if (!scalar)
    context_.report(Code::kKeyType, trigger.per_range, {written, context_.type_name(type)})
        .hint("a key is one text, number or date");
  else if (type.valid() && type.optional)
    context_.report(Code::kKeyMayBeMissing, trigger.per_range, {written})
        .hint("take a field that every such {} has",
              ir::rows_of(campaign_.trigger) ? "row" : "event");
  return key;
}

// The fields that all events have with one type; one that may be missing anywhere may be missing.
ir::Type CampaignChecker::common_record(const std::vector<ir::Type>& records) {
  ir::RecordType common;
  for (ir::Type record : records)
    common.name += (common.name.empty() ? "" : " or ") + context_.record(record).name;
  common.range = written_.trigger->range;
  for (ir::Field field : context_.record(records[0]).fields) {
    bool everywhere = true;
    for (ir::Type record : records) {
      int index = context_.record(record).find(field.name);
      ir::Type type = index < 0 ? ir::Type{} : context_.record(record).fields[index].type;
      everywhere = everywhere && index >= 0 && type.required() == field.type.required();
      if (type.optional) field.type.optional = true;
    }
    if (everywhere) common.fields.push_back(std::move(field));
  }
  ir::RecordSource& source = context_.program.sources.emplace_back();
  for (const ir::Field& field : common.fields) source.fields.push_back({{field.name}, ""});
  source.defaults.resize(common.fields.size());
  return context_.program.types.add_record(std::move(common));
}

void CampaignChecker::bind_trigger(ir::Type record, const std::optional<ast::Name>& as) {
  ir::Slot slot;
  slot.name = as ? as->text : "trigger";
  slot.record = record;
  if (record.valid()) slot.read.resize(context_.record(record).fields.size());
  campaign_.slots.push_back(std::move(slot));
  scope_.bindings.push_back({"trigger", {}, 0, record});
  if (as) add_binding(*as, 0, record);
}

void CampaignChecker::add_binding(const ast::Name& name, std::uint32_t slot, ir::Type record) {
  if (!refuse_taken_binding(name)) scope_.bindings.push_back({name.text, name.range, slot, record});
}

}  // namespace trig::check
