// What tells the rules of one bucket apart before any of their code runs: the texts of the event
// that they compare with constants.
#pragma once

#include <cstdint>
#include <map>

#include "compiler/exec/predicate_index.h"
#include "compiler/jit/native_record.h"

namespace trig::jit {

struct TextEquality {
  std::uint32_t id = 0;  // of the constant
  ir::NodeId conjunct = ir::NodeId::kNone;
};
// By field: what must be equal for the rule to match. None of a rule that reads its binding.
std::map<std::uint32_t, TextEquality> text_equalities(const ir::Program& program,
                                                      const RecordLayout& layout,
                                                      const exec::PredicateIndex::Entry& rule);

// One field that every rule of a bucket compares with a text, and which ids those are, a bit for
// each id modulo 64. Most events are turned down by it, without a call that no processor foresees.
struct Guard {
  std::uint32_t word = 0;  // of the record: length and id of the text
  std::uint64_t ids = 0;   // all: some rule has no such comparison. None: there is no rule

  bool admits(const std::uint64_t* record) const {
    return (ids >> (record[word] >> 32) % 64 & 1) != 0;
  }
};
Guard guard_of(const ir::Program& program, const RecordLayout& layout,
               const exec::PredicateIndex::Bucket& bucket);

}  // namespace trig::jit
