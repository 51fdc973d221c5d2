#include "runtime/report/backtest_summary.h"

#include <boost/json.hpp>

#include "runtime/report/backtest_words.h"

namespace trig::report {
namespace {

namespace json = boost::json;

constexpr std::int64_t kVersion = 1;  // of what backtest_json writes

Counts counts_of(const json::value& object) {
  Counts counts;
  for (const auto& [name, count] : object.as_object())
    counts[std::string(name)] = count.to_number<std::uint64_t>();
  return counts;
}

CampaignSummary campaign_of(const json::object& figures) {
  auto number = [&](const char* name) { return figures.at(name).to_number<std::uint64_t>(); };
  return {number("journeys"),
          number("sends"),
          number("people"),
          number("goals"),
          counts_of(figures.at("sends_by_step")),
          counts_of(figures.at("ended_by"))};
}

Date day_of(const json::object& root, const char* name) {
  const auto instant = parse_instant(std::string(root.at(name).as_string()));
  const auto zone = Zone::find(std::string(root.at("timezone").as_string()));
  if (!instant || !zone) throw std::invalid_argument("no time");
  return zone->to_local(*instant).date();
}

}  // namespace

std::vector<std::string> summary_lines(const BacktestSummary& played,
                                       const CampaignSummary& campaign, const Counts& elsewhere) {
  std::vector<std::string> lines;
  lines.push_back(to_string(played.begin) + " to " + to_string(played.end));
  lines.push_back(count_text(campaign.journeys, "journey", "journeys"));
  lines.push_back(count_text(campaign.sends, "mail", "mails") + " to " +
                  count_text(campaign.people, "person", "people"));
  for (const auto& [name, sends] : elsewhere)
    lines.push_back(count_text(sends, "mail", "mails") + " by " + name);
  for (const auto& [reason, journeys] : by_frequency(campaign.ended))
    lines.push_back(count_text(journeys, "journey", "journeys") + " ended: " + reason);
  if (campaign.goals > 0)
    lines.push_back("goal reached " + count_text(campaign.goals, "time", "times"));
  return lines;
}

Result<BacktestSummary> read_backtest(std::string_view text) try {
  const json::value parsed = json::parse(json::string_view(text.data(), text.size()));
  const json::object& root = parsed.as_object();
  if (root.at("version").to_number<std::int64_t>() != kVersion)
    return fail("it was written by another release");
  BacktestSummary played{day_of(root, "begin"), day_of(root, "end"), {}};
  for (const auto& [name, figures] : root.at("after").at("campaigns").as_object())
    played.campaigns[std::string(name)] = campaign_of(figures.as_object());
  return played;
} catch (const std::exception&) {  // Boost.JSON's, of anything that is not as it should be
  return fail("it is no back-test: `trig backtest --json` writes one");
}

}  // namespace trig::report
