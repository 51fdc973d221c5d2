#include "compiler/jit/shared.h"

#include <algorithm>

#include "compiler/base/codec.h"
#include "compiler/base/limits.h"

namespace trig::jit {
namespace {

using ir::Node;
using ir::NodeId;
using ir::Op;

enum class Sharing : std::uint8_t {
  kNever,   // it differs from rule to rule
  kPart,    // cheap itself, or no condition and no number
  kResult,  // worth a place where some part of it costs a call
  kCall,    // costs one
};

Sharing sharing_of(Op op) {
  switch (op) {
    case Op::kSlot:
    case Op::kSlotField:
    case Op::kCall: return Sharing::kNever;
    case Op::kConstant:
    case Op::kEventField:
    case Op::kPersonField:
    case Op::kField:
    case Op::kIsPresent:
    case Op::kOrElse:
    case Op::kList:
    case Op::kRecord:
    case Op::kPluck:
    case Op::kSince:
    case Op::kAddMonths: return Sharing::kPart;
    case Op::kNot:
    case Op::kAnd:
    case Op::kOr:
    case Op::kEqual:
    case Op::kNotEqual:
    case Op::kLess:
    case Op::kLessOrEqual:
    case Op::kGreater:
    case Op::kGreaterOrEqual:
    case Op::kBetween:
    case Op::kIn:
    case Op::kNegate:
    case Op::kAdd:
    case Op::kSubtract:
    case Op::kToNumber: return Sharing::kResult;
    case Op::kContains:
    case Op::kStartsWith:
    case Op::kMatches:
    case Op::kMultiply:
    case Op::kDivide:
    case Op::kInTable:
    case Op::kAggregate:
    case Op::kInSegment:
    case Op::kSilence: return Sharing::kCall;
  }
  return Sharing::kNever;
}

}  // namespace

SharedExpressions::SharedExpressions(const ir::Program& program, const exec::PredicateIndex& index)
    : program_(program) {
  for (const exec::PredicateIndex::Bucket& bucket : index.buckets())
    for (const exec::PredicateIndex::Entry& rule : bucket.entries)
      for (NodeId node : rule.rest) {
        add(node);
        count(node);
      }
  std::vector<const Tree*> shared;
  for (const Tree& tree : trees_)
    if (tree.uses > 1 && tree.calls && tree.result) shared.push_back(&tree);
  std::stable_sort(shared.begin(), shared.end(),
                   [](const Tree* a, const Tree* b) { return a->uses > b->uses; });
  size_ = std::min(shared.size(), kMaxSharedExpressions);
  for (std::size_t place = 0; place < size_; ++place)
    for (NodeId node : shared[place]->nodes) places_[node] = static_cast<int>(place);
}

std::uint32_t SharedExpressions::add(NodeId id) {
  if (auto known = number_of_.find(id); known != number_of_.end()) return known->second;
  const Node& node = program_.node(id);
  const Sharing sharing = sharing_of(node.op);
  ByteWriter writer;
  bool calls = sharing == Sharing::kCall;
  std::uint32_t number = kUnlike;
  if (sharing == Sharing::kNever) {
    for (NodeId operand : {node.a, node.b, node.c})
      if (operand != NodeId::kNone) add(operand);
  } else if (describe(node, writer, calls)) {
    auto [known, first] =
        numbers_.try_emplace(writer.take(), static_cast<std::uint32_t>(trees_.size()));
    number = known->second;
    if (first) trees_.push_back({0, calls, sharing != Sharing::kPart, {}});
    trees_[number].nodes.push_back(id);
  }
  number_of_.emplace(id, number);
  return number;
}

// What stands in a tree that is there already is not used once more.
void SharedExpressions::count(NodeId id) {
  if (id == NodeId::kNone) return;
  const std::uint32_t number = add(id);
  if (number != kUnlike && trees_[number].uses++ > 0) return;
  const Node& node = program_.node(id);
  for (NodeId operand : {node.a, node.b, node.c}) count(operand);
}

bool SharedExpressions::describe(const Node& node, ByteWriter& writer, bool& calls) {
  writer.u8(static_cast<std::uint8_t>(node.op));
  writer.u8(static_cast<std::uint8_t>(node.type.kind));
  writer.varint(node.type.detail);
  auto part = [&](NodeId id) {
    if (id == NodeId::kNone) {
      writer.varint(0);
      return true;
    }
    const std::uint32_t number = add(id);
    if (number == kUnlike) return false;
    calls = calls || trees_[number].calls;
    writer.varint(number + 1);
    return true;
  };
  bool like = true;
  for (NodeId id : {node.a, node.b, node.c}) like = part(id) && like;
  writer.varint(node.operands.size());
  for (NodeId id : node.operands) like = part(id) && like;
  if (!like) return false;
  if (node.op == Op::kConstant) encode(node.value, writer);
  if (node.op != Op::kAggregate) {
    writer.varint(node.index);
    return true;
  }
  const ir::Aggregate& aggregate = program_.aggregates[node.index];
  writer.u8(static_cast<std::uint8_t>(aggregate.op));
  writer.varint(aggregate.event);
  writer.varint(static_cast<std::uint32_t>(aggregate.field + 1));
  writer.u8(aggregate.window ? 1 : 0);
  if (aggregate.window) writer.fixed64(static_cast<std::uint64_t>(aggregate.window->count()));
  writer.varint(aggregate.currency ? aggregate.currency->code : 0);
  return part(aggregate.where);
}

}  // namespace trig::jit
