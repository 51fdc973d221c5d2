// Expressions as native code: conditions give an i1 that is true only where the interpreter's value
// is a present `true`.
#pragma once

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Module.h>

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "compiler/ir/program.h"
#include "compiler/jit/match_call.h"
#include "compiler/jit/native_record.h"
#include "compiler/jit/shared.h"

namespace trig::jit {

inline constexpr std::size_t kRecordOffset = offsetof(MatchCall, record);
inline constexpr std::size_t kReportOffset = offsetof(MatchCall, report);
inline constexpr std::size_t kKnownOffset = offsetof(MatchCall, known);
inline constexpr std::size_t kRememberOffset = offsetof(MatchCall, remember);
inline constexpr std::size_t kSharedOffset = offsetof(MatchCall, shared);

// Declarations of what native code calls, made in its module when first used.
class RuntimeFunctions {
 public:
  explicit RuntimeFunctions(llvm::Module& module) : module_(module) {}
  llvm::FunctionCallee evaluate();
  llvm::FunctionCallee count();
  llvm::FunctionCallee compare_text();
  llvm::FunctionCallee text_test(const char* name);  // two texts → i1
  llvm::FunctionCallee list_contains();
  llvm::FunctionCallee list_has_text();
  llvm::FunctionCallee rounding(const char* name);  // two counts of millionths → DecimalResult
  llvm::FunctionCallee matches();
  llvm::Constant* text(const std::string& bytes);  // their address

 private:
  llvm::FunctionCallee declare(const char* name, llvm::Type* result,
                               llvm::ArrayRef<llvm::Type*> arguments);
  llvm::Module& module_;
  std::map<std::string, llvm::Constant*> texts_;
};

// A value: its words in registers.
struct NativeValue {
  SlotKind kind = SlotKind::kInteger;
  llvm::Value* present = nullptr;         // i1
  llvm::Value* word = nullptr;            // i64; text: its address
  llvm::Value* second = nullptr;          // money: currency, i64; text: its length, i32
  llvm::Value* id = nullptr;              // text of a field: i32
  int field = -1;                         // whose constants the id counts
  const std::string* constant = nullptr;  // a text that is one
};

// Loads of the record's fields, each once, at the beginning of the function.
class FieldLoads {
 public:
  FieldLoads(llvm::IRBuilder<>& builder, const RecordLayout& layout, llvm::Value* record)
      : layout_(layout), record_(record), entry_(builder.GetInsertBlock()) {}
  const NativeValue& load(std::uint32_t field);

 private:
  const RecordLayout& layout_;
  llvm::Value* record_;
  llvm::BasicBlock* entry_;
  std::map<std::uint32_t, NativeValue> loaded_;
};

class ExpressionEmitter {
 public:
  ExpressionEmitter(const ir::Program& program, const RecordLayout& layout,
                    const SharedExpressions& shared, llvm::IRBuilder<>& builder,
                    RuntimeFunctions& runtime, FieldLoads& loads, llvm::Value* call)
      : program_(program),
        layout_(layout),
        shared_(shared),
        builder_(builder),
        runtime_(runtime),
        loads_(loads),
        call_(call) {}

  // Whose conditions come next: a binding names the event itself.
  void of(const ir::StartTrigger::Alternative& alternative) { alternative_ = &alternative; }

  // Null where some part of it has no native form. What was emitted until then has no effect.
  llvm::Value* condition(ir::NodeId node);
  // Left to the interpreter: `ask` asks it.
  llvm::Value* left_condition(ir::NodeId node, const std::function<llvm::Value*()>& ask);
  // How much time it takes, about: those that take least are asked first.
  enum class Cost : std::uint8_t { kWords, kCall, kHistory };
  Cost cost(ir::NodeId node) const;

 private:
  llvm::Value* fresh_condition(ir::NodeId node);
  std::optional<NativeValue> value(ir::NodeId node);
  std::optional<NativeValue> fresh_value(ir::NodeId node);
  std::optional<NativeValue> count(const ir::Node& node);
  // Goes on where the place of a shared expression has its words: `compute` puts them there, unless
  // they are there. False, as from `compute`: it has no native form.
  bool once(int place, const std::function<bool()>& compute);
  llvm::Value* shared_word(int place, std::size_t word);  // its address
  std::optional<NativeValue> constant(const ir::Value& value);
  std::optional<NativeValue> or_else(const ir::Node& node);
  std::optional<NativeValue> to_number(const NativeValue& value);
  std::optional<NativeValue> field(const ir::Node& node);
  std::optional<NativeValue> negate(const ir::Node& node);
  std::optional<NativeValue> arithmetic(const ir::Node& node);
  std::optional<NativeValue> decimal_arithmetic(ir::Op op, const NativeValue& left,
                                                const NativeValue& right);
  std::optional<NativeValue> money_arithmetic(ir::Op op, const NativeValue& a,
                                              const NativeValue& b);
  std::optional<NativeValue> time_arithmetic(ir::Op op, const NativeValue& a, const NativeValue& b);
  NativeValue checked(ir::Op op, SlotKind kind, const NativeValue& a, const NativeValue& b);
  llvm::Value* same_currency(const NativeValue& a, const NativeValue& b);
  llvm::Value* only_if(llvm::Value* asked, ir::NodeId node, bool otherwise);
  llvm::Value* is_present(ir::NodeId node);
  llvm::Value* both(const ir::Node& node);
  llvm::Value* comparison(ir::Op op, ir::NodeId a, ir::NodeId b);
  llvm::Value* compare(ir::Op op, const NativeValue& a, const NativeValue& b);
  llvm::Value* compare_text(ir::Op op, const NativeValue& a, const NativeValue& b);
  llvm::Value* membership(const ir::Node& node);
  llvm::Value* contains(const ir::Node& node);
  llvm::Value* text_test(const char* function, ir::NodeId text, ir::NodeId part);
  llvm::Value* matches(const ir::Node& node);

  const ir::Program& program_;
  const RecordLayout& layout_;
  const SharedExpressions& shared_;
  llvm::IRBuilder<>& builder_;
  RuntimeFunctions& runtime_;
  FieldLoads& loads_;
  llvm::Value* call_;
  const ir::StartTrigger::Alternative* alternative_ = nullptr;
};

}  // namespace trig::jit
