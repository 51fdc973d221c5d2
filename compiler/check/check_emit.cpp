// `emit`, and the circles it may close.
#include <algorithm>

#include "compiler/check/campaign.h"

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

// An event leads to another where a journey takes the one and emits the other without a wait
// between: it starts by it, or it waited for it. A wait ends every chain.
struct Lead {
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  const ir::Campaign* campaign = nullptr;
  TextRange range;  // of the `emit`
};

class Leads {
 public:
  explicit Leads(const ir::Program& program) : program_(program) {
    for (const ir::Campaign& campaign : program.campaigns) {
      std::vector<std::uint32_t> starts;
      for (const auto& alternative : campaign.trigger.alternatives)
        starts.push_back(alternative.event);
      follow(campaign, 0, starts);
      for (std::uint32_t i = 0; i < campaign.steps.size(); ++i)
        if (const auto* wait = std::get_if<ir::WaitForEvent>(&campaign.steps[i].node)) {
          std::vector<std::uint32_t> awaited;
          for (const auto& alternative : campaign.watches[wait->watch].alternatives)
            awaited.push_back(alternative.event);
          follow(campaign, i + 1, awaited);
        }
    }
  }

  const std::vector<Lead>& all() const { return leads_; }

  // The way from one event to another, with the fewest events; empty: there is none.
  std::vector<const Lead*> way(std::uint32_t from, std::uint32_t to) const {
    std::vector<const Lead*> reached_by(program_.events.size());
    std::vector<std::uint32_t> queue = {from};
    for (std::size_t i = 0; i < queue.size(); ++i)
      for (const Lead& lead : leads_) {
        if (lead.from != queue[i] || reached_by[lead.to] != nullptr) continue;
        reached_by[lead.to] = &lead;
        queue.push_back(lead.to);
      }
    std::vector<const Lead*> way;
    for (const Lead* lead = reached_by[to]; lead != nullptr; lead = reached_by[lead->from]) {
      way.insert(way.begin(), lead);
      if (lead->from == from) return way;
    }
    return {};
  }

 private:
  // Every step that can be reached from `first` without a wait.
  void follow(const ir::Campaign& campaign, std::uint32_t first,
              const std::vector<std::uint32_t>& events) {
    std::set<std::uint32_t> seen;
    std::vector<std::uint32_t> open = {first};
    while (!open.empty()) {
      std::uint32_t at = open.back();
      open.pop_back();
      if (at >= campaign.steps.size() || !seen.insert(at).second) continue;
      const ir::Step& step = campaign.steps[at];
      if (const auto* emit = std::get_if<ir::Emit>(&step.node))
        for (std::uint32_t event : events)
          leads_.push_back({event, emit->event, &campaign, step.range});
      bool waits = std::holds_alternative<ir::WaitSpan>(step.node) ||
                   std::holds_alternative<ir::WaitUntil>(step.node) ||
                   std::holds_alternative<ir::WaitForEvent>(step.node) ||
                   std::holds_alternative<ir::WaitForSilence>(step.node);
      if (waits || std::holds_alternative<ir::End>(step.node)) continue;
      if (const auto* jump = std::get_if<ir::Jump>(&step.node)) {
        open.push_back(jump->to);
        continue;
      }
      if (const auto* branch = std::get_if<ir::Branch>(&step.node))
        open.push_back(branch->otherwise);
      if (const auto* split = std::get_if<ir::Split>(&step.node)) {
        for (const ir::Split::Arm& arm : split->arms) open.push_back(arm.first);
        continue;
      }
      open.push_back(at + 1);
    }
  }

  const ir::Program& program_;
  std::vector<Lead> leads_;
};

}  // namespace

void check_emit_circles(Context& context) {
  const ir::Program& program = context.program;
  Leads leads(program);
  std::vector<TextRange> told;
  for (const Lead& lead : leads.all()) {
    if (std::find(told.begin(), told.end(), lead.range) != told.end()) continue;
    std::vector<const Lead*> back;
    if (lead.from != lead.to) {
      back = leads.way(lead.to, lead.from);
      if (back.empty()) continue;
    }
    std::string way = program.events[lead.from].name + " → " + program.events[lead.to].name;
    told.push_back(lead.range);
    for (const Lead* next : back) {
      way += " → " + program.events[next->to].name;
      told.push_back(next->range);
    }
    Diagnostic& circle =
        context.report(Code::kEmitCircle, lead.range, {program.events[lead.to].name, way});
    for (const Lead* next : back)
      if (next->range != lead.range)
        circle.label(next->range, "the circle goes on here, in `" + next->campaign->name + "`");
    circle.hint("put a `wait` before one of the `emit`");
  }
}

}  // namespace trig::check
