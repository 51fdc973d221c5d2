#include "compiler/jit/expression.h"

#include <algorithm>
#include <bit>

#include "compiler/exec/predicate.h"
#include "compiler/exec/trigger_slots.h"

namespace trig::jit {
namespace {

using ir::Node;
using ir::NodeId;
using ir::Op;

llvm::CmpInst::Predicate signed_predicate(Op op) {
  switch (op) {
    case Op::kEqual: return llvm::CmpInst::ICMP_EQ;
    case Op::kNotEqual: return llvm::CmpInst::ICMP_NE;
    case Op::kLess: return llvm::CmpInst::ICMP_SLT;
    case Op::kLessOrEqual: return llvm::CmpInst::ICMP_SLE;
    case Op::kGreater: return llvm::CmpInst::ICMP_SGT;
    default: return llvm::CmpInst::ICMP_SGE;  // NOLINT: of the comparisons
  }
}

}  // namespace

llvm::FunctionCallee RuntimeFunctions::declare(const char* name, llvm::Type* result,
                                               llvm::ArrayRef<llvm::Type*> arguments) {
  auto callee =
      module_.getOrInsertFunction(name, llvm::FunctionType::get(result, arguments, false));
  auto* function = llvm::cast<llvm::Function>(callee.getCallee());
  function->addFnAttr(llvm::Attribute::NoUnwind);
  // A C++ bool comes as a byte of which only the lowest bit counts.
  if (result->isIntegerTy(1)) function->addRetAttr(llvm::Attribute::ZExt);
  for (unsigned i = 0; i < arguments.size(); ++i)
    if (arguments[i]->isIntegerTy(1)) function->addParamAttr(i, llvm::Attribute::ZExt);
  return callee;
}

llvm::FunctionCallee RuntimeFunctions::evaluate() {
  llvm::LLVMContext& context = module_.getContext();
  auto* word = llvm::Type::getInt32Ty(context);
  auto* bit = llvm::Type::getInt1Ty(context);
  return declare("trig_jit_evaluate", bit,
                 {llvm::PointerType::getUnqual(context), word, word, word, bit});
}

llvm::FunctionCallee RuntimeFunctions::count() {
  llvm::LLVMContext& context = module_.getContext();
  auto* word = llvm::Type::getInt64Ty(context);
  return declare("trig_jit_count", llvm::StructType::get(word, word),
                 {llvm::PointerType::getUnqual(context), llvm::Type::getInt32Ty(context)});
}

llvm::FunctionCallee RuntimeFunctions::compare_text() {
  llvm::LLVMContext& context = module_.getContext();
  auto* word = llvm::Type::getInt32Ty(context);
  auto* address = llvm::PointerType::getUnqual(context);
  return declare("trig_jit_compare_text", word, {address, word, address, word});
}

llvm::FunctionCallee RuntimeFunctions::text_test(const char* name) {
  llvm::LLVMContext& context = module_.getContext();
  auto* word = llvm::Type::getInt32Ty(context);
  auto* address = llvm::PointerType::getUnqual(context);
  return declare(name, llvm::Type::getInt1Ty(context), {address, word, address, word});
}

llvm::FunctionCallee RuntimeFunctions::list_contains() {
  llvm::LLVMContext& context = module_.getContext();
  auto* address = llvm::PointerType::getUnqual(context);
  return declare("trig_jit_list_contains", llvm::Type::getInt1Ty(context),
                 {address, address, llvm::Type::getInt32Ty(context)});
}

llvm::FunctionCallee RuntimeFunctions::list_has_text() {
  llvm::LLVMContext& context = module_.getContext();
  auto* address = llvm::PointerType::getUnqual(context);
  return declare("trig_jit_list_has_text", llvm::Type::getInt1Ty(context),
                 {address, address, llvm::Type::getInt32Ty(context)});
}

llvm::FunctionCallee RuntimeFunctions::rounding(const char* name) {
  auto* word = llvm::Type::getInt64Ty(module_.getContext());
  auto callee = declare(name, llvm::StructType::get(word, word), {word, word});
  auto* function = llvm::cast<llvm::Function>(callee.getCallee());
  function->setDoesNotAccessMemory();
  function->setWillReturn();
  return callee;
}

llvm::FunctionCallee RuntimeFunctions::matches() {
  llvm::LLVMContext& context = module_.getContext();
  auto* word = llvm::Type::getInt32Ty(context);
  auto* address = llvm::PointerType::getUnqual(context);
  return declare("trig_jit_matches", llvm::Type::getInt1Ty(context),
                 {address, address, word, word});
}

llvm::Constant* RuntimeFunctions::text(const std::string& bytes) {
  llvm::Constant*& known = texts_[bytes];
  if (known == nullptr) {
    auto* data = llvm::ConstantDataArray::getString(module_.getContext(), bytes, true);
    known = new llvm::GlobalVariable(module_, data->getType(), true,
                                     llvm::GlobalValue::PrivateLinkage, data);
  }
  return known;
}

const NativeValue& FieldLoads::load(std::uint32_t field) {
  auto [known, first] = loaded_.try_emplace(field);
  NativeValue& value = known->second;
  if (!first) return value;
  llvm::IRBuilder<> builder(entry_->getContext());
  if (llvm::Instruction* end = entry_->getTerminator())
    builder.SetInsertPoint(end);
  else
    builder.SetInsertPoint(entry_);
  const Slot& slot = layout_.slots()[field];
  auto word_at = [&](llvm::Type* type, std::uint32_t byte) {
    return builder.CreateLoad(
        type, builder.CreateConstInBoundsGEP1_64(builder.getInt8Ty(), record_, byte));
  };
  auto* bits = word_at(builder.getInt64Ty(), field / 64 * 8);
  auto* masked = builder.CreateAnd(bits, std::uint64_t{1} << (field % 64));
  value.present = builder.CreateICmpNE(masked, builder.getInt64(0));
  value.kind = slot.kind;
  bool address = slot.kind == SlotKind::kText || slot.kind == SlotKind::kValue;
  value.word = word_at(address ? static_cast<llvm::Type*>(builder.getPtrTy())
                               : static_cast<llvm::Type*>(builder.getInt64Ty()),
                       slot.word * 8);
  if (slot.kind == SlotKind::kMoney)
    value.second = word_at(builder.getInt64Ty(), slot.word * 8 + 8);
  if (slot.kind == SlotKind::kText) {
    value.second = word_at(builder.getInt32Ty(), slot.word * 8 + 8);
    value.id = word_at(builder.getInt32Ty(), slot.word * 8 + 12);
    value.field = static_cast<int>(field);
  }
  return value;
}

llvm::Value* ExpressionEmitter::fresh_condition(NodeId id) {
  const Node& node = program_.node(id);
  switch (node.op) {
    case Op::kConstant:
    case Op::kEventField:
    case Op::kSlotField:
    case Op::kOrElse: {
      auto boolean = value(id);
      if (!boolean || boolean->kind != SlotKind::kBoolean) return nullptr;
      return builder_.CreateAnd(boolean->present,
                                builder_.CreateICmpNE(boolean->word, builder_.getInt64(0)));
    }
    case Op::kIsPresent: return is_present(node.a);
    case Op::kNot: {
      llvm::Value* inner = condition(node.a);
      return inner == nullptr ? nullptr : builder_.CreateNot(inner);
    }
    case Op::kAnd:
    case Op::kOr: return both(node);
    case Op::kEqual:
    case Op::kNotEqual:
    case Op::kLess:
    case Op::kLessOrEqual:
    case Op::kGreater:
    case Op::kGreaterOrEqual: return comparison(node.op, node.a, node.b);
    case Op::kBetween: {
      llvm::Value* low = comparison(Op::kGreaterOrEqual, node.a, node.b);
      llvm::Value* high = low == nullptr ? nullptr : comparison(Op::kLessOrEqual, node.a, node.c);
      return high == nullptr ? nullptr : builder_.CreateAnd(low, high);
    }
    case Op::kIn: return membership(node);
    case Op::kContains: return contains(node);
    case Op::kStartsWith: return text_test("trig_jit_starts_with", node.a, node.b);
    case Op::kMatches: return matches(node);
    case Op::kSlot:
    case Op::kPersonField:
    case Op::kField:
    case Op::kNegate:
    case Op::kAdd:
    case Op::kSubtract:
    case Op::kMultiply:
    case Op::kDivide:
    case Op::kToNumber:
    case Op::kSince:
    case Op::kAddMonths:
    case Op::kAggregate:
    case Op::kInSegment:
    case Op::kSilence:
    case Op::kPluck:
    case Op::kInTable:
    case Op::kList:
    case Op::kRecord:
    case Op::kCall: return nullptr;
  }
  return nullptr;
}

std::optional<NativeValue> ExpressionEmitter::fresh_value(NodeId id) {
  const Node& node = program_.node(id);
  if (node.op == Op::kEventField || node.op == Op::kSlotField) {
    auto loaded = field(node);
    return loaded && loaded->kind == SlotKind::kValue ? std::nullopt : loaded;
  }
  if (node.op == Op::kOrElse) return or_else(node);
  if (node.op == Op::kNegate) return negate(node);
  if (node.op == Op::kAggregate) return count(node);
  if (node.op == Op::kAdd || node.op == Op::kSubtract || node.op == Op::kMultiply ||
      node.op == Op::kDivide)
    return arithmetic(node);
  if (node.op == Op::kToNumber) {
    auto inner = value(node.a);
    return inner ? to_number(*inner) : std::nullopt;
  }
  auto fixed = exec::constant_value(program_, id);
  if (!fixed) return std::nullopt;
  // A text must outlive this call: only a literal's own is kept as one.
  auto found = constant(node.op == Op::kConstant ? node.value : *fixed);
  if (found && node.op != Op::kConstant) found->constant = nullptr;
  return found;
}

std::optional<NativeValue> ExpressionEmitter::constant(const ir::Value& value) {
  NativeValue found;
  found.present = builder_.getTrue();
  if (const std::string* text = value.get<std::string>()) {
    found.kind = SlotKind::kText;
    found.word = runtime_.text(*text);
    found.second = builder_.getInt32(static_cast<std::uint32_t>(text->size()));
    found.constant = text;
    return found;
  }
  auto set = [&](SlotKind kind, std::int64_t at) {
    found.kind = kind;
    found.word = builder_.getInt64(static_cast<std::uint64_t>(at));
    return found;
  };
  if (const Decimal* decimal = value.get<Decimal>())
    return set(SlotKind::kNumber, decimal->millionths());
  if (const ir::Money* money = value.get<ir::Money>()) {
    found.second = builder_.getInt64(money->currency.code);
    return set(SlotKind::kMoney, money->amount.millionths());
  }
  auto key = exec::scalar_key(value);
  if (!key) return std::nullopt;
  switch (key->kind) {
    case exec::KeyKind::kBoolean: return set(SlotKind::kBoolean, key->at);
    case exec::KeyKind::kWhole: return set(SlotKind::kInteger, key->at);
    case exec::KeyKind::kDate: return set(SlotKind::kDate, key->at);
    case exec::KeyKind::kTime: return set(SlotKind::kTime, key->at);
    case exec::KeyKind::kInstant: return set(SlotKind::kInstant, key->at);
    case exec::KeyKind::kDuration: return set(SlotKind::kDuration, key->at);
    case exec::KeyKind::kText:
    case exec::KeyKind::kFraction:
    case exec::KeyKind::kMoney: return std::nullopt;
  }
  return std::nullopt;
}

// No journey is there yet: a slot holds the event.
std::optional<NativeValue> ExpressionEmitter::field(const Node& node) {
  if (node.op == Op::kEventField) return loads_.load(node.index);
  if (alternative_ == nullptr || node.slot != 0) return std::nullopt;
  const int field = alternative_->slot_fields[node.index];
  if (field < 0) return std::nullopt;
  return loads_.load(static_cast<std::uint32_t>(field));
}

std::optional<NativeValue> ExpressionEmitter::or_else(const Node& node) {
  auto a = value(node.a);
  auto b = value(node.b);
  if (!a || !b || a->kind != b->kind) return std::nullopt;
  NativeValue chosen;
  chosen.kind = a->kind;
  chosen.present = builder_.CreateOr(a->present, b->present);
  chosen.word = builder_.CreateSelect(a->present, a->word, b->word);
  if (a->second != nullptr) chosen.second = builder_.CreateSelect(a->present, a->second, b->second);
  return chosen;
}

// An integer beyond the range of numbers is missing among them.
std::optional<NativeValue> ExpressionEmitter::to_number(const NativeValue& value) {
  if (value.kind == SlotKind::kNumber) return value;
  if (value.kind != SlotKind::kInteger) return std::nullopt;
  llvm::Value* product = builder_.CreateBinaryIntrinsic(
      llvm::Intrinsic::smul_with_overflow, value.word,
      builder_.getInt64(static_cast<std::uint64_t>(Decimal::kScale)));
  NativeValue number;
  number.kind = SlotKind::kNumber;
  number.word = builder_.CreateExtractValue(product, 0);
  number.present = builder_.CreateAnd(value.present,
                                      builder_.CreateNot(builder_.CreateExtractValue(product, 1)));
  return number;
}

// Other aggregates are values of many kinds.
std::optional<NativeValue> ExpressionEmitter::count(const Node& node) {
  const ir::Aggregate& aggregate = program_.aggregates[node.index];
  if (aggregate.op != ir::AggregateOp::kCount) return std::nullopt;
  // Its rows are compared with the event by its binding: only the interpreter has made that.
  if (exec::reads_slots(program_, aggregate.where)) return std::nullopt;
  llvm::Value* result =
      builder_.CreateCall(runtime_.count(), {call_, builder_.getInt32(node.index)});
  NativeValue found;
  found.kind = SlotKind::kInteger;
  found.word = builder_.CreateExtractValue(result, 0);
  found.present =
      builder_.CreateICmpNE(builder_.CreateExtractValue(result, 1), builder_.getInt64(0));
  return found;
}

llvm::Value* ExpressionEmitter::is_present(NodeId id) {
  const Node& node = program_.node(id);
  auto found = node.op == Op::kEventField || node.op == Op::kSlotField ? field(node) : value(id);
  return found ? found->present : nullptr;
}

llvm::Value* ExpressionEmitter::both(const Node& node) {
  llvm::Value* a = condition(node.a);
  if (a == nullptr) return nullptr;
  // A call takes more time than a branch.
  if (cost(node.b) != Cost::kWords)
    return node.op == Op::kAnd ? only_if(a, node.b, false)
                               : only_if(builder_.CreateNot(a), node.b, true);
  llvm::Value* b = condition(node.b);
  if (b == nullptr) return nullptr;
  return node.op == Op::kAnd ? builder_.CreateAnd(a, b) : builder_.CreateOr(a, b);
}

ExpressionEmitter::Cost ExpressionEmitter::cost(NodeId id) const {
  if (id == NodeId::kNone) return Cost::kWords;
  const Node& node = program_.node(id);
  if (node.op == Op::kAggregate) return Cost::kHistory;
  const bool call = node.op == Op::kContains || node.op == Op::kStartsWith ||
                    node.op == Op::kMatches || node.op == Op::kMultiply || node.op == Op::kDivide;
  return std::max({call ? Cost::kCall : Cost::kWords, cost(node.a), cost(node.b), cost(node.c)});
}

llvm::Value* ExpressionEmitter::only_if(llvm::Value* asked, NodeId node, bool otherwise) {
  llvm::BasicBlock* before = builder_.GetInsertBlock();
  llvm::Function* function = before->getParent();
  auto* ask = llvm::BasicBlock::Create(builder_.getContext(), "", function);
  auto* after = llvm::BasicBlock::Create(builder_.getContext(), "", function);
  builder_.CreateCondBr(asked, ask, after);
  builder_.SetInsertPoint(ask);
  llvm::Value* answer = condition(node);
  llvm::BasicBlock* answered = builder_.GetInsertBlock();
  builder_.CreateBr(after);
  builder_.SetInsertPoint(after);
  llvm::PHINode* result = builder_.CreatePHI(builder_.getInt1Ty(), 2);
  result->addIncoming(builder_.getInt1(otherwise), before);
  result->addIncoming(answer == nullptr ? builder_.getFalse() : answer, answered);
  return answer == nullptr ? nullptr : result;
}

llvm::Value* ExpressionEmitter::comparison(Op op, NodeId left, NodeId right) {
  auto a = value(left);
  auto b = value(right);
  return a && b ? compare(op, *a, *b) : nullptr;
}

llvm::Value* ExpressionEmitter::compare(Op op, const NativeValue& a, const NativeValue& b) {
  if (a.kind != b.kind) {
    auto left = to_number(a);
    auto right = to_number(b);
    return left && right ? compare(op, *left, *right) : nullptr;
  }
  llvm::Value* comparable = builder_.CreateAnd(a.present, b.present);
  if (a.kind == SlotKind::kText) return builder_.CreateAnd(comparable, compare_text(op, a, b));
  if (a.kind == SlotKind::kMoney) comparable = builder_.CreateAnd(comparable, same_currency(a, b));
  return builder_.CreateAnd(comparable, builder_.CreateICmp(signed_predicate(op), a.word, b.word));
}

llvm::Value* ExpressionEmitter::compare_text(Op op, const NativeValue& a, const NativeValue& b) {
  if (b.id != nullptr && a.constant != nullptr && (op == Op::kEqual || op == Op::kNotEqual))
    return compare_text(op, b, a);
  if (a.id != nullptr && b.constant != nullptr && (op == Op::kEqual || op == Op::kNotEqual)) {
    std::uint32_t id = layout_.id_of(static_cast<std::uint32_t>(a.field), *b.constant);
    if (id != 0) return builder_.CreateICmp(signed_predicate(op), a.id, builder_.getInt32(id));
  }
  llvm::Value* order =
      builder_.CreateCall(runtime_.compare_text(), {a.word, a.second, b.word, b.second});
  return builder_.CreateICmp(signed_predicate(op), order, builder_.getInt32(0));
}

llvm::Value* ExpressionEmitter::membership(const Node& node) {
  auto item = value(node.a);
  auto list = exec::constant_value(program_, node.b);
  if (!item || !list || list->get<ir::List>() == nullptr) return nullptr;
  llvm::Value* found = builder_.getFalse();
  for (const ir::Value& choice : *list->get<ir::List>()->items) {
    if (choice.missing()) continue;
    auto known = constant(choice);
    llvm::Value* equal = known ? compare(Op::kEqual, *item, *known) : nullptr;
    if (equal == nullptr) return nullptr;
    found = builder_.CreateOr(found, equal);
  }
  return found;
}

llvm::Value* ExpressionEmitter::contains(const Node& node) {
  const Node& container = program_.node(node.a);
  if (container.type.kind != ir::Kind::kList)
    return text_test("trig_jit_contains_text", node.a, node.b);
  if (container.op != Op::kEventField || program_.node(node.b).op != Op::kConstant) return nullptr;
  const NativeValue& list = loads_.load(container.index);
  // The address is only good where the list is present.
  llvm::Value* none = builder_.getFalse();
  llvm::BasicBlock* before = builder_.GetInsertBlock();
  llvm::Function* function = before->getParent();
  auto* ask = llvm::BasicBlock::Create(builder_.getContext(), "", function);
  auto* after = llvm::BasicBlock::Create(builder_.getContext(), "", function);
  builder_.CreateCondBr(list.present, ask, after);
  builder_.SetInsertPoint(ask);
  const std::string* text = program_.node(node.b).value.get<std::string>();
  llvm::Value* found =
      text != nullptr
          ? builder_.CreateCall(runtime_.list_has_text(),
                                {list.word, runtime_.text(*text),
                                 builder_.getInt32(static_cast<std::uint32_t>(text->size()))})
          : builder_.CreateCall(
                runtime_.list_contains(),
                {call_, list.word, builder_.getInt32(static_cast<std::uint32_t>(node.b))});
  builder_.CreateBr(after);
  builder_.SetInsertPoint(after);
  llvm::PHINode* result = builder_.CreatePHI(builder_.getInt1Ty(), 2);
  result->addIncoming(none, before);
  result->addIncoming(found, ask);
  return result;
}

llvm::Value* ExpressionEmitter::text_test(const char* function, NodeId text, NodeId part) {
  auto whole = value(text);
  auto piece = value(part);
  if (!whole || !piece || whole->kind != SlotKind::kText || piece->kind != SlotKind::kText)
    return nullptr;
  llvm::Value* holds = builder_.CreateCall(
      runtime_.text_test(function), {whole->word, whole->second, piece->word, piece->second});
  return builder_.CreateAnd(builder_.CreateAnd(whole->present, piece->present), holds);
}

llvm::Value* ExpressionEmitter::matches(const Node& node) {
  auto text = value(node.a);
  if (!text || text->kind != SlotKind::kText) return nullptr;
  llvm::Value* holds = builder_.CreateCall(
      runtime_.matches(), {call_, text->word, text->second, builder_.getInt32(node.index)});
  return builder_.CreateAnd(text->present, holds);
}

}  // namespace trig::jit
