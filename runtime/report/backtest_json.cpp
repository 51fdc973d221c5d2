#include <boost/json.hpp>

#include "runtime/report/backtest_text.h"
#include "runtime/report/backtest_words.h"

namespace trig::report {
namespace {

namespace json = boost::json;

json::object counts_json(const Counts& counts) {
  json::object object;
  for (const auto& [name, count] : counts) object[name] = count;
  return object;
}

json::object figures_json(const CampaignFigures& figures) {
  json::object days;
  for (const auto& [day, count] : figures.days) days[to_string(day)] = count;
  json::object values;
  for (const auto& [currency, amount] : figures.goal_values)
    values[currency] = decimal_text(amount);
  return {{"sends", figures.sends},
          {"people", figures.people},
          {"posts", figures.posts},
          {"journeys", figures.journeys},
          {"goals", figures.goals},
          {"goal_values", std::move(values)},
          {"suppressed", figures.suppressed_in_all()},
          {"suppressed_by", counts_json(figures.suppressed)},
          {"held", figures.held_in_all()},
          {"held_by", counts_json(figures.held)},
          {"not_sent_by", counts_json(figures.not_sent)},
          {"ended_by", counts_json(figures.ended)},
          {"sends_by_step", counts_json(figures.steps)},
          {"sends_by_day", std::move(days)}};
}

json::object version_json(const Figures& figures) {
  json::object campaigns;
  for (const auto& [name, campaign] : figures.campaigns) campaigns[name] = figures_json(campaign);
  return {{"events", figures.events},
          {"duplicates", figures.duplicates},
          {"rejected_by", counts_json(figures.rejected)},
          {"people", figures.known},
          {"inside", figures.inside},
          {"campaigns", std::move(campaigns)},
          {"total", figures_json(figures.total())}};
}

json::object difference_json(const CampaignDifference& difference) {
  return {{"same", difference.same},
          {"added", difference.added},
          {"removed", difference.removed},
          {"moved", difference.moved},
          {"people_added", difference.people_added},
          {"people_removed", difference.people_removed},
          {"people_both", difference.people_both}};
}

json::array findings_json(const std::vector<Finding>& findings) {
  json::array array;
  for (const Finding& finding : findings) {
    json::array worst;
    for (const CrowdedDay& crowded : finding.worst)
      worst.push_back(
          {{"person", crowded.person}, {"day", to_string(crowded.day)}, {"sends", crowded.sends}});
    array.push_back({{"text", finding.text}, {"worst", std::move(worst)}});
  }
  return array;
}

}  // namespace

std::string backtest_json(const Backtest& backtest) {
  json::object root{{"version", 1},
                    {"project", backtest.project},
                    {"timezone", backtest.zone.name()},
                    {"begin", to_string(backtest.begin)},
                    {"end", to_string(backtest.end)},
                    {"left_out", backtest.left_out},
                    {"after", version_json(backtest.after)}};
  json::array places;
  for (const auto& one : backtest.unreadable.first)
    places.push_back({{"place", one.place}, {"reason", one.reason}});
  root["unreadable"] = {{"count", backtest.unreadable.count},
                        {"first", std::move(places)},
                        {"reasons", counts_json(backtest.unreadable.reasons)}};
  if (backtest.before) {
    root["against"] = backtest.against;
    root["before"] = version_json(*backtest.before);
    json::object campaigns;
    for (const auto& [name, one] : backtest.difference.campaigns)
      campaigns[name] = difference_json(one);
    root["difference"] = {{"campaigns", std::move(campaigns)},
                          {"total", difference_json(backtest.difference.total)}};
  }
  json::array samples;
  for (const Sample& sample : backtest.samples) {
    json::object one{{"person", sample.person}, {"after", sample.after}};
    if (sample.before) one["before"] = *sample.before;
    samples.push_back(std::move(one));
  }
  root["samples"] = std::move(samples);
  root["findings"] = findings_json(backtest.findings);
  return json::serialize(root) + "\n";
}

}  // namespace trig::report
