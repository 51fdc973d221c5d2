// `:plan CAMPAIGN`: for somebody inside, what happens from here if nothing else does, found by
// letting time pass on a copy; for somebody outside, the steps with their times.
#include <fmt/format.h>

#include "compiler/ast/visit.h"
#include "runtime/drive/session.h"
#include "runtime/ports/limits.h"
#include "runtime/report/why.h"

namespace trig::drive {
namespace {

bool is_inside(const exec::PersonState& state, const ir::Campaign& campaign) {
  for (const exec::Journey& journey : state.journeys)
    if (journey.campaign.campaign == campaign.hash) return true;
  return false;
}

// When the step after this one comes, as far as that is known without what happens.
Instant after_step(const ir::Step& step, Instant at, const Zone& zone) {
  if (const auto* wait = std::get_if<ir::WaitSpan>(&step.node))
    return add_span(at, wait->span, zone);
  if (const auto* wait = std::get_if<ir::WaitForSilence>(&step.node)) return at + wait->silence;
  const auto* until = std::get_if<ir::WaitUntil>(&step.node);
  if (until == nullptr || !until->time || until->base != ir::NodeId::kNone) return at;
  const LocalTime local = zone.to_local(at);
  Instant next = zone.to_instant(LocalTime::at(local.date(), *until->time));
  if (next < at)
    next = zone.to_instant(LocalTime::at(local.date() + std::chrono::days(1), *until->time));
  return next;
}

// Past it only what happens can tell when something comes.
bool is_open(const ir::Step& step) {
  const auto* until = std::get_if<ir::WaitUntil>(&step.node);
  return std::holds_alternative<ir::Branch>(step.node) ||
         std::holds_alternative<ir::Split>(step.node) ||
         std::holds_alternative<ir::WaitForEvent>(step.node) ||
         (until != nullptr && until->base != ir::NodeId::kNone);
}

}  // namespace

Answer Session::plan_outside(const ir::Campaign& campaign) const {
  const ir::Program& program = sandbox_->program();
  Instant at = sandbox_->driver().clock();
  Answer answer;
  answer.text = fmt::format("{} begins on {}. If it began now:\n", campaign.name,
                            ir::describe(program, campaign.trigger));
  bool known = true;
  for (const ir::Step& step : campaign.steps) {
    const std::string text = step_text(sandbox_->project(), step);
    if (!text.empty())
      answer.text += fmt::format("  {:<20} {}\n", known ? sandbox_->time_text(at) : "then", text);
    if (is_open(step)) known = false;
    at = after_step(step, at, program.zone);
  }
  return answer;
}

Answer Session::plan_inside(const ir::Campaign& campaign, const Somebody& who) {
  auto driver = who.of_data ? sandbox_->fork_of(*options_.data, who.id, sandbox_->now().deployed)
                            : sandbox_->fork(sandbox_->now().deployed);
  if (!driver) return refusal(driver.error().message);
  engine::Engine& engine = (*driver)->engine();
  const exec::PersonState* state = engine.person(who.id);
  if (state == nullptr) return refusal("the person is gone");
  const std::uint64_t before = state->next_decision;
  std::size_t turns = 0;
  for (auto due = engine.next_timer(); due && turns < kMaxReplPlanTurns; ++turns) {
    Status done = (*driver)->advance_to(std::max(*due, (*driver)->clock()) + Duration(1));
    if (!done) return refusal(done.error().message);
    state = engine.person(who.id);
    if (state == nullptr || !is_inside(*state, campaign)) break;
    due = engine.next_timer();
  }
  std::vector<exec::Decision> decisions = decisions_from(engine.store(), who.id, before);
  std::erase_if(decisions,
                [&](const exec::Decision& decision) { return decision.campaign != campaign.hash; });
  Answer answer;
  answer.text =
      "if nothing else happens:\n" + report::why_text(decisions, sandbox_->program().zone);
  if (state != nullptr && is_inside(*state, campaign)) answer.text += "and it goes on\n";
  return answer;
}

Answer Session::plan(const std::string& name) {
  const ir::Program& program = sandbox_->program();
  const int index = program.find_campaign(name_hash(name));
  if (index < 0) {
    std::vector<std::string> names;
    for (const ir::Campaign& campaign : program.campaigns) names.push_back(campaign.name);
    const std::string best = closest(name, names);
    return refusal(fmt::format("no campaign is called `{}`{}", name,
                               best.empty() ? "" : fmt::format("; did you mean `{}`?", best)));
  }
  const ir::Campaign& campaign = program.campaigns[static_cast<std::size_t>(index)];
  if (current().empty()) return plan_outside(campaign);
  auto who = somebody(current());
  if (!who || !is_inside(who->state, campaign)) return plan_outside(campaign);
  return plan_inside(campaign, *who);
}

}  // namespace trig::drive
