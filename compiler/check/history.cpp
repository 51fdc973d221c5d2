// What the history must keep: for every event that some window or watch reads, which fields and for
// how long.
#include <algorithm>

#include "compiler/check/context.h"

namespace trig::check {
namespace {

// An event may be handled this long after it occurred, and a mail may be held back by quiet hours.
constexpr Duration kSlack = std::chrono::hours(48);

class NeedCollector {
 public:
  explicit NeedCollector(const ir::Program& program) : program_(program) {}

  void add(const ir::Aggregate& aggregate) {
    if (aggregate.gone) return;
    keep(aggregate.event, aggregate.window, aggregate.where);
    if (aggregate.field >= 0)
      needs.back().fields.push_back(static_cast<std::uint32_t>(aggregate.field));
  }
  void add(const ir::Silence& silence) {
    for (std::uint32_t event : silence.events) keep(event, silence.span, ir::NodeId::kNone);
  }
  void add(const ir::Campaign& campaign) {
    std::optional<Duration> longest = longest_journey(campaign);
    for (const ir::Watch& watch : campaign.watches) keep_watch(watch, longest);
    for (const ir::Watch& exit : campaign.exits) keep_watch(exit, longest);
    for (const ir::Step& step : campaign.steps)
      if (const auto* wait = std::get_if<ir::WaitForEvent>(&step.node))
        keep_binding(campaign, *wait);
    for (const ir::Goal& goal : campaign.goals) {
      keep_watch(goal.watch, goal.within + kSlack);
      for (std::size_t i = 0; i < goal.value_fields.size(); ++i)
        if (goal.value_fields[i] >= 0) bind(goal.watch.alternatives[i].event, goal.value_fields[i]);
    }
  }

  std::vector<HistoryNeed> needs;

 private:
  // `window` absent: for ever.
  void keep(std::uint32_t event, std::optional<Duration> window, ir::NodeId where) {
    HistoryNeed& need = needs.emplace_back();
    need.event = event;
    need.window = window;
    mark_fields(where, need.fields);
  }
  void bind(std::uint32_t event, int field) {
    needs.push_back({event, false, {}, {static_cast<std::uint32_t>(field)}});
  }

  // The event's fields under `root`; an aggregate inside tests rows of its own event.
  void mark_fields(ir::NodeId root, std::vector<std::uint32_t>& fields) const {
    if (root == ir::NodeId::kNone) return;
    const ir::Node& node = program_.node(root);
    if (node.op == ir::Op::kEventField) fields.push_back(node.index);
    for (ir::NodeId operand : {node.a, node.b, node.c}) mark_fields(operand, fields);
    for (ir::NodeId operand : node.operands) mark_fields(operand, fields);
  }

  void keep_watch(const ir::Watch& watch, std::optional<Duration> window) {
    for (const ir::Watch::Alternative& alternative : watch.alternatives)
      keep(alternative.event, window, alternative.where);
  }

  // The event of a `wait for` may be found in the history, and then is bound from there.
  void keep_binding(const ir::Campaign& campaign, const ir::WaitForEvent& wait) {
    if (!wait.slot) return;
    const ir::Watch& watch = campaign.watches[wait.watch];
    for (std::size_t i = 0; i < watch.alternatives.size(); ++i)
      for (std::size_t k = 0; k < wait.slot_fields[i].size(); ++k)
        if (campaign.slots[*wait.slot].read[k] && wait.slot_fields[i][k] >= 0)
          bind(watch.alternatives[i].event, wait.slot_fields[i][k]);
  }

  // All waits in a row and all mails held back as long as they may; absent where a wait has no
  // bound that is known here.
  std::optional<Duration> longest_journey(const ir::Campaign& campaign) const {
    const ir::Policy& policy = program_.policies[campaign.policy];
    Duration held = policy.wait_when_capped ? policy.wait_when_capped->exact() : Duration{0};
    Duration sum = kSlack;
    for (const ir::Step& step : campaign.steps) {
      if (const auto* wait = std::get_if<ir::WaitSpan>(&step.node)) sum += wait->span.exact();
      if (const auto* until = std::get_if<ir::WaitUntil>(&step.node)) {
        if (until->base != ir::NodeId::kNone) return std::nullopt;
        sum += std::chrono::hours(25);  // the next such time, over the long day of autumn
      }
      if (const auto* wait = std::get_if<ir::WaitForEvent>(&step.node)) sum += wait->up_to;
      if (const auto* wait = std::get_if<ir::WaitForSilence>(&step.node)) {
        if (!wait->up_to) return std::nullopt;
        sum += *wait->up_to;
      }
      if (const auto* send = std::get_if<ir::Send>(&step.node)) {
        sum += held + std::chrono::hours(25);
        if (send->at_best_hour) sum += std::chrono::hours(25);
      }
    }
    return sum;
  }

  const ir::Program& program_;
};

void apply(const HistoryNeed& need, ir::EventType& event) {
  for (std::uint32_t field : need.fields) event.history_fields[field] = true;
  if (!need.rows) return;
  event.kept_in_history = true;
  if (!need.window)
    event.history_window.reset();
  else if (event.history_window)
    event.history_window = std::max(*event.history_window, *need.window);
}

}  // namespace

std::vector<HistoryNeed> history_needs(const ir::Program& program, std::uint32_t campaign,
                                       const CampaignFacts& facts) {
  NeedCollector collector(program);
  for (std::uint32_t i = facts.aggregates.begin; i < facts.aggregates.end; ++i)
    collector.add(program.aggregates[i]);
  for (std::uint32_t i = facts.silences.begin; i < facts.silences.end; ++i)
    collector.add(program.silences[i]);
  collector.add(program.campaigns[campaign]);
  return std::move(collector.needs);
}

void keep_history(Context& context) {
  ir::Program& program = context.program;
  for (ir::EventType& event : program.events) {
    event.kept_in_history = false;
    event.history_fields.assign(program.types.record_at(event.record).fields.size(), false);
    event.history_window = Duration{0};
  }
  auto keep = [&](const auto& what) {
    NeedCollector collector(program);
    collector.add(what);
    for (const HistoryNeed& need : collector.needs) apply(need, program.events[need.event]);
  };
  for (const ir::Aggregate& aggregate : program.aggregates) keep(aggregate);
  for (const ir::Silence& silence : program.silences) keep(silence);
  for (const ir::Campaign& campaign : program.campaigns) keep(campaign);
}

}  // namespace trig::check
