// The back-test of a plan: the version that runs and the one that is planned, over the last days of
// the server's own events.
#pragma once

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <string>
#include <vector>

#include "runtime/cli/server_call.h"

namespace trig::cli {

struct PlanBacktestOptions {
  std::string days;  // "7d"; empty: none is wanted
  std::string warm_up = "30d";
  std::vector<std::string> subscribed;
  std::uint64_t max_events = 10'000'000;
  bool no_jit = false;
};
void add_plan_backtest_options(CLI::App& command, PlanBacktestOptions& options);
// The numbers in them are as they should be.
Status check_plan_backtest_options(const PlanBacktestOptions& options);

// What stands as `backtest` in the plan (docs/reference/deploy.md): that of `trig backtest --json`,
// with what it says in a text. `bundle` holds the files that were planned, and trig.toml, which
// both versions are read with.
Result<boost::json::object> backtest_of_plan(const ServerOptions& server,
                                             const PlanBacktestOptions& options,
                                             const boost::json::object& bundle,
                                             const boost::json::object& plan);

}  // namespace trig::cli
