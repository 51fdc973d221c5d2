#include "runtime/report/backtest_text.h"

#include <fmt/format.h>

#include "runtime/report/backtest_words.h"

namespace trig::report {
namespace {

constexpr std::size_t kReasonsInText = 6;  // of a campaign

// "order_completed 1,204, finished 310, and 4 others 12".
std::string counts_text(const Counts& counts) {
  std::string text;
  std::uint64_t rest = 0;
  std::size_t shown = 0;
  for (const auto& [name, count] : by_frequency(counts)) {
    if (++shown > kReasonsInText)
      rest += count;
    else
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, with_commas(count));
  }
  if (shown > kReasonsInText)
    text += fmt::format(", {} others {}", shown - kReasonsInText, with_commas(rest));
  return text;
}

void add_line(std::string& text, std::string_view what, const std::string& content) {
  if (!content.empty()) text += fmt::format("    {:<11} {}\n", what, content);
}

bool is_idle(const CampaignPair& pair) {
  auto idle = [](const CampaignFigures& figures) {
    return figures.journeys + figures.sends + figures.posts == 0;
  };
  return idle(*pair.after) && (pair.before == nullptr || idle(*pair.before));
}

std::string campaign_text(const CampaignPair& pair) {
  const CampaignFigures& after = *pair.after;
  std::string text = fmt::format("{}{}\n", pair.name,
                                 pair.is_new    ? " (new)"
                                 : pair.is_gone ? " (gone)"
                                                : "");
  if (pair.before != nullptr) add_line(text, "change", difference_text(pair.difference));
  add_line(text, "sends",
           fmt::format("{} to {}", with_commas(after.sends),
                       count_text(after.people, "person", "people")) +
               (pair.before == nullptr
                    ? std::string()
                    : fmt::format("; before {} to {}", with_commas(pair.before->sends),
                                  with_commas(pair.before->people))));
  if (after.steps.size() > 1) add_line(text, "by step", counts_text(after.steps));
  if (after.posts > 0) add_line(text, "posts", with_commas(after.posts));
  add_line(text, "held back", counts_text(after.held));
  add_line(text, "suppressed", counts_text(after.suppressed));
  add_line(text, "not sent", counts_text(after.not_sent));
  add_line(text, "journeys",
           with_commas(after.journeys) +
               (after.ended.empty() ? std::string() : "; ended: " + counts_text(after.ended)));
  if (after.goals > 0)
    add_line(text, "goals",
             with_commas(after.goals) + (after.goal_values.empty()
                                             ? std::string()
                                             : ", worth " + money_text(after.goal_values)));
  return text;
}

std::string samples_text(const std::vector<Sample>& samples) {
  std::string text;
  for (const Sample& sample : samples) {
    text += fmt::format("\n--- {}{}\n", sample.person, sample.before ? ", before" : "");
    if (sample.before) text += *sample.before + fmt::format("--- {}, after\n", sample.person);
    text += sample.after;
  }
  return text;
}

}  // namespace

std::string backtest_text(const Backtest& backtest) {
  std::string text = fmt::format("{}: {} from {}\n", backtest.project,
                                 count_text(backtest.after.events, "event", "events") + " of " +
                                     count_text(backtest.after.known, "person", "people"),
                                 period_text(backtest));
  for (const std::string& remark : remarks(backtest)) text += remark + "\n";
  for (const auto& one : backtest.unreadable.first)
    text += fmt::format("    {}: {}\n", one.place, one.reason);
  for (const auto& [reason, count] : by_frequency(backtest.after.rejected))
    text += fmt::format("    {:>9}  {}\n", with_commas(count), reason);
  text += "\n";
  std::string idle;
  for (const CampaignPair& pair : pairs_of(backtest)) {
    if (is_idle(pair))
      idle += (idle.empty() ? "" : ", ") + pair.name;
    else
      text += campaign_text(pair);
  }
  if (!idle.empty()) text += "nothing began in: " + idle + "\n";
  const CampaignFigures total = backtest.after.total();
  text += fmt::format("\nin all      {} to {}", count_text(total.sends, "mail", "mails"),
                      count_text(total.people, "person", "people"));
  if (backtest.before)
    text += fmt::format("; before {} to {}: {}", with_commas(backtest.before->total().sends),
                        with_commas(backtest.before->people),
                        difference_text(backtest.difference.total));
  text += fmt::format("\n            {} held back, {} suppressed, {} inside\n",
                      count_text(total.held_in_all(), "time", "times"),
                      with_commas(total.suppressed_in_all()),
                      count_text(backtest.after.inside, "journey", "journeys"));
  text += "Mails count as accepted when their first attempt begins; none was rendered or sent.\n";
  for (const Finding& finding : backtest.findings) {
    text += "\nfinding: " + finding.text + "\n";
    for (const CrowdedDay& crowded : finding.worst)
      text +=
          fmt::format("    {}  {:>4}  {}\n", to_string(crowded.day), crowded.sends, crowded.person);
  }
  return text + samples_text(backtest.samples);
}

}  // namespace trig::report
