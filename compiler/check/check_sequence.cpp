// on A as a then B as b within 1 hour where …: the condition is taken apart at its `and`s, and each
// part of it is tested as soon as the last event it names has come.
#include <algorithm>

#include "compiler/check/campaign.h"

namespace trig::check {

using ir::NodeId;
using ir::Op;

namespace {

// The last part of the sequence that the expression names; -1: none.
int last_part(const ir::Program& program, NodeId id, const ir::OnSequence& on) {
  if (id == NodeId::kNone) return -1;
  const ir::Node& node = program.node(id);
  int last = -1;
  if (node.op == Op::kSlot || node.op == Op::kSlotField) {
    auto part = std::find(on.slots.begin(), on.slots.end(), node.slot);
    last = static_cast<int>(part - on.slots.begin());
  }
  if (node.op == Op::kAggregate)
    last = last_part(program, program.aggregates[node.index].where, on);
  for (NodeId operand : {node.a, node.b, node.c})
    last = std::max(last, last_part(program, operand, on));
  for (NodeId operand : node.operands) last = std::max(last, last_part(program, operand, on));
  return last;
}

void take_apart(const ir::Program& program, NodeId id, std::vector<NodeId>& conditions) {
  const ir::Node& node = program.node(id);
  if (node.op != Op::kAnd) {
    conditions.push_back(id);
    return;
  }
  take_apart(program, node.a, conditions);
  take_apart(program, node.b, conditions);
}

}  // namespace

void CampaignChecker::check(const ast::Trigger& trigger, const ast::SequenceTrigger& sequence) {
  ir::OnSequence on;
  bool known = true;
  std::size_t parts = sequence.parts.size();
  std::vector<ir::Type> records;
  for (std::size_t i = 0; i < parts; ++i) {
    const ast::SequenceTrigger::Part& part = sequence.parts[i];
    const Symbol* event = context_.resolve(SymbolKind::kEvent, part.event);
    known = known && event != nullptr;
    on.slots.push_back(i + 1 == parts ? 0 : static_cast<std::uint32_t>(i + 1));
    on.within.push_back(part.within ? part.within->span.exact() : Duration{0});
    if (part.within && on.within.back() <= Duration{0})
      context_.report(Code::kNoTime, part.within->range);
    records.push_back(event == nullptr ? ir::Type{} : context_.program.events[event->index].record);
    if (event == nullptr) continue;
    reach(event->index);
    if (i + 1 == parts) started_by_.push_back(event);
    ir::StartTrigger::Alternative taken{event->index, NodeId::kNone, NodeId::kNone, {}};
    for (std::size_t f = 0; f < context_.record(records[i]).fields.size(); ++f)
      taken.slot_fields.push_back(static_cast<int>(f));
    campaign_.trigger.alternatives.push_back(std::move(taken));
  }
  bind_trigger(records.back(), sequence.parts.back().as);
  for (std::size_t i = 0; i + 1 < parts; ++i) {
    ir::Slot slot;
    const std::optional<ast::Name>& as = sequence.parts[i].as;
    slot.name = as ? as->text : sequence.parts[i].event.text;
    slot.record = records[i];
    if (records[i].valid()) slot.read.resize(context_.record(records[i]).fields.size());
    campaign_.slots.push_back(std::move(slot));
    if (as) add_binding(*as, on.slots[i], records[i]);
  }
  if (known) check_sequence_where(trigger, on);
  campaign_.trigger.kind = std::move(on);
}

void CampaignChecker::check_sequence_where(const ast::Trigger& trigger, const ir::OnSequence& on) {
  Scope scope = scope_;
  auto& parts = campaign_.trigger.alternatives;
  if (trigger.per) parts.back().key = check_key(trigger, scope);
  if (trigger.where == nullptr) return;
  NodeId where = ExpressionChecker(context_, scope).condition(*trigger.where);
  std::vector<NodeId> conditions;
  take_apart(context_.program, where, conditions);
  for (NodeId condition : conditions) {
    int part = last_part(context_.program, condition, on);
    NodeId& tested = (part < 0 ? parts.back() : parts[static_cast<std::size_t>(part)]).where;
    if (tested == NodeId::kNone) {
      tested = condition;
      continue;
    }
    ir::Node both;
    both.op = Op::kAnd;
    both.type = {ir::Kind::kBoolean, false, 0};
    both.range = trigger.where->range;
    both.a = tested;
    both.b = condition;
    context_.program.nodes.push_back(std::move(both));
    tested = static_cast<NodeId>(context_.program.nodes.size() - 1);
  }
}

}  // namespace trig::check
