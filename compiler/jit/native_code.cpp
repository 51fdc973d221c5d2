#include "compiler/jit/native_code.h"

#include <llvm/ExecutionEngine/Orc/CompileUtils.h>
#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Transforms/InstCombine/InstCombine.h>
#include <llvm/Transforms/Scalar/EarlyCSE.h>
#include <llvm/Transforms/Scalar/SimplifyCFG.h>

#include <mutex>

#include "compiler/base/limits.h"
#include "compiler/jit/codegen.h"
#include "compiler/jit/object_cache.h"

namespace trig::jit {
namespace {

namespace orc = llvm::orc;

std::string table_name(std::size_t module) { return "trig_table_" + std::to_string(module); }

// Consecutive parts, together at most kMaxRulesPerModule rules.
std::vector<std::span<const Part>> modules_of(const PartPlan& plan) {
  std::vector<std::span<const Part>> modules;
  std::size_t first = 0;
  std::size_t rules = 0;
  for (std::size_t i = 0; i < plan.parts.size(); ++i) {
    if (rules + plan.parts[i].size() > kMaxRulesPerModule && i > first) {
      modules.emplace_back(&plan.parts[first], i - first);
      first = i;
      rules = 0;
    }
    rules += plan.parts[i].size();
  }
  if (first < plan.parts.size())
    modules.emplace_back(&plan.parts[first], plan.parts.size() - first);
  return modules;
}

// Buckets are short and without loops: what helps is to compute a thing once and to branch less.
// The usual pipelines find little more and take many times as long.
void optimise(llvm::Module& module, llvm::TargetMachine& machine) {
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager calls;
  llvm::ModuleAnalysisManager modules;
  llvm::PassBuilder passes(&machine);
  passes.registerModuleAnalyses(modules);
  passes.registerCGSCCAnalyses(calls);
  passes.registerFunctionAnalyses(functions);
  passes.registerLoopAnalyses(loops);
  passes.crossRegisterProxies(loops, functions, calls, modules);
  llvm::FunctionPassManager manager;
  manager.addPass(llvm::EarlyCSEPass());
  manager.addPass(llvm::InstCombinePass());
  manager.addPass(llvm::SimplifyCFGPass());
  for (llvm::Function& function : module)
    if (!function.isDeclaration()) manager.run(function, functions);
}

template <typename Function>
orc::ExecutorSymbolDef address_of(Function* function) {
  return {orc::ExecutorAddr::fromPtr(function), llvm::JITSymbolFlags::Exported};
}

class OrcCode : public NativeCode {
 public:
  static std::unique_ptr<OrcCode> make(const RecordLayout& layout, Tier tier,
                                       const Objects& objects) {
    static std::once_flag initialised;
    std::call_once(initialised, [] {
      llvm::InitializeNativeTarget();
      llvm::InitializeNativeTargetAsmPrinter();
    });
    auto host = orc::JITTargetMachineBuilder::detectHost();
    if (!host) return without_code(host.takeError());
    host->setCodeGenOptLevel(tier == Tier::kBaseline ? llvm::CodeGenOptLevel::None
                                                     : llvm::CodeGenOptLevel::Default);
    auto code = std::make_unique<OrcCode>();
    code->objects_ = objects;
    if (objects.cache != nullptr) code->origin_ = objects.cache->origin(layout, tier, *host);
    auto machine = host->createTargetMachine();
    if (!machine) return without_code(machine.takeError());
    code->machine_ = std::move(*machine);
    auto jit = orc::LLJITBuilder().setJITTargetMachineBuilder(std::move(*host)).create();
    if (!jit) return without_code(jit.takeError());
    code->jit_ = std::move(*jit);
    code->tracker_ = code->jit_->getMainJITDylib().createResourceTracker();
    return code->define_runtime() ? std::move(code) : nullptr;
  }

  ~OrcCode() override {
    if (tracker_) llvm::consumeError(tracker_->remove());
  }

  const std::vector<BucketFunction>& functions() const override { return functions_; }

  bool add(const ir::Program& program, const RecordLayout& layout, const SharedExpressions& shared,
           std::span<const Part> parts, Tier tier, std::size_t number) {
    ObjectCache* cache = objects_.cache;
    const Hash128 key = cache == nullptr ? Hash128() : cache->key_of(origin_, parts, number);
    std::unique_ptr<llvm::MemoryBuffer> object = cache == nullptr ? nullptr : cache->find(key);
    if (object == nullptr) {
      if (objects_.only_known && number == 0) return false;
      object = compile(program, layout, shared, parts, tier, number);
      if (object == nullptr) return false;
      if (cache != nullptr) cache->keep(key, *object);
    }
    if (llvm::Error error = jit_->addObjectFile(tracker_, std::move(object)))
      return dropped(std::move(error));
    auto table = jit_->lookup(table_name(number));  // links it
    if (!table) return dropped(table.takeError());
    auto* found = table->toPtr<BucketFunction*>();
    functions_.insert(functions_.end(), found, found + parts.size());
    return true;
  }

 private:
  std::unique_ptr<llvm::MemoryBuffer> compile(const ir::Program& program,
                                              const RecordLayout& layout,
                                              const SharedExpressions& shared,
                                              std::span<const Part> parts, Tier tier,
                                              std::size_t number) {
    llvm::LLVMContext context;
    auto module = emit_module(context, program, layout, shared, parts, table_name(number));
    module->setDataLayout(machine_->createDataLayout());
    module->setTargetTriple(machine_->getTargetTriple().str());
    if (tier == Tier::kOptimised) optimise(*module, *machine_);
    auto object = orc::SimpleCompiler(*machine_)(*module);
    if (object) return std::move(*object);
    dropped(object.takeError());
    return nullptr;
  }

  bool define_runtime() {
    orc::SymbolMap symbols;
    auto define = [&](const char* name, auto* function) {
      symbols[jit_->mangleAndIntern(name)] = address_of(function);
    };
    define("trig_jit_evaluate", &trig_jit_evaluate);
    define("trig_jit_count", &trig_jit_count);
    define("trig_jit_compare_text", &trig_jit_compare_text);
    define("trig_jit_starts_with", &trig_jit_starts_with);
    define("trig_jit_contains_text", &trig_jit_contains_text);
    define("trig_jit_list_contains", &trig_jit_list_contains);
    define("trig_jit_list_has_text", &trig_jit_list_has_text);
    define("trig_jit_multiply", &trig_jit_multiply);
    define("trig_jit_divide", &trig_jit_divide);
    define("trig_jit_matches", &trig_jit_matches);
    llvm::Error error = jit_->getMainJITDylib().define(orc::absoluteSymbols(std::move(symbols)));
    return !error || dropped(std::move(error));
  }

  // The interpreter goes on where there is no code.
  static bool dropped(llvm::Error error) {
    llvm::consumeError(std::move(error));
    return false;
  }
  static std::unique_ptr<OrcCode> without_code(llvm::Error error) {
    dropped(std::move(error));
    return nullptr;
  }

  Objects objects_;
  std::string origin_;
  std::unique_ptr<llvm::TargetMachine> machine_;
  std::unique_ptr<orc::LLJIT> jit_;
  orc::ResourceTrackerSP tracker_;
  std::vector<BucketFunction> functions_;
};

}  // namespace

PartPlan plan_parts(const ir::Program& program, const exec::PredicateIndex& index) {
  PartPlan plan{{}, {}, SharedExpressions(program, index)};
  for (const exec::PredicateIndex::Bucket& bucket : index.buckets()) {
    PartPlan::Range range{static_cast<std::uint32_t>(plan.parts.size()), 0};
    Part left(bucket.entries);
    for (; !left.empty(); ++range.count) {
      plan.parts.push_back(left.first(std::min(left.size(), kMaxRulesPerModule)));
      left = left.subspan(plan.parts.back().size());
    }
    plan.of_bucket.push_back(range);
  }
  return plan;
}

std::unique_ptr<NativeCode> compile_native(const ir::Program& program, const RecordLayout& layout,
                                           const PartPlan& plan, Tier tier, const Objects& objects,
                                           const std::atomic<bool>& stop) {
  auto code = OrcCode::make(layout, tier, objects);
  if (code == nullptr) return nullptr;
  std::size_t number = 0;
  for (const std::span<const Part>& parts : modules_of(plan)) {
    if (stop.load(std::memory_order_relaxed)) return nullptr;
    if (!code->add(program, layout, plan.shared, parts, tier, number++)) return nullptr;
  }
  return code;
}

std::string native_text(const ir::Program& program, const RecordLayout& layout,
                        const PartPlan& plan) {
  std::string text;
  llvm::raw_string_ostream out(text);
  std::size_t number = 0;
  for (const std::span<const Part>& parts : modules_of(plan)) {
    llvm::LLVMContext context;
    emit_module(context, program, layout, plan.shared, parts, table_name(number++))
        ->print(out, nullptr);
  }
  return text;
}

}  // namespace trig::jit
