// What native code and its surroundings share: the argument of every native function, and the
// functions that native code calls back. Plain C types; native code knows their places.
#pragma once

#include <re2/re2.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <vector>

#include "compiler/base/limits.h"
#include "compiler/exec/executor.h"

namespace trig::jit {

// One match of one event. `record` and `report` are read by native code, by their offsets.
struct MatchCall {
  const std::uint64_t* record = nullptr;
  void (*report)(MatchCall* call, std::uint32_t campaign, std::uint32_t alternative) = nullptr;
  void* user = nullptr;  // of whoever reports
  std::uint32_t event = 0;
  const exec::Executor* interpreter = nullptr;
  const exec::Frame* frame = nullptr;
  const std::vector<std::shared_ptr<const RE2>>* patterns = nullptr;
  // Reading the history may fail; what is thrown then does not pass through native code.
  std::exception_ptr failure;
  // What is known of shared expressions (shared.h), a bit each, and their words; and which of them
  // may be remembered.
  static constexpr std::size_t kWordsOfShared = 3;
  std::array<std::uint64_t, kMaxSharedExpressions / 64> known;  // cleared by Matcher::match
  std::uint64_t remember = ~std::uint64_t{0};
  std::array<std::uint64_t, kMaxSharedExpressions * kWordsOfShared> shared;  // where known
};

using BucketFunction = void (*)(MatchCall* call);

// A count, of millionths say, and whether there is a result: 0 or 1.
struct DecimalResult {
  std::int64_t millionths = 0;
  std::uint64_t present = 0;
};

extern "C" {
// A conjunct that native code leaves to the interpreter.
bool trig_jit_evaluate(MatchCall* call, std::uint32_t campaign, std::uint32_t alternative,
                       std::uint32_t node, bool reads_slots);
// An aggregate that counts.
DecimalResult trig_jit_count(MatchCall* call, std::uint32_t aggregate);
// -1, 0 or 1: by bytes.
std::int32_t trig_jit_compare_text(const char* a, std::uint32_t a_size, const char* b,
                                   std::uint32_t b_size);
bool trig_jit_starts_with(const char* text, std::uint32_t size, const char* prefix,
                          std::uint32_t prefix_size);
bool trig_jit_contains_text(const char* text, std::uint32_t size, const char* part,
                            std::uint32_t part_size);
// The list contains the constant that stands at `node`.
bool trig_jit_list_contains(MatchCall* call, const ir::Value* list, std::uint32_t node);
bool trig_jit_list_has_text(const ir::Value* list, const char* text, std::uint32_t size);
DecimalResult trig_jit_multiply(std::int64_t a, std::int64_t b);
DecimalResult trig_jit_divide(std::int64_t a, std::int64_t b);
bool trig_jit_matches(MatchCall* call, const char* text, std::uint32_t size, std::uint32_t pattern);
}

}  // namespace trig::jit
