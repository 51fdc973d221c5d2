// The native matching of one event type: chooses buckets by the record's fields and calls their
// code. Code of a tier is put in place while others match.
#pragma once

#include <array>
#include <atomic>
#include <set>

#include "compiler/jit/guard.h"
#include "compiler/jit/jit.h"
#include "compiler/jit/native_code.h"

namespace trig::jit {

class Matcher {
 public:
  Matcher(const ir::Program& program, std::uint32_t event);

  // True once its code is in place.
  bool compile(Tier tier, const Objects& objects, const std::atomic<bool>& stop);
  bool ready() const { return functions_.load(std::memory_order_acquire) != nullptr; }
  bool has(Tier tier) const { return code_[static_cast<std::size_t>(tier)] != nullptr; }

  const RecordLayout& layout() const { return layout_; }
  std::size_t rules() const { return index_.size(); }
  // The event's own record, made ready, or `record`. Null: only the interpreter knows what it is.
  const std::uint64_t* native_form(const exec::EventFields& event, NativeRecord& record) const;
  void match(MatchCall& call) const;  // when ready
  std::string text() const { return native_text(program_, layout_, plan_); }

 private:
  struct AtText {
    PartPlan::Range code;
    Guard guard;
  };
  struct Field {
    std::uint32_t field = 0;
    Slot slot;
    const exec::PredicateIndex::FieldIndex* index = nullptr;
    bool has_prefixes = false;
    std::vector<AtText> by_id;  // what stands at a text, by its id
  };
  void look_at(ir::NodeId node);
  void add_field(std::uint32_t field, const exec::PredicateIndex::FieldIndex& index);
  void add_guards();  // once all constants have their ids
  // What is not found by the id of a text.
  void match_otherwise(const Field& field, MatchCall& call, const BucketFunction* functions) const;

  const ir::Program& program_;
  exec::PredicateIndex index_;
  RecordLayout layout_;
  std::set<std::uint32_t> values_;  // lists and records that conditions read
  PartPlan plan_;
  std::vector<Field> fields_;
  std::array<std::unique_ptr<NativeCode>, 2> code_;  // by tier; what others may still run stays
  std::atomic<const BucketFunction*> functions_ = nullptr;
};

}  // namespace trig::jit
