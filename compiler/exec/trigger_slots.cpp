#include "compiler/exec/trigger_slots.h"

#include <algorithm>

namespace trig::exec {

std::vector<ir::Value> trigger_slots(const ir::Program& program, const ir::Campaign& campaign,
                                     const ir::StartTrigger::Alternative& alternative,
                                     const ir::Items& fields) {
  const ir::RecordType& record = program.types.record_at(campaign.slots[0].record);
  ir::Items bound(record.fields.size());
  for (std::size_t i = 0; i < bound.size(); ++i)
    if (alternative.slot_fields[i] >= 0)
      bound[i] = fields[static_cast<std::size_t>(alternative.slot_fields[i])];
  std::vector<ir::Value> slots(campaign.slots.size());
  slots[0] = ir::Value::record(std::move(bound));
  return slots;
}

bool reads_slots(const ir::Program& program, ir::NodeId id) {
  if (id == ir::NodeId::kNone) return false;
  const ir::Node& node = program.node(id);
  if (node.op == ir::Op::kSlot || node.op == ir::Op::kSlotField) return true;
  if (node.op == ir::Op::kAggregate)
    return reads_slots(program, program.aggregates[node.index].where);
  return reads_slots(program, node.a) || reads_slots(program, node.b) ||
         reads_slots(program, node.c) ||
         std::any_of(node.operands.begin(), node.operands.end(),
                     [&](ir::NodeId operand) { return reads_slots(program, operand); });
}

Executor::Match candidate(const ir::Program& program, std::uint32_t campaign,
                          std::uint32_t alternative) {
  const ir::NodeId where = program.campaigns[campaign].trigger.alternatives[alternative].where;
  Executor::Match match{campaign, alternative, reads_slots(program, where)};
  ir::NodeId part = where;
  while (part != ir::NodeId::kNone && program.node(part).op == ir::Op::kAnd)
    part = program.node(part).a;
  if (part == ir::NodeId::kNone) return match;
  const ir::Node& node = program.node(part);
  if (node.op != ir::Op::kEqual || program.node(node.a).op != ir::Op::kEventField ||
      program.node(node.b).op != ir::Op::kConstant)
    return match;
  match.first_field = static_cast<std::int32_t>(program.node(node.a).index);
  match.first_part = part;
  return match;
}

}  // namespace trig::exec
