// Native code for buckets of rules: for each part a function void(MatchCall*) that evaluates what
// is left of each rule's condition on the record and reports the rules that match. What it cannot
// express it leaves to the interpreter, one conjunct at a time.
#pragma once

#include <llvm/IR/Module.h>

#include <memory>
#include <span>
#include <string>

#include "compiler/exec/predicate_index.h"
#include "compiler/jit/native_record.h"
#include "compiler/jit/shared.h"

namespace trig::jit {

// Consecutive rules of one bucket.
using Part = std::span<const exec::PredicateIndex::Entry>;

// The module has one symbol for the outside: `table`, an array of the functions in order.
std::unique_ptr<llvm::Module> emit_module(llvm::LLVMContext& context, const ir::Program& program,
                                          const RecordLayout& layout,
                                          const SharedExpressions& shared,
                                          std::span<const Part> parts, const std::string& table);

}  // namespace trig::jit
