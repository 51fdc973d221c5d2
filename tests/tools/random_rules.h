// Projects with random conditions, and random events for them: what index and executors are held
// against the plain definition with. Everything follows from a seed.
#pragma once

#include <random>
#include <string>

#include "compiler/exec/executor.h"
#include "tests/tools/check_bench.h"

namespace trig {

class RandomRules {
 public:
  explicit RandomRules(std::uint64_t seed) : dice_(seed) {}

  // A project of `campaigns` campaigns on the events `seen` and `bought`.
  std::string project(int campaigns);
  // The fields of an event of either type, some of them missing.
  ir::Items event(const ir::Program& program, std::uint32_t event);
  ir::Items person(const ir::Program& program);

 private:
  int below(int bound) { return static_cast<int>(dice_() % static_cast<unsigned>(bound)); }
  std::string pick(std::initializer_list<const char*> words);
  std::string condition(int depth);
  std::string comparison();
  std::string number_comparison();
  std::string text_test();
  ir::Value value(const ir::Program& program, ir::Type type);

  std::mt19937_64 dice_;
  bool bound_ = false;  // the campaign being written binds its event as `it`
};

// Which rules match, by evaluating every campaign's whole `where`: the definition.
std::vector<exec::Executor::Match> match_every_campaign(const exec::Executor& executor,
                                                        std::uint32_t event,
                                                        const exec::Frame& frame);

}  // namespace trig
