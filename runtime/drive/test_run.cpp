#include "runtime/drive/test_run.h"

#include "runtime/drive/deployed.h"
#include "runtime/drive/step_player.h"

namespace trig::drive {

Instant start_of(const std::vector<ir::TestStep>& steps) {
  for (const ir::TestStep& step : steps)
    if (const auto* at = std::get_if<ir::TestAt>(&step.node)) return at->at;
  return Instant(std::chrono::sys_days(std::chrono::year(2026) / 1 / 1));
}

TestResult run_test(std::shared_ptr<const engine::Deployed> deployed, const ir::Test& test,
                    const TestOptions& options) {
  TestResult result;
  const Instant start = start_of(test.steps);
  auto driver =
      VirtualDriver::open(options.make_world(), deployed, compile_files(), start, options.kept);
  if (!driver) {
    result.failures.push_back({test.range, "the test to run", driver.error().message, ""});
    return result;
  }
  (*driver)->on_mail(options.on_mail);
  StepPlayer player(**driver);
  for (const ir::TestStep& step : test.steps) {
    Status done = player.play(*deployed->program, step, result);
    if (done && options.restart_after_every_line) done = (*driver)->restart();
    if (done) continue;
    result.failures.push_back({step.range, "the line to run", done.error().message, ""});
    break;
  }
  result.virtual_time = (*driver)->clock() - start;
  return result;
}

}  // namespace trig::drive
