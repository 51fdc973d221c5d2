// A `test` block of the language, run in virtual time on the real engine. A failure tells what was
// expected, what happened, and the history of the person it is about.
//
//   TestResult result = run_test(deployed, test, {});
//   if (!result.passed()) print(result.failures);
#pragma once

#include <string>
#include <vector>

#include "compiler/base/text_range.h"
#include "runtime/drive/virtual_driver.h"

namespace trig::drive {

struct TestOptions {
  std::function<OpenStore()> make_world = memory_world;  // a new one for every test
  bool restart_after_every_line = false;
  Kept kept = Kept::kAll;
  std::function<void(const engine::Handover&)> on_mail = {};  // told of every mail that begins
};

struct TestFailure {
  TextRange range;  // of the line
  std::string expected;
  std::string got;
  std::string history;  // one line a decision, in the project's zone; may be empty
};

// A `no send` that says nothing: no mail was near.
struct HollowExpectation {
  TextRange range;
  std::string because;
};

struct TestResult {
  std::vector<TestFailure> failures;
  std::vector<HollowExpectation> hollow;
  std::size_t events = 0;
  Duration virtual_time{0};
  bool passed() const { return failures.empty(); }
};

// When the story of these lines begins: at their first `at`.
Instant start_of(const std::vector<ir::TestStep>& steps);

TestResult run_test(std::shared_ptr<const engine::Deployed> deployed, const ir::Test& test,
                    const TestOptions& options);

}  // namespace trig::drive
