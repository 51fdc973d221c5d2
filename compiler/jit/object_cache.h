// Native modules that an earlier process has compiled, found by all they are made of: the program,
// the rules and the layout of the module, the tier, this build of trig with its LLVM, and the
// processor. Another of any of these is another module.
#pragma once

#include <llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h>
#include <llvm/Support/MemoryBuffer.h>

#include <memory>
#include <optional>
#include <string>

#include "compiler/base/file_cache.h"
#include "compiler/jit/codegen.h"
#include "compiler/jit/jit.h"

namespace trig::jit {

class ObjectCache {
 public:
  // `program` must outlive it.
  ObjectCache(std::shared_ptr<const FileCache> kept, const ir::Program& program);

  // Whose code is asked for, and what will run it.
  std::string origin(const RecordLayout& layout, Tier tier,
                     const llvm::orc::JITTargetMachineBuilder& host) const;
  // `number` of the module, which names its symbols.
  Hash128 key_of(const std::string& origin, std::span<const Part> parts, std::size_t number) const;

  std::unique_ptr<llvm::MemoryBuffer> find(const Hash128& key);
  void keep(const Hash128& key, const llvm::MemoryBuffer& object);

  std::size_t found() const { return found_; }
  std::size_t compiled() const { return compiled_; }

 private:
  std::shared_ptr<const FileCache> kept_;
  std::string program_;  // what identifies it and this build; empty: nothing is found or kept
  std::size_t found_ = 0;
  std::size_t compiled_ = 0;
};

}  // namespace trig::jit
