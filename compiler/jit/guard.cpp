#include "compiler/jit/guard.h"

#include <bit>

namespace trig::jit {

std::map<std::uint32_t, TextEquality> text_equalities(const ir::Program& program,
                                                      const RecordLayout& layout,
                                                      const exec::PredicateIndex::Entry& rule) {
  std::map<std::uint32_t, TextEquality> found;
  if (rule.reads_slots) return found;
  for (ir::NodeId node : rule.rest) {
    const std::vector<exec::Predicate> predicates = exec::split_conjuncts(program, node);
    const exec::Predicate& predicate = predicates.front();
    if (predicate.kind != exec::PredicateKind::kEquality || predicate.keys.size() != 1) continue;
    if (layout.slots()[predicate.field].kind != SlotKind::kText) continue;
    std::uint32_t id = layout.id_of(predicate.field, predicate.keys.front().text);
    if (id != 0) found.try_emplace(predicate.field, TextEquality{id, node});
  }
  return found;
}

Guard guard_of(const ir::Program& program, const RecordLayout& layout,
               const exec::PredicateIndex::Bucket& bucket) {
  struct Asked {
    std::uint64_t ids = 0;
    std::size_t rules = 0;
  };
  std::map<std::uint32_t, Asked> by_field;
  for (const exec::PredicateIndex::Entry& rule : bucket.entries) {
    for (const auto& [field, equality] : text_equalities(program, layout, rule)) {
      Asked& asked = by_field[field];
      asked.ids |= std::uint64_t{1} << equality.id % 64;
      ++asked.rules;
    }
  }
  Guard guard;
  if (bucket.entries.empty()) return guard;
  guard.ids = ~std::uint64_t{0};
  for (const auto& [field, asked] : by_field) {
    if (asked.rules < bucket.entries.size()) continue;
    if (std::popcount(asked.ids) >= std::popcount(guard.ids)) continue;
    guard = {layout.slots()[field].word + 1, asked.ids};
  }
  return guard;
}

}  // namespace trig::jit
