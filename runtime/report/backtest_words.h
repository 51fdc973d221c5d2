// Private to runtime/report: what the formats of a back-test say alike.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "runtime/report/backtest.h"

namespace trig::report {

// The most frequent first.
std::vector<std::pair<std::string, std::uint64_t>> by_frequency(const Counts& counts);

// "+1,240 −312, 18 people get both changes, 7 moved"; "the same 20 mails" where nothing changed.
std::string difference_text(const CampaignDifference& difference);
bool differs(const CampaignDifference& difference);

// "1 mail", "1,240 mails".
std::string count_text(std::uint64_t count, std::string_view one, std::string_view many);
// "19,990.50 EUR, 3 USD".
std::string money_text(const std::map<std::string, __int128>& amounts);
std::string decimal_text(__int128 millionths);  // "19990.5"
// "2026-03-01 to 2026-03-31, Europe/Paris".
std::string period_text(const Backtest& backtest);
// What was left out or could not be read, a sentence each; nothing about what was as expected.
std::vector<std::string> remarks(const Backtest& backtest);

// All campaigns of either version, in the order of their names.
struct CampaignPair {
  std::string name;
  const CampaignFigures* after = nullptr;   // never null: empty figures where it is gone
  const CampaignFigures* before = nullptr;  // null without a version before
  bool is_new = false;
  bool is_gone = false;
  CampaignDifference difference;
};
std::vector<CampaignPair> pairs_of(const Backtest& backtest);

}  // namespace trig::report
