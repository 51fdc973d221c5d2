#include "runtime/admin/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "runtime/admin/texts.h"

namespace trig::admin {
namespace {

namespace json = boost::json;

std::string_view name_of(ir::Edits edits) {
  switch (edits) {
    case ir::Edits::kPin: return "pin";
    case ir::Edits::kMove: return "move";
    case ir::Edits::kEnd: return "end";
  }
  return "pin";
}

const ir::Campaign* campaign_of(const ir::Program& program, NameHash hash) {
  const int index = program.find_campaign(hash);
  return index < 0 ? nullptr : &program.campaigns[static_cast<std::size_t>(index)];
}

class Planner {
 public:
  explicit Planner(const PlanQuestion& question)
      : question_(question),
        was_(question.current->program),
        is_(question.candidate->program),
        texts_(*question.current, *question.store) {}

  Result<Plan> plan() {
    project::Comparison comparison = project::compare(*question_.current, *question_.candidate);
    for (project::CampaignChange& change : comparison.campaigns) add(change);
    if (Status counted = count(); !counted) return tl::unexpected(counted.error());
    plan_.events = std::move(comparison.events);
    compare_event_costs();
    return std::move(plan_);
  }

 private:
  void add(project::CampaignChange& change) {
    const NameHash hash = name_hash(change.campaign);
    const ir::Campaign* was = campaign_of(was_, hash);
    const ir::Campaign* is = campaign_of(is_, hash);
    const bool other_text = was != nullptr && (is == nullptr || was->version != is->version);
    if (change.change == project::ChangeClass::kUnchanged && !other_text) return;
    CampaignPlan plan;
    plan.name = change.campaign;
    plan.change = is == nullptr ? "removed" : std::string(project::name_of(change.change));
    plan.reasons = std::move(change.reasons);
    if (is != nullptr && was != nullptr) plan.edits = name_of(is->edits);
    if (was != nullptr) plan.before = report::campaign_cost(was_, *was);
    if (is != nullptr) plan.after = report::campaign_cost(is_, *is);
    if (other_text) edited_.emplace(hash, plan_.campaigns.size());
    plan_.campaigns.push_back(std::move(plan));
  }

  Status count() {
    if (edited_.empty()) return {};
    auto counts = report::count_inside(
        *question_.store,
        {[&](NameHash campaign) { return edited_.contains(campaign); }, question_.cancelled});
    if (!counts) return tl::unexpected(counts.error());
    for (report::StepCount& one : *counts) {
      auto text = texts_.find(one.campaign);
      if (!text) return tl::unexpected(text.error());
      CampaignPlan& campaign = plan_.campaigns[edited_.at(one.campaign.campaign)];
      campaign.steps.push_back(fate_of(one, *text));
    }
    return {};
  }

  StepPlan fate_of(report::StepCount& count, const Text& text) const {
    StepPlan plan;
    plan.current = text.project == question_.current;
    plan.step = step_text(text, count.step);
    const ir::Campaign* to = campaign_of(is_, count.campaign.campaign);
    plan.count = std::move(count);
    auto fated = [&](Fate fate, std::string how) {
      plan.fate = fate;
      plan.how = std::move(how);
      return plan;
    };
    if (to == nullptr) return fated(Fate::kEnds, "the campaign is gone");
    if (to->version == plan.count.campaign.version)
      return fated(Fate::kStays, "the text it is on comes back");
    switch (to->edits) {
      case ir::Edits::kPin: return fated(Fate::kStays, "finishes on the text it is on");
      case ir::Edits::kEnd: return fated(Fate::kEnds, "the campaign was edited");
      case ir::Edits::kMove: break;
    }
    if (text.project == nullptr)
      return fated(Fate::kCannotMove, "the text it is on is not to be had any more");
    const std::string& name = text.campaign->steps[plan.count.step].name;
    if (name.empty()) return fated(Fate::kCannotMove, "its step has no name");
    const bool there = std::any_of(to->steps.begin(), to->steps.end(),
                                   [&](const ir::Step& step) { return step.name == name; });
    if (!there) return fated(Fate::kCannotMove, fmt::format("step `{}` is gone", name));
    return fated(Fate::kMoves, fmt::format("goes on at step `{}` of the new text", name));
  }

  void compare_event_costs() {
    const std::vector<report::EventCost> before = report::event_costs(was_);
    const std::vector<report::EventCost> after = report::event_costs(is_);
    std::map<std::string, EventCostChange> changes;
    for (std::size_t i = 0; i < before.size(); ++i) changes[was_.events[i].name].before = before[i];
    for (std::size_t i = 0; i < after.size(); ++i) changes[is_.events[i].name].after = after[i];
    for (auto& [event, change] : changes) {
      change.event = event;
      if (change.before != change.after) plan_.costs.push_back(std::move(change));
    }
  }

  const PlanQuestion& question_;
  const ir::Program& was_;
  const ir::Program& is_;
  Texts texts_;
  std::map<NameHash, std::size_t> edited_;  // by campaign: its place in the plan
  Plan plan_;
};

json::array samples_json(const std::vector<PersonId>& people) {
  json::array samples;
  for (PersonId person : people) samples.push_back(json::string(fmt::format("#{}", raw(person))));
  return samples;
}

json::object to_json(const StepPlan& step) {
  return {{"text", to_hex(step.count.campaign.version)},
          {"current", step.current},
          {"step", step.step},
          {"fate", name_of(step.fate)},
          {"how", step.how},
          {"journeys", step.count.journeys},
          {"samples", samples_json(step.count.samples)}};
}

json::object to_json(const report::CampaignCost& cost) {
  return {{"steps", cost.steps},
          {"mails", cost.mails},
          {"watches", cost.watches},
          {"journeys_a_person", cost.journeys},
          {"operations", cost.operations}};
}

json::object to_json(const report::EventCost& cost) {
  return {{"starts", cost.starts}, {"watched_by", cost.watched}, {"operations", cost.operations}};
}

json::object people_json(const CampaignPlan& campaign) {
  json::object people;
  for (std::size_t i = 0; i < kFateCount; ++i) {
    const auto fate = static_cast<Fate>(i);
    people[name_of(fate)] = campaign.journeys(fate);
  }
  return people;
}

json::object to_json(const CampaignPlan& campaign) {
  json::array steps;
  for (const StepPlan& step : campaign.steps) steps.push_back(to_json(step));
  json::object row{{"campaign", campaign.name},
                   {"change", campaign.change},
                   {"reasons", json::array(campaign.reasons.begin(), campaign.reasons.end())}};
  if (!campaign.edits.empty()) row["edits"] = campaign.edits;
  row["inside"] = people_json(campaign);
  row["steps"] = std::move(steps);
  json::object cost;
  if (campaign.before) cost["before"] = to_json(*campaign.before);
  if (campaign.after) cost["after"] = to_json(*campaign.after);
  row["cost"] = std::move(cost);
  return row;
}

}  // namespace

std::string_view name_of(Fate fate) {
  switch (fate) {
    case Fate::kStays: return "stay";
    case Fate::kMoves: return "move";
    case Fate::kCannotMove: return "cannot move";
    case Fate::kEnds: return "end";
  }
  return "stay";
}

std::size_t CampaignPlan::journeys(Fate fate) const {
  std::size_t sum = 0;
  for (const StepPlan& step : steps)
    if (step.fate == fate) sum += step.count.journeys;
  return sum;
}

Result<Plan> make_plan(const PlanQuestion& question) { return Planner(question).plan(); }

json::object to_json(const Plan& plan) {
  json::array campaigns;
  for (const CampaignPlan& campaign : plan.campaigns) campaigns.push_back(to_json(campaign));
  json::array events;
  for (const project::EventChange& change : plan.events)
    events.push_back({{"event", change.event},
                      {"field", change.field},
                      {"what", change.what},
                      {"text", project::sentence(change)}});
  json::array costs;
  for (const EventCostChange& change : plan.costs)
    costs.push_back({{"event", change.event},
                     {"before", to_json(change.before)},
                     {"after", to_json(change.after)}});
  return {{"campaigns", std::move(campaigns)},
          {"events", std::move(events)},
          {"event_costs", std::move(costs)}};
}

std::vector<std::string> beyond(const json::object& planned, const Plan& now, bool exact) {
  constexpr std::uint64_t kSlack = 10;
  auto counted = [&](const std::string& campaign, std::string_view fate) -> std::uint64_t {
    for (const json::value& one : planned.at("campaigns").as_array())
      if (one.at("campaign").as_string() == campaign)
        return one.at("inside").at(fate).to_number<std::uint64_t>();
    return 0;
  };
  std::vector<std::string> lines;
  for (const CampaignPlan& campaign : now.campaigns) {
    for (std::size_t i = 0; i < kFateCount; ++i) {
      const auto fate = static_cast<Fate>(i);
      const std::uint64_t said = counted(campaign.name, name_of(fate));
      const std::uint64_t is = campaign.journeys(fate);
      if (exact ? is == said : is <= said + std::max(kSlack, said / 10)) continue;
      lines.push_back(fmt::format("{}: {} journeys {}, the plan said {}", campaign.name, is,
                                  name_of(fate), said));
    }
  }
  return lines;
}

Result<json::array> journeys_json(const PlanQuestion& question,
                                  const std::optional<std::string>& campaign) {
  auto counts = report::count_inside(
      *question.store, {[&](NameHash hash) { return !campaign || hash == name_hash(*campaign); },
                        question.cancelled});
  if (!counts) return tl::unexpected(counts.error());
  Texts texts(*question.current, *question.store);
  json::array rows;
  for (const report::StepCount& count : *counts) {
    auto text = texts.find(count.campaign);
    if (!text) return tl::unexpected(text.error());
    rows.push_back({{"campaign", text->campaign == nullptr ? std::string() : text->campaign->name},
                    {"text", to_hex(count.campaign.version)},
                    {"current", text->project == question.current},
                    {"step", step_text(*text, count.step)},
                    {"journeys", count.journeys},
                    {"samples", samples_json(count.samples)}});
  }
  return rows;
}

}  // namespace trig::admin
