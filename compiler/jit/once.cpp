// Shared expressions as native code: computed by whoever asks first.
#include "compiler/jit/expression.h"

namespace trig::jit {

using ir::NodeId;

llvm::Value* ExpressionEmitter::shared_word(int place, std::size_t word) {
  const std::size_t index = static_cast<std::size_t>(place) * MatchCall::kWordsOfShared + word;
  return builder_.CreateConstInBoundsGEP1_64(builder_.getInt8Ty(), call_,
                                             kSharedOffset + index * sizeof(std::uint64_t));
}

bool ExpressionEmitter::once(int place, const std::function<bool()>& compute) {
  const auto number = static_cast<std::size_t>(place);
  llvm::Type* word = builder_.getInt64Ty();
  llvm::Value* bit = builder_.getInt64(std::uint64_t{1} << number % 64);
  auto at = [&](std::size_t offset) {
    return builder_.CreateConstInBoundsGEP1_64(builder_.getInt8Ty(), call_, offset);
  };
  llvm::Value* known = at(kKnownOffset + number / 64 * sizeof(std::uint64_t));
  llvm::Function* function = builder_.GetInsertBlock()->getParent();
  auto* ask = llvm::BasicBlock::Create(builder_.getContext(), "", function);
  auto* after = llvm::BasicBlock::Create(builder_.getContext(), "", function);
  llvm::Value* is_known = builder_.CreateICmpNE(
      builder_.CreateAnd(builder_.CreateLoad(word, known), bit), builder_.getInt64(0));
  builder_.CreateCondBr(is_known, after, ask);
  builder_.SetInsertPoint(ask);
  const bool native = compute();
  if (native) {  // meanwhile more may have become known
    llvm::Value* remembered =
        builder_.CreateAnd(builder_.CreateLoad(word, at(kRememberOffset)), bit);
    builder_.CreateStore(builder_.CreateOr(builder_.CreateLoad(word, known), remembered), known);
  }
  builder_.CreateBr(after);
  builder_.SetInsertPoint(after);
  return native;
}

llvm::Value* ExpressionEmitter::left_condition(NodeId id,
                                               const std::function<llvm::Value*()>& ask) {
  const int place = shared_.place_of(id);
  if (place == SharedExpressions::kNone) return ask();
  const bool native = once(place, [&] {
    llvm::Value* holds = ask();
    if (holds == nullptr) return false;
    builder_.CreateStore(builder_.CreateZExt(holds, builder_.getInt64Ty()), shared_word(place, 0));
    return true;
  });
  if (!native) return nullptr;
  llvm::Value* word = builder_.CreateLoad(builder_.getInt64Ty(), shared_word(place, 0));
  return builder_.CreateICmpNE(word, builder_.getInt64(0));
}

llvm::Value* ExpressionEmitter::condition(NodeId id) {
  // What gives a number is asked for as one.
  if (program_.node(id).type.kind != ir::Kind::kBoolean) return fresh_condition(id);
  return left_condition(id, [&] { return fresh_condition(id); });
}

std::optional<NativeValue> ExpressionEmitter::value(NodeId id) {
  const int place = id == NodeId::kNone ? SharedExpressions::kNone : shared_.place_of(id);
  if (place == SharedExpressions::kNone || program_.node(id).type.kind == ir::Kind::kBoolean)
    return fresh_value(id);
  NativeValue found;
  llvm::Type* word = builder_.getInt64Ty();
  const bool native = once(place, [&] {
    auto fresh = fresh_value(id);
    if (!fresh || fresh->word->getType() != word) return false;
    found.kind = fresh->kind;
    builder_.CreateStore(builder_.CreateZExt(fresh->present, word), shared_word(place, 0));
    builder_.CreateStore(fresh->word, shared_word(place, 1));
    found.second = fresh->second;
    if (fresh->second != nullptr) builder_.CreateStore(fresh->second, shared_word(place, 2));
    return true;
  });
  if (!native) return std::nullopt;
  found.present =
      builder_.CreateICmpNE(builder_.CreateLoad(word, shared_word(place, 0)), builder_.getInt64(0));
  found.word = builder_.CreateLoad(word, shared_word(place, 1));
  if (found.second != nullptr) found.second = builder_.CreateLoad(word, shared_word(place, 2));
  return found;
}

}  // namespace trig::jit
