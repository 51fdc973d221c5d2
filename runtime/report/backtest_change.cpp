// What a back-test says about a change, in a few lines: for a plan.
#include <fmt/format.h>

#include "runtime/report/backtest_text.h"
#include "runtime/report/backtest_words.h"

namespace trig::report {

std::string backtest_change_text(const Backtest& backtest) {
  std::string text = fmt::format("{:<9} {}, {}: {}\n", "back-test", period_text(backtest),
                                 count_text(backtest.after.events, "event", "events"),
                                 difference_text(backtest.difference.total));
  for (const CampaignPair& pair : pairs_of(backtest)) {
    if (pair.before == nullptr || !differs(pair.difference)) continue;
    text += fmt::format(
        "    {}: {}; {} before, {} after\n", pair.name, difference_text(pair.difference),
        count_text(pair.before->sends, "mail", "mails"), with_commas(pair.after->sends));
  }
  for (const std::string& remark : remarks(backtest)) text += fmt::format("    {}\n", remark);
  return text;
}

}  // namespace trig::report
