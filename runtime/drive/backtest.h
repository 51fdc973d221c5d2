// run_backtest: one version of a project, or two, over recorded events, on several threads. People
// are played part by part (recording.h), each part through engines of its own, so that the states
// at hand stay in the processor's caches and memory does not grow with people. What comes out does
// not depend on how people are divided or on the number of threads.
//
//   Result<report::Backtest> found = run_backtest(recording, after, &before, settings, progress);
#pragma once

#include <functional>
#include <memory>

#include "runtime/drive/deployed.h"
#include "runtime/drive/recording.h"
#include "runtime/drive/replay.h"

namespace trig::drive {

struct BacktestSettings {
  std::size_t threads = 1;
  std::optional<Instant> count_from;
  std::uint64_t max_sends_per_person_day = 0;  // 0: any number is fine
  std::size_t samples = 0;                     // people whose histories are wanted
  // Told of all mails of a part, sorted, in any order of parts: of `after`, and of `before` where
  // there is one. Never by two threads at once.
  std::function<void(const std::vector<report::Sent>& after,
                     const std::vector<report::Sent>& before)>
      sends;
};

// A version for a back-test: a project without errors, whose policies lose their rates here.
// `topics`: what everybody is subscribed to from the first event on; "all" for all there are.
Version make_version(std::unique_ptr<project::Project> project,
                     const std::vector<std::string>& topics, const MakeExecutor& make_executor);

// `before` may be null. The texts of `project` and `against`, and findings of conditions, are the
// caller's.
Result<report::Backtest> run_backtest(const Recording& recording, const Version& after,
                                      const Version* before, const BacktestSettings& settings,
                                      Progress& progress);

}  // namespace trig::drive
