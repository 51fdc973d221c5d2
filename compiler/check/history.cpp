// What the history must keep: for every event that some window or watch reads, which fields and for
// how long.
#include <algorithm>

#include "compiler/check/context.h"

namespace trig::check {
namespace {

// An event may be handled this long after it occurred, and a mail may be held back by quiet hours.
constexpr Duration kSlack = std::chrono::hours(48);

class HistoryKeeper {
 public:
  explicit HistoryKeeper(Context& context) : program_(context.program) {}

  void run() {
    for (ir::EventType& event : program_.events) {
      event.history_fields.assign(program_.types.record_at(event.record).fields.size(), false);
      event.history_window = Duration{0};
    }
    for (const ir::Aggregate& aggregate : program_.aggregates) {
      if (aggregate.gone) continue;
      keep(aggregate.event, aggregate.window, aggregate.where);
      if (aggregate.field >= 0)
        program_.events[aggregate.event].history_fields[aggregate.field] = true;
    }
    for (const ir::Silence& silence : program_.silences)
      for (std::uint32_t event : silence.events) keep(event, silence.span, ir::NodeId::kNone);
    for (const ir::Campaign& campaign : program_.campaigns) keep_watches(campaign);
  }

 private:
  // `window` absent: for ever.
  void keep(std::uint32_t index, std::optional<Duration> window, ir::NodeId where) {
    ir::EventType& event = program_.events[index];
    event.kept_in_history = true;
    if (!window)
      event.history_window.reset();
    else if (event.history_window)
      event.history_window = std::max(*event.history_window, *window);
    mark_fields(where, event);
  }

  // The event's fields under `root`; an aggregate inside tests rows of its own event.
  void mark_fields(ir::NodeId root, ir::EventType& event) {
    if (root == ir::NodeId::kNone) return;
    const ir::Node& node = program_.node(root);
    if (node.op == ir::Op::kEventField) event.history_fields[node.index] = true;
    mark_fields(node.a, event);
    mark_fields(node.b, event);
    mark_fields(node.c, event);
    for (ir::NodeId operand : node.operands) mark_fields(operand, event);
  }

  void keep_watch(const ir::Watch& watch, std::optional<Duration> window) {
    for (const ir::Watch::Alternative& alternative : watch.alternatives)
      keep(alternative.event, window, alternative.where);
  }

  // The event of a `wait for` may be found in the history, and then is bound from there.
  void keep_binding(const ir::Campaign& campaign, const ir::WaitForEvent& wait) {
    if (!wait.slot) return;
    const ir::Watch& watch = campaign.watches[wait.watch];
    for (std::size_t i = 0; i < watch.alternatives.size(); ++i) {
      ir::EventType& event = program_.events[watch.alternatives[i].event];
      for (std::size_t k = 0; k < wait.slot_fields[i].size(); ++k)
        if (campaign.slots[*wait.slot].read[k] && wait.slot_fields[i][k] >= 0)
          event.history_fields[static_cast<std::size_t>(wait.slot_fields[i][k])] = true;
    }
  }

  void keep_watches(const ir::Campaign& campaign) {
    std::optional<Duration> longest = longest_journey(campaign);
    for (const ir::Watch& watch : campaign.watches) keep_watch(watch, longest);
    for (const ir::Watch& exit : campaign.exits) keep_watch(exit, longest);
    for (const ir::Step& step : campaign.steps)
      if (const auto* wait = std::get_if<ir::WaitForEvent>(&step.node))
        keep_binding(campaign, *wait);
    for (const ir::Goal& goal : campaign.goals) {
      keep_watch(goal.watch, goal.within + kSlack);
      for (std::size_t i = 0; i < goal.value_fields.size(); ++i)
        if (goal.value_fields[i] >= 0)
          program_.events[goal.watch.alternatives[i].event].history_fields[goal.value_fields[i]] =
              true;
    }
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

  ir::Program& program_;
};

}  // namespace

void keep_history(Context& context) { HistoryKeeper(context).run(); }

}  // namespace trig::check
