// An Executor whose `match` is native code. Everything else is the interpreter's, and so are the
// matches of an event type until its code is ready: first code that is made quickly, soon after it
// code that runs quickly. Both give what the interpreter gives.
//
//   std::unique_ptr<exec::Executor> executor = make_jit(program);
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "compiler/base/file_cache.h"
#include "compiler/exec/executor.h"
#include "compiler/jit/native_record.h"

namespace trig::jit {

enum class Tier : std::uint8_t { kBaseline, kOptimised };

enum class When : std::uint8_t {
  kWhenBusy,     // in a thread of its own, once an event type has been matched often
  kBaselineNow,  // before make_jit returns; for tests and measurements
  kOptimisedNow,
};

// What an earlier process left: the optimised code of event types that were busy then. With it
// those are native from the start on.
struct KeptCode {
  std::shared_ptr<const FileCache> objects;  // null: nothing is found and nothing kept
  struct Report {
    std::size_t event_types = 0;  // that are native now
    std::size_t found = 0;        // modules
    std::size_t compiled = 0;     // modules of those event types that were not found
  };
  // Called once, in another thread, when all there is to find is in place.
  std::function<void(const Report&)> in_place;
};

// `program` must outlive the executor.
std::unique_ptr<exec::Executor> make_jit(const ir::Program& program, When when = When::kWhenBusy,
                                         KeptCode kept = {});

// The native code of every event type that starts campaigns, as LLVM's text before optimisation.
std::string dump_llvm(const ir::Program& program);

// Matching on records that are already in native form: no ir::Value is touched but by what is left
// to the interpreter. What make_jit does for each event after filling a record.
class NativeMatcher {
 public:
  virtual ~NativeMatcher() = default;
  virtual const RecordLayout& layout() const = 0;
  using Report = void (*)(void* user, std::uint32_t event, std::uint32_t campaign,
                          std::uint32_t alternative);
  // In no particular order. `frame.event` must be what the record was filled from.
  virtual void match(const std::uint64_t* record, const exec::Frame& frame, Report report,
                     void* user) const = 0;
  virtual std::size_t rules() const = 0;
};
// Null where there is no native code on this machine. `interpreter` must outlive it.
std::unique_ptr<NativeMatcher> make_matcher(const exec::Executor& interpreter, std::uint32_t event,
                                            Tier tier);

}  // namespace trig::jit
