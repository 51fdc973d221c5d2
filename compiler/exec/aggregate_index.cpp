#include "compiler/exec/aggregate_index.h"

#include <algorithm>

#include "compiler/base/codec.h"

namespace trig::exec {
namespace {

// Writes what an aggregate computes, by names, so that it does not depend on positions.
class IdentityWriter {
 public:
  explicit IdentityWriter(const ir::Program& program) : program_(program) {}

  std::optional<Hash128> of(const ir::Aggregate& aggregate) {
    const ir::EventType& event = program_.events[aggregate.event];
    row_ = &program_.types.record_at(event.record);
    w_.u8(static_cast<std::uint8_t>(aggregate.op));
    w_.fixed64(static_cast<std::uint64_t>(event.hash));
    if (aggregate.field >= 0) write(row_->fields[static_cast<std::size_t>(aggregate.field)]);
    w_.zigzag(aggregate.window ? aggregate.window->count() : -1);
    w_.varint(aggregate.currency ? aggregate.currency->code : 0);
    if (!write(aggregate.where)) return std::nullopt;
    return hash128(w_.bytes());
  }

 private:
  void write(const ir::Field& field) {
    w_.text(field.name);
    w_.text(program_.types.name(field.type));
  }

  bool write(ir::NodeId id) {
    w_.u8(id == ir::NodeId::kNone ? 0 : 1);
    if (id == ir::NodeId::kNone) return true;
    const ir::Node& node = program_.node(id);
    w_.u8(static_cast<std::uint8_t>(node.op));
    w_.text(program_.types.name(node.type));
    if (!write_own(node)) return false;
    w_.varint(node.operands.size());
    return write(node.a) && write(node.b) && write(node.c) &&
           std::all_of(node.operands.begin(), node.operands.end(),
                       [&](ir::NodeId operand) { return write(operand); });
  }

  // False: the node reads something besides the row.
  bool write_own(const ir::Node& node) {
    using ir::Op;
    switch (node.op) {
      case Op::kConstant: ir::encode(node.value, w_); return true;
      case Op::kEventField: write(row_->fields[node.index]); return true;
      case Op::kMatches: w_.text(program_.patterns[node.index]); return true;
      case Op::kField:
      case Op::kPluck: w_.varint(node.index); return true;
      case Op::kIsPresent:
      case Op::kOrElse:
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
      case Op::kContains:
      case Op::kStartsWith:
      case Op::kNegate:
      case Op::kAdd:
      case Op::kSubtract:
      case Op::kMultiply:
      case Op::kDivide:
      case Op::kToNumber:
      case Op::kList:
      case Op::kRecord: return true;
      case Op::kSlotField:
      case Op::kSlot:
      case Op::kPersonField:
      case Op::kSince:
      case Op::kAddMonths:
      case Op::kAggregate:
      case Op::kInSegment:
      case Op::kSilence:
      case Op::kInTable:
      case Op::kCall: return false;
    }
    return false;
  }

  const ir::Program& program_;
  const ir::RecordType* row_ = nullptr;
  ByteWriter w_;
};

std::optional<Hash128> identity_of(const ir::Program& program, std::uint32_t index) {
  const ir::Aggregate& aggregate = program.aggregates[index];
  return aggregate.gone ? std::nullopt : IdentityWriter(program).of(aggregate);
}

bool by_identity(const std::pair<Hash128, std::uint32_t>& one, const Hash128& identity) {
  return one.first < identity;
}

void forget(AggregateIndex& index, std::uint32_t gone) {
  std::optional<Hash128> identity = std::exchange(index.identities[gone], std::nullopt);
  if (!identity) return;
  auto place = std::lower_bound(index.known.begin(), index.known.end(), *identity, by_identity);
  if (place->second != gone) return;
  auto other = std::find(index.identities.begin(), index.identities.end(), identity);
  if (other == index.identities.end())
    index.known.erase(place);
  else
    place->second = static_cast<std::uint32_t>(other - index.identities.begin());
}

}  // namespace

const std::uint32_t* AggregateIndex::find(const Hash128& identity) const {
  auto found = std::lower_bound(known.begin(), known.end(), identity, by_identity);
  return found == known.end() || found->first != identity ? nullptr : &found->second;
}

AggregateIndex index_aggregates(const ir::Program& program) {
  AggregateIndex index;
  for (std::uint32_t i = 0; i < program.aggregates.size(); ++i) {
    index.identities.push_back(identity_of(program, i));
    if (index.identities.back()) index.known.emplace_back(*index.identities.back(), i);
  }
  std::sort(index.known.begin(), index.known.end());
  index.known.erase(std::unique(index.known.begin(), index.known.end(),
                                [](const auto& a, const auto& b) { return a.first == b.first; }),
                    index.known.end());
  return index;
}

std::optional<AggregateIndex> index_aggregates(const AggregateIndex& before, const ir::Program& was,
                                               const ir::Program& program) {
  std::vector<std::uint32_t> gone;
  using Aggregates = decltype(program.aggregates);
  for (std::uint32_t i = 0; i < was.aggregates.size(); ++i) {
    if (Aggregates::shares(was.aggregates, program.aggregates, i))
      i |= Aggregates::kChunk - 1;
    else if (program.aggregates[i].gone && !was.aggregates[i].gone)
      gone.push_back(i);
  }
  if (gone.empty() && was.aggregates.size() == program.aggregates.size()) return std::nullopt;
  AggregateIndex index = before;
  for (std::uint32_t i : gone) forget(index, i);
  for (auto i = static_cast<std::uint32_t>(was.aggregates.size()); i < program.aggregates.size();
       ++i) {
    index.identities.push_back(identity_of(program, i));
    if (!index.identities.back()) continue;
    const Hash128 identity = *index.identities.back();
    auto place = std::lower_bound(index.known.begin(), index.known.end(), identity, by_identity);
    if (place == index.known.end() || place->first != identity)
      index.known.insert(place, {identity, i});
  }
  return index;
}

}  // namespace trig::exec
