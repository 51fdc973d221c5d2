#include "compiler/jit/object_cache.h"

#include <llvm/Config/llvm-config.h>

#include "compiler/base/build_id.h"
#include "compiler/base/codec.h"
#include "compiler/ir/codec.h"

namespace trig::jit {
namespace {

void write(ByteWriter& w, const Hash128& hash) {
  w.fixed64(hash.high);
  w.fixed64(hash.low);
}

}  // namespace

ObjectCache::ObjectCache(std::shared_ptr<const FileCache> kept, const ir::Program& program)
    : kept_(std::move(kept)) {
  const std::string build = build_id();
  if (build.empty()) return;
  ByteWriter w;
  w.text(build);
  w.text(LLVM_VERSION_STRING);
  write(w, ir::content_hash(program));
  program_ = w.take();
}

std::string ObjectCache::origin(const RecordLayout& layout, Tier tier,
                                const llvm::orc::JITTargetMachineBuilder& host) const {
  ByteWriter w;
  w.raw(program_);
  w.u8(static_cast<std::uint8_t>(tier));
  w.text(host.getTargetTriple().str());
  w.text(host.getCPU());
  w.text(host.getFeatures().getString());
  layout.write(w);
  return w.take();
}

Hash128 ObjectCache::key_of(const std::string& origin, std::span<const Part> parts,
                            std::size_t number) const {
  ByteWriter w;
  w.raw(origin);
  w.varint(number);
  w.varint(parts.size());
  for (const Part& part : parts) {
    w.varint(part.size());
    for (const exec::PredicateIndex::Entry& entry : part) {
      w.varint(entry.rule.campaign);
      w.varint(entry.rule.alternative);
      w.u8(entry.reads_slots ? 1 : 0);
      w.varint(entry.rest.size());
      for (const ir::NodeId node : entry.rest) w.varint(static_cast<std::uint32_t>(node));
    }
  }
  return hash128(w.bytes());
}

std::unique_ptr<llvm::MemoryBuffer> ObjectCache::find(const Hash128& key) {
  if (program_.empty()) return nullptr;
  const std::optional<std::string> bytes = kept_->find(key);
  if (!bytes) return nullptr;
  ++found_;
  return llvm::MemoryBuffer::getMemBufferCopy(*bytes, to_hex(key));
}

void ObjectCache::keep(const Hash128& key, const llvm::MemoryBuffer& object) {
  ++compiled_;
  if (!program_.empty()) kept_->keep(key, {object.getBufferStart(), object.getBufferSize()});
}

}  // namespace trig::jit
