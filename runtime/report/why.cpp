#include "runtime/report/why.h"

#include <fmt/format.h>
#include <boost/json.hpp>

#include "compiler/diagnostics/diagnostic.h"
#include "runtime/engine/rows.h"

namespace trig::report {

Result<std::vector<exec::Decision>> why(const Store& store, const WhyQuestion& question) {
  std::vector<exec::Decision> decisions;
  bool damaged = false;
  std::string prefix = engine::decision_prefix(question.person);
  Status done = store.scan(Space::kDecisions, prefix, engine::after_prefix(prefix),
                           [&](std::string_view, std::string_view value) {
                             auto step = engine::decode_decisions(value);
                             damaged = damaged || !step;
                             if (damaged) return false;
                             for (exec::Decision& decision : *step)
                               if (!question.campaign || decision.campaign_name.empty() ||
                                   decision.campaign_name == *question.campaign)
                                 decisions.push_back(std::move(decision));
                             return true;
                           });
  if (!done) return tl::unexpected(done.error());
  if (damaged) return fail("a decision row is damaged");
  return decisions;
}

Status check_campaign(const std::string& name, const ir::Program& program,
                      const std::vector<exec::Decision>& decisions) {
  if (program.find_campaign(name_hash(name)) >= 0) return {};
  for (const exec::Decision& decision : decisions)
    if (decision.campaign_name == name) return {};
  std::vector<std::string> names;
  for (const ir::Campaign& campaign : program.campaigns) names.push_back(campaign.name);
  const std::string best = closest(name, names);
  if (best.empty()) return fail("no campaign is called `{}`", name);
  return fail("no campaign is called `{}`; did you mean `{}`?", name, best);
}

std::string why_text(const std::vector<exec::Decision>& decisions, Zone zone) {
  std::string text;
  for (const exec::Decision& decision : decisions) {
    LocalTime local = zone.to_local(decision.at);
    local.since_epoch = std::chrono::floor<std::chrono::seconds>(local.since_epoch);
    std::string what(exec::to_string(decision.kind));
    if (!decision.campaign_name.empty()) what = decision.campaign_name + ": " + what;
    text += fmt::format("{:<20} {}{}{}\n", to_string(local), what,
                        decision.detail.empty() ? "" : ", ", decision.detail);
  }
  return text;
}

std::string why_json(const std::vector<exec::Decision>& decisions,
                     const std::vector<std::string>& now) {
  boost::json::array rows;
  for (const exec::Decision& decision : decisions) {
    boost::json::object row{{"at", to_string(decision.at)},
                            {"kind", exec::to_string(decision.kind)},
                            {"detail", decision.detail}};
    if (!decision.campaign_name.empty()) row["campaign"] = decision.campaign_name;
    if (decision.journey != JourneyId::kNone) row["journey"] = raw(decision.journey);
    rows.push_back(std::move(row));
  }
  boost::json::object answer{{"version", 1}, {"decisions", std::move(rows)}};
  if (!now.empty()) answer["now"] = boost::json::array(now.begin(), now.end());
  return boost::json::serialize(answer);
}

}  // namespace trig::report
