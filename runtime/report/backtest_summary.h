// What a back-test found, read from the JSON that `trig backtest` writes: for pictures of
// campaigns.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "compiler/base/result.h"
#include "runtime/report/backtest.h"

namespace trig::report {

struct CampaignSummary {
  std::uint64_t journeys = 0;  // begun
  std::uint64_t sends = 0;
  std::uint64_t people = 0;  // who got at least one of the mails
  std::uint64_t goals = 0;
  Counts steps;  // sends by the names of their steps
  Counts ended;  // journeys by reason
};
struct BacktestSummary {
  Date begin;  // in the zone of the project
  Date end;
  std::map<std::string, CampaignSummary> campaigns;  // by name, of the version after
};

// What a picture of the campaign says beside its steps, a line each. `elsewhere`: sends that are at
// none of the steps shown.
std::vector<std::string> summary_lines(const BacktestSummary& played,
                                       const CampaignSummary& campaign, const Counts& elsewhere);

// A Failure says why the text is no back-test.
Result<BacktestSummary> read_backtest(std::string_view text);

}  // namespace trig::report
