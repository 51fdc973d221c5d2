// `emit`, and the circles it may close.
#include <algorithm>

#include "compiler/check/campaign.h"
#include "compiler/check/emit_leads.h"
#include "compiler/ir/ways.h"

namespace trig::check {

using ir::NodeId;

bool CampaignChecker::check(const ast::Emit& emit) {
  const Symbol* event = context_.resolve(SymbolKind::kEvent, emit.event);
  if (event == nullptr) return true;
  reach(event->index);
  ir::Type record = context_.program.events[event->index].record;
  NodeId value = ExpressionChecker(context_, scope_).record(emit.fields, record, emit.event.range);
  if (context_.program.node(value).op == ir::Op::kRecord) emit_step(ir::Emit{event->index, value});
  return true;
}

namespace {

// Where a journey takes an event and emits another without a wait between: it starts by it, or it
// waited for it. A wait ends every chain. A trigger that no event fires at once (a silence, a
// segment, a date) leads nowhere: time passes, or the person must first change back.
class InstantLeads {
 public:
  explicit InstantLeads(const ir::Program& program) {
    for (const ir::Campaign& campaign : program.campaigns) {
      const auto& starts = campaign.trigger.alternatives;
      for (std::size_t i = 0; i < starts.size(); ++i)
        follow(campaign, 0, starts[i].event, needed_besides(campaign.trigger, i),
               taken_by(campaign.trigger));
      for (std::uint32_t i = 0; i < campaign.steps.size(); ++i)
        if (const auto* wait = std::get_if<ir::WaitForEvent>(&campaign.steps[i].node))
          for (const auto& alternative : campaign.watches[wait->watch].alternatives)
            follow(campaign, i + 1, alternative.event, {}, 1);
    }
  }

  std::vector<Lead> take() { return lasting(std::move(leads_)); }

 private:
  // Every step that can be reached from `first` without a wait.
  void follow(const ir::Campaign& campaign, std::uint32_t first, std::uint32_t event,
              const std::vector<std::uint32_t>& needs, std::int64_t takes) {
    std::set<std::uint32_t> seen;
    std::vector<std::uint32_t> open = {first};
    while (!open.empty()) {
      std::uint32_t at = open.back();
      open.pop_back();
      if (at >= campaign.steps.size() || !seen.insert(at).second) continue;
      const ir::Step& step = campaign.steps[at];
      if (const auto* emit = std::get_if<ir::Emit>(&step.node))
        leads_.push_back(
            {event, emit->event, &campaign, step.range, needs, Duration{0}, at, takes});
      if (ir::waits(step)) continue;
      for (const ir::Way& way : ir::ways_from(campaign, at))
        if (!way.holdout) open.push_back(static_cast<std::uint32_t>(way.to));
    }
  }

  std::vector<Lead> leads_;
};

}  // namespace

void check_emit_circles(Context& context) {
  const ir::Program& program = context.program;
  const std::vector<Lead> leads = InstantLeads(program).take();
  std::vector<TextRange> told;
  for (const Lead& lead : leads) {
    if (std::find(told.begin(), told.end(), lead.range) != told.end()) continue;
    std::vector<const Lead*> back;
    if (lead.from != lead.to) {
      back = way(leads, lead.to, lead.from);
      if (back.empty()) continue;
    }
    std::vector<const Lead*> circle = {&lead};
    circle.insert(circle.end(), back.begin(), back.end());
    if (!sustains(leads, circle)) continue;
    std::string names = program.events[lead.from].name + " → " + program.events[lead.to].name;
    told.push_back(lead.range);
    for (const Lead* next : back) {
      names += " → " + program.events[next->to].name;
      told.push_back(next->range);
    }
    Diagnostic& told_now =
        context.report(Code::kEmitCircle, lead.range, {program.events[lead.to].name, names});
    for (const Lead* next : back)
      if (next->range != lead.range)
        told_now.label(next->range, "the circle goes on here, in `" + next->campaign->name + "`");
    told_now.hint("put a `wait` before one of the `emit`");
  }
}

}  // namespace trig::check
