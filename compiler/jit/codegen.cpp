#include "compiler/jit/codegen.h"

#include <llvm/IR/Verifier.h>

#include <algorithm>
#include <map>

#include "compiler/base/check.h"
#include "compiler/jit/expression.h"
#include "compiler/jit/guard.h"

namespace trig::jit {
namespace {

class ModuleEmitter {
 public:
  ModuleEmitter(llvm::LLVMContext& context, const ir::Program& program, const RecordLayout& layout,
                const SharedExpressions& shared)
      : program_(program),
        layout_(layout),
        shared_(shared),
        module_(std::make_unique<llvm::Module>("trig", context)),
        builder_(context),
        runtime_(*module_) {}

  llvm::Function* emit_part(const Part& part) {
    auto* type = llvm::FunctionType::get(builder_.getVoidTy(), {builder_.getPtrTy()}, false);
    auto* function =
        llvm::Function::Create(type, llvm::Function::InternalLinkage, "part", *module_);
    function->addFnAttr(llvm::Attribute::NoUnwind);
    llvm::BasicBlock* entry = block(function);
    builder_.SetInsertPoint(entry);
    llvm::Value* call = function->getArg(0);
    llvm::Value* record = builder_.CreateLoad(builder_.getPtrTy(), field_of(call, kRecordOffset));
    llvm::Value* report = builder_.CreateLoad(builder_.getPtrTy(), field_of(call, kReportOffset));
    FieldLoads loads(builder_, layout_, record);
    Emission to{ExpressionEmitter(program_, layout_, shared_, builder_, runtime_, loads, call),
                call, report};
    const Choice choice = choose(part);
    for (const Rule* rule : choice.others) emit_rule(*rule, ir::NodeId::kNone, to);
    if (!choice.by_id.empty()) emit_switch(choice, loads.load(choice.field).id, to);
    builder_.CreateRetVoid();
    return function;
  }

  std::unique_ptr<llvm::Module> finish(const std::vector<llvm::Constant*>& functions,
                                       const std::string& table) {
    auto* type = llvm::ArrayType::get(builder_.getPtrTy(), functions.size());
    new llvm::GlobalVariable(*module_, type, true, llvm::GlobalValue::ExternalLinkage,
                             llvm::ConstantArray::get(type, functions), table);
    TRIG_CHECK(!llvm::verifyModule(*module_, &llvm::errs()), "native code is not well formed");
    return std::move(module_);
  }

 private:
  using Rule = exec::PredicateIndex::Entry;
  // Rules of one bucket that compare one field with texts are chosen by it: `country == "FR"`.
  struct Choice {
    std::uint32_t field = 0;
    std::map<std::uint32_t, std::vector<std::pair<const Rule*, ir::NodeId>>> by_id;
    std::vector<const Rule*> others;
  };
  struct Emission {
    ExpressionEmitter expressions;
    llvm::Value* call;
    llvm::Value* report;
  };

  Choice choose(const Part& part) const {
    Choice choice;
    std::map<std::uint32_t, std::size_t> rules_of;  // by field
    for (const Rule& rule : part)
      for (const auto& [field, equality] : text_equalities(program_, layout_, rule))
        ++rules_of[field];
    std::size_t most = 1;  // a switch for one rule is a comparison
    for (const auto& [field, rules] : rules_of) {
      if (rules <= most) continue;
      most = rules;
      choice.field = field;
    }
    for (const Rule& rule : part) {
      const auto equalities = text_equalities(program_, layout_, rule);
      const auto equality = equalities.find(choice.field);
      if (most > 1 && equality != equalities.end())
        choice.by_id[equality->second.id].emplace_back(&rule, equality->second.conjunct);
      else
        choice.others.push_back(&rule);
    }
    return choice;
  }

  void emit_switch(const Choice& choice, llvm::Value* id, Emission& to) {
    llvm::Function* function = builder_.GetInsertBlock()->getParent();
    llvm::BasicBlock* done = block(function);
    llvm::SwitchInst* by_id =
        builder_.CreateSwitch(id, done, static_cast<unsigned>(choice.by_id.size()));
    for (const auto& [known, rules] : choice.by_id) {
      llvm::BasicBlock* one = block(function);
      by_id->addCase(builder_.getInt32(known), one);
      builder_.SetInsertPoint(one);
      for (const auto& [rule, said] : rules) emit_rule(*rule, said, to);
      builder_.CreateBr(done);
    }
    builder_.SetInsertPoint(done);
  }

  llvm::BasicBlock* block(llvm::Function* function) {
    return llvm::BasicBlock::Create(builder_.getContext(), "", function);
  }

  llvm::Value* field_of(llvm::Value* call, std::size_t offset) {
    return builder_.CreateConstInBoundsGEP1_64(builder_.getInt8Ty(), call, offset);
  }

  // `said` is known to hold.
  void emit_rule(const Rule& rule, ir::NodeId said, Emission& to) {
    llvm::BasicBlock* next = block(builder_.GetInsertBlock()->getParent());
    to.expressions.of(
        program_.campaigns[rule.rule.campaign].trigger.alternatives[rule.rule.alternative]);
    std::vector<ir::NodeId> left;  // to the interpreter, after all that native code can say
    std::vector<ir::NodeId> rest = rule.rest;
    std::stable_sort(rest.begin(), rest.end(), [&](ir::NodeId a, ir::NodeId b) {
      return to.expressions.cost(a) < to.expressions.cost(b);
    });
    for (ir::NodeId node : rest) {
      if (node == said) continue;
      llvm::Value* holds = to.expressions.condition(node);
      if (holds == nullptr)
        left.push_back(node);
      else
        go_on_if(holds, next);
    }
    for (ir::NodeId node : left) {
      llvm::Value* holds = to.expressions.left_condition(node, [&]() -> llvm::Value* {
        return builder_.CreateCall(runtime_.evaluate(),
                                   {to.call, builder_.getInt32(rule.rule.campaign),
                                    builder_.getInt32(rule.rule.alternative),
                                    builder_.getInt32(static_cast<std::uint32_t>(node)),
                                    builder_.getInt1(rule.reads_slots)});
      });
      go_on_if(holds, next);
    }
    auto* type = llvm::FunctionType::get(
        builder_.getVoidTy(), {builder_.getPtrTy(), builder_.getInt32Ty(), builder_.getInt32Ty()},
        false);
    builder_.CreateCall(
        type, to.report,
        {to.call, builder_.getInt32(rule.rule.campaign), builder_.getInt32(rule.rule.alternative)});
    builder_.CreateBr(next);
    builder_.SetInsertPoint(next);
  }

  void go_on_if(llvm::Value* holds, llvm::BasicBlock* otherwise) {
    llvm::BasicBlock* then = block(builder_.GetInsertBlock()->getParent());
    builder_.CreateCondBr(holds, then, otherwise);
    builder_.SetInsertPoint(then);
  }

  const ir::Program& program_;
  const RecordLayout& layout_;
  const SharedExpressions& shared_;
  std::unique_ptr<llvm::Module> module_;
  llvm::IRBuilder<> builder_;
  RuntimeFunctions runtime_;
};

}  // namespace

std::unique_ptr<llvm::Module> emit_module(llvm::LLVMContext& context, const ir::Program& program,
                                          const RecordLayout& layout,
                                          const SharedExpressions& shared,
                                          std::span<const Part> parts, const std::string& table) {
  ModuleEmitter emitter(context, program, layout, shared);
  std::vector<llvm::Constant*> functions;
  for (const Part& part : parts) functions.push_back(emitter.emit_part(part));
  return emitter.finish(functions, table);
}

}  // namespace trig::jit
