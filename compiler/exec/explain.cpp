// What `why` shows of conditions: the values they read.
#include <fmt/format.h>

#include <algorithm>
#include <boost/container/small_vector.hpp>

#include "compiler/exec/aggregate.h"
#include "compiler/exec/call.h"
#include "compiler/exec/executor.h"

namespace trig::exec {
namespace {

using ir::Node;
using ir::NodeId;
using ir::Op;
using ir::Value;

using Leaves = boost::container::small_vector<NodeId, 8>;

void collect_leaves(const ir::Program& program, NodeId id, Leaves& leaves) {
  if (id == NodeId::kNone) return;
  const Node& node = program.node(id);
  switch (node.op) {
    case Op::kEventField:
    case Op::kSlotField:
    case Op::kPersonField:
    case Op::kCall:
    case Op::kAggregate:
    case Op::kInSegment:
    case Op::kSilence: leaves.push_back(id); return;
    default: break;  // NOLINT: every other node is explained by its operands
  }
  collect_leaves(program, node.a, leaves);
  collect_leaves(program, node.b, leaves);
  collect_leaves(program, node.c, leaves);
  for (NodeId operand : node.operands) collect_leaves(program, operand, leaves);
  if (node.op == Op::kInTable) leaves.push_back(id);
}

std::string leaf_name(const ir::Program& program, const Node& node) {
  constexpr const char* kAggregateNames[] = {"count", "sum",  "min",     "max",
                                             "first", "last", "distinct"};
  switch (node.op) {
    case Op::kPersonField:
      return "person." + program.types.record_at(program.person).fields[node.index].name;
    case Op::kAggregate: {
      const ir::Aggregate& aggregate = program.aggregates[node.index];
      return std::string(kAggregateNames[static_cast<int>(aggregate.op)]) + "(" +
             program.events[aggregate.event].name + ")";
    }
    case Op::kInSegment: return "is " + program.segments[node.index].name;
    case Op::kSilence: {
      std::string text;
      for (std::uint32_t event : program.silences[node.index].events)
        text += (text.empty() ? "no " : " or ") + program.events[event].name;
      return text + " for " + duration_text(program.silences[node.index].span);
    }
    default: return node.name;
  }
}

std::string leaf_text(const Executor& executor, NodeId leaf, const Frame& frame) {
  const ir::Program& program = executor.program();
  const Node& node = program.node(leaf);
  Value value = executor.evaluate(leaf, frame);
  if (node.op == Op::kInTable)
    return fmt::format("{}in {}", holds(value) ? "" : "not ",
                       table_name_now(program, node.index, frame));
  std::string name = leaf_name(program, node);
  std::string text = value.missing() ? name + " is missing" : name + " = " + ir::to_string(value);
  if (node.op == Op::kCall)
    if (std::string why = explain_calls(executor, leaf, frame); !why.empty())
      text += " (" + why + ")";
  if (node.op == Op::kAggregate)
    if (auto rows = rows_left_out(executor, node.index, frame))
      text += fmt::format(" ({} in other currencies left out)", rows);
  return text;
}

const std::string& field_text(const Executor& executor, NodeId leaf, const Frame& frame,
                              FieldTexts& fields) {
  const std::uint32_t index = executor.program().node(leaf).index;
  if (fields.size() <= index) fields.resize(index + 1);
  if (fields[index].empty()) fields[index] = leaf_text(executor, leaf, frame);
  return fields[index];
}

// kNone: it holds.
NodeId first_false(const Executor& executor, NodeId id, const Frame& frame, bool known_false) {
  const Node& node = executor.program().node(id);
  if (node.op == Op::kAnd) {
    const NodeId left = first_false(executor, node.a, frame, false);
    return left != NodeId::kNone ? left : first_false(executor, node.b, frame, known_false);
  }
  return known_false || !holds(executor.evaluate(id, frame)) ? id : NodeId::kNone;
}

}  // namespace

std::string explain(const Executor& executor, NodeId node, const Frame& frame) {
  FieldTexts fields;
  return explain(executor, node, frame, fields);
}

std::string explain(const Executor& executor, NodeId node, const Frame& frame, FieldTexts& fields) {
  Leaves leaves;
  collect_leaves(executor.program(), node, leaves);
  boost::container::small_vector<std::string, 4> parts;
  std::string text;
  for (NodeId leaf : leaves) {
    const bool of_event = executor.program().node(leaf).op == Op::kEventField;
    std::string part =
        of_event ? field_text(executor, leaf, frame, fields) : leaf_text(executor, leaf, frame);
    if (std::find(parts.begin(), parts.end(), part) != parts.end()) continue;
    if (!parts.empty()) text += ", ";
    text += part;
    parts.push_back(std::move(part));
  }
  return text;
}

NodeId first_false(const Executor& executor, NodeId node, const Frame& frame) {
  return first_false(executor, node, frame, true);
}

std::int32_t only_field(const ir::Program& program, NodeId id) {
  const Node& node = program.node(id);
  auto constant = [&](NodeId operand) {
    return operand == NodeId::kNone || program.node(operand).op == Op::kConstant;
  };
  const bool one = node.a != NodeId::kNone && program.node(node.a).op == Op::kEventField &&
                   constant(node.b) && constant(node.c) && node.operands.empty() &&
                   node.op != Op::kInTable;
  return one ? static_cast<std::int32_t>(program.node(node.a).index) : -1;
}

}  // namespace trig::exec
