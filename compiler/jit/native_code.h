// Compiled buckets of one event type, in memory that is writable or executable but never both (see
// docs/decisions). The code goes with the object.
#pragma once

#include <atomic>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "compiler/exec/predicate_index.h"
#include "compiler/jit/jit.h"
#include "compiler/jit/match_call.h"
#include "compiler/jit/native_record.h"
#include "compiler/jit/shared.h"

namespace trig::jit {

class NativeCode {
 public:
  virtual ~NativeCode() = default;
  virtual const std::vector<BucketFunction>& functions() const = 0;  // parallel to the parts
};

// The parts of all buckets, at most kMaxRulesPerModule rules each, in order of their bucket.
struct PartPlan {
  struct Range {
    std::uint32_t first = 0;
    std::uint32_t count = 0;
  };
  std::vector<std::span<const exec::PredicateIndex::Entry>> parts;
  std::vector<Range> of_bucket;
  SharedExpressions shared;
};
PartPlan plan_parts(const ir::Program& program, const exec::PredicateIndex& index);

class ObjectCache;

// What there is already, and what to do about the rest.
struct Objects {
  ObjectCache* cache = nullptr;  // null: everything is compiled, nothing is kept
  bool only_known = false;       // give up where not even the first module is known
};

// Null where `stop` was set meanwhile, or where no native code is to be had on this machine.
std::unique_ptr<NativeCode> compile_native(const ir::Program& program, const RecordLayout& layout,
                                           const PartPlan& plan, Tier tier, const Objects& objects,
                                           const std::atomic<bool>& stop);

// The modules as text, before any optimisation.
std::string native_text(const ir::Program& program, const RecordLayout& layout,
                        const PartPlan& plan);

}  // namespace trig::jit
