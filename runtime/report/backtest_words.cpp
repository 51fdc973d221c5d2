#include "runtime/report/backtest_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "compiler/base/decimal.h"

namespace trig::report {

std::vector<std::pair<std::string, std::uint64_t>> by_frequency(const Counts& counts) {
  std::vector<std::pair<std::string, std::uint64_t>> sorted(counts.begin(), counts.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  return sorted;
}

bool differs(const CampaignDifference& difference) {
  return difference.added + difference.removed + difference.moved > 0;
}

std::string count_text(std::uint64_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", with_commas(count), count == 1 ? one : many);
}

std::string difference_text(const CampaignDifference& difference) {
  if (!differs(difference))
    return difference.same == 0 ? "no mails before and after"
                                : "the same " + count_text(difference.same, "mail", "mails");
  std::string text =
      fmt::format("+{} −{}", with_commas(difference.added), with_commas(difference.removed));
  if (difference.people_both > 0)
    text += fmt::format(", {} both changes",
                        count_text(difference.people_both, "person gets", "people get"));
  if (difference.moved > 0) text += fmt::format(", {} moved", with_commas(difference.moved));
  return text;
}

std::string decimal_text(__int128 millionths) {
  const bool negative = millionths < 0;
  unsigned __int128 rest = negative ? -static_cast<unsigned __int128>(millionths)
                                    : static_cast<unsigned __int128>(millionths);
  auto fraction = static_cast<std::uint64_t>(rest % Decimal::kScale);
  std::string whole;
  for (rest /= Decimal::kScale; rest > 0; rest /= 10)
    whole.insert(whole.begin(), static_cast<char>('0' + static_cast<int>(rest % 10)));
  std::string text = (negative ? "-" : "") + (whole.empty() ? "0" : whole);
  if (fraction == 0) return text;
  text += fmt::format(".{:06}", fraction);
  while (text.ends_with('0')) text.pop_back();
  return text;
}

std::string money_text(const std::map<std::string, __int128>& amounts) {
  std::string text;
  for (const auto& [currency, amount] : amounts) {
    std::string number = decimal_text(amount);
    const std::size_t point = std::min(number.find('.'), number.size());
    const std::size_t first = number.starts_with('-') ? 1 : 0;
    for (std::size_t at = point; at > first + 3; at -= 3) number.insert(at - 3, ",");
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", number, currency);
  }
  return text;
}

std::string period_text(const Backtest& backtest) {
  const std::string first = to_string(backtest.zone.to_local(backtest.begin).date());
  const std::string last = to_string(backtest.zone.to_local(backtest.end).date());
  return fmt::format("{} to {}, {}", first, last, backtest.zone.name());
}

std::vector<std::string> remarks(const Backtest& backtest) {
  std::vector<std::string> sentences;
  auto tell = [&](std::uint64_t count, std::string_view one, std::string_view many,
                  std::string_view what) {
    if (count > 0) sentences.push_back(fmt::format("{} {}", count_text(count, one, many), what));
  };
  tell(backtest.unreadable.count, "record", "records", "could not be read");
  const std::uint64_t rejected = CampaignFigures::sum(backtest.after.rejected);
  tell(rejected, "event", "events", "the project does not know, or not as they came");
  tell(backtest.after.duplicates, "event", "events", "came twice");
  tell(backtest.left_out, "event", "events", "left out by --from and --to");
  return sentences;
}

std::vector<CampaignPair> pairs_of(const Backtest& backtest) {
  static const CampaignFigures kNone;
  std::set<std::string> names;
  for (const auto& [name, figures] : backtest.after.campaigns) names.insert(name);
  if (backtest.before)
    for (const auto& [name, figures] : backtest.before->campaigns) names.insert(name);
  std::vector<CampaignPair> pairs;
  for (const std::string& name : names) {
    CampaignPair pair{name, &kNone, backtest.before ? &kNone : nullptr, false, false, {}};
    auto after = backtest.after.campaigns.find(name);
    if (after != backtest.after.campaigns.end()) pair.after = &after->second;
    pair.is_gone = after == backtest.after.campaigns.end();
    if (backtest.before) {
      auto before = backtest.before->campaigns.find(name);
      pair.is_new = before == backtest.before->campaigns.end();
      if (!pair.is_new) pair.before = &before->second;
    }
    if (auto found = backtest.difference.campaigns.find(name);
        found != backtest.difference.campaigns.end())
      pair.difference = found->second;
    pairs.push_back(pair);
  }
  return pairs;
}

}  // namespace trig::report
