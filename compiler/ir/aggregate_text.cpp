#include "compiler/ir/aggregate_text.h"

#include <algorithm>

#include "compiler/base/check.h"

namespace trig::ir {
namespace {

std::string_view word_of(AggregateOp op) {
  switch (op) {
    case AggregateOp::kCount: return "count";
    case AggregateOp::kSum: return "sum";
    case AggregateOp::kMin: return "min";
    case AggregateOp::kMax: return "max";
    case AggregateOp::kFirst: return "first";
    case AggregateOp::kLast: return "last";
    case AggregateOp::kDistinct: return "distinct";
  }
  TRIG_CHECK(false, "an AggregateOp outside its enumeration");
}

// What an aggregate inside would read is of its own event; the checker allows none.
void collect_fields(const Program& program, NodeId id, std::vector<std::uint32_t>& fields) {
  if (id == NodeId::kNone) return;
  const Node& node = program.node(id);
  if (node.op == Op::kEventField) fields.push_back(node.index);
  for (NodeId operand : {node.a, node.b, node.c}) collect_fields(program, operand, fields);
  for (NodeId operand : node.operands) collect_fields(program, operand, fields);
}

}  // namespace

std::string describe(const Program& program, const Aggregate& aggregate) {
  const EventType& event = program.events[aggregate.event];
  std::string text = std::string(word_of(aggregate.op)) + "(" + event.name;
  if (aggregate.field >= 0)
    text += "." + program.types.record_at(event.record)
                      .fields[static_cast<std::size_t>(aggregate.field)]
                      .name;
  text += aggregate.window ? " in " + duration_text(*aggregate.window) : " ever";
  return text + (aggregate.where == NodeId::kNone ? ")" : " where …)");
}

std::vector<std::uint32_t> fields_read(const Program& program, const Aggregate& aggregate) {
  std::vector<std::uint32_t> fields;
  if (aggregate.field >= 0) fields.push_back(static_cast<std::uint32_t>(aggregate.field));
  collect_fields(program, aggregate.where, fields);
  std::sort(fields.begin(), fields.end());
  fields.erase(std::unique(fields.begin(), fields.end()), fields.end());
  return fields;
}

}  // namespace trig::ir
