// W0111: campaigns start each other by `emit`, with a wait on the way, and nothing ends it. A
// circle without a wait is an error: check_emit.cpp.
//
// Told are circles that go on by themselves: where a condition on the way reads what may change
// from turn to turn, where an outside event must come, or where a journey that is still inside, or
// `again`, keeps the next one from starting, nothing is said.
#include <algorithm>

#include "compiler/check/emit_leads.h"
#include "compiler/check/lint/lint.h"
#include "compiler/check/lint/ways.h"

namespace trig::check {
namespace {

using ir::NodeId;
using ir::Op;

// Whether a condition may hold now and fail in the next turn.
bool may_change(const ir::Program& program, NodeId id) {
  if (id == NodeId::kNone) return false;
  const ir::Node& node = program.node(id);
  const bool changing = node.op == Op::kEventField || node.op == Op::kSlotField ||
                        node.op == Op::kSlot || node.op == Op::kAggregate ||
                        node.op == Op::kInSegment || node.op == Op::kSilence ||
                        node.op == Op::kSince || node.op == Op::kCall;
  if (changing) return true;
  for (NodeId operand : {node.a, node.b, node.c})
    if (may_change(program, operand)) return true;
  return std::any_of(node.operands.begin(), node.operands.end(),
                     [&](NodeId operand) { return may_change(program, operand); });
}

class CircleLeads {
 public:
  explicit CircleLeads(const ir::Program& program) : program_(program) {
    for (const ir::Campaign& campaign : program.campaigns)
      for (std::uint32_t i = 0; i < campaign.steps.size(); ++i)
        if (std::holds_alternative<ir::Emit>(campaign.steps[i].node)) look_at(campaign, i);
  }

  std::vector<Lead> take() { return lasting(std::move(leads_)); }

 private:
  void look_at(const ir::Campaign& campaign, std::uint32_t emit) {
    const std::optional<Duration> time = time_to(campaign, emit);
    if (!time || campaign.again == ir::AgainMode::kNever) return;
    const ir::StartTrigger& trigger = campaign.trigger;
    if (may_change(program_, trigger.where)) return;
    for (std::size_t i = 0; i < trigger.alternatives.size(); ++i)
      if (!may_change(program_, trigger.alternatives[i].where))
        add(campaign, emit, trigger.alternatives[i].event, *time, needed_besides(trigger, i));
    if (const auto* on = std::get_if<ir::OnSilence>(&trigger.kind)) {
      for (std::uint32_t event : on->silence.events)
        add(campaign, emit, event, on->silence.span + *time, {});
    } else if (const auto* on = std::get_if<ir::OnSegment>(&trigger.kind)) {
      // Into a segment of who is silent: the event takes the person out, time brings them back.
      if (!on->entering) return;
      const ir::Node& condition = program_.node(program_.segments[on->segment].condition);
      if (condition.op != Op::kSilence) return;
      const ir::Silence& silence = program_.silences[condition.index];
      for (std::uint32_t event : silence.events)
        add(campaign, emit, event, silence.span + *time, {});
    }
  }

  void add(const ir::Campaign& campaign, std::uint32_t emit, std::uint32_t from, Duration time,
           std::vector<std::uint32_t> needs) {
    const ir::Step& step = campaign.steps[emit];
    leads_.push_back({from, std::get<ir::Emit>(step.node).event, &campaign, step.range,
                      std::move(needs), time, emit, taken_by(campaign.trigger)});
  }

  // From the start to the `emit`, at least, by ways that a journey can take turn after turn.
  std::optional<Duration> time_to(const ir::Campaign& campaign, std::uint32_t emit) const {
    std::vector<std::optional<Duration>> times(campaign.steps.size() + 1);
    times[emit] = Duration{0};
    for (std::uint32_t i = emit; i-- > 0;) times[i] = time_from(campaign, i, times);
    return times[0];
  }

  using Times = std::vector<std::optional<Duration>>;

  static std::optional<Duration> earlier(std::optional<Duration> a, std::optional<Duration> b) {
    return a && b ? std::min(*a, *b) : a ? a : b;
  }

  std::optional<Duration> time_from(const ir::Campaign& campaign, std::uint32_t step,
                                    const Times& times) const {
    const auto& node = campaign.steps[step].node;
    const std::optional<Duration> next = times[step + 1];
    if (const auto* wait = std::get_if<ir::WaitSpan>(&node))
      return next ? std::optional(*next + wait->span.exact()) : std::nullopt;
    if (const auto* wait = std::get_if<ir::WaitForEvent>(&node)) {
      // The event may never come: only what happens without it goes on by itself.
      const std::optional<Duration> late = times[wait->otherwise];
      if (!late) return std::nullopt;
      return earlier(next, *late + wait->up_to);
    }
    if (const auto* branch = std::get_if<ir::Branch>(&node)) {
      const std::optional<Duration> other = times[branch->otherwise];
      if (may_change(program_, branch->condition) && (!next || !other)) return std::nullopt;
      return earlier(next, other);
    }
    if (const auto* split = std::get_if<ir::Split>(&node)) {
      std::optional<Duration> best;
      for (const ir::Split::Arm& arm : split->arms)
        if (!arm.holdout) best = earlier(best, times[arm.first]);
      return best;
    }
    if (const auto* jump = std::get_if<ir::Jump>(&node)) return times[jump->to];
    if (std::holds_alternative<ir::End>(node)) return std::nullopt;
    return next;
  }

  const ir::Program& program_;
  std::vector<Lead> leads_;
};

using Circle = std::vector<const Lead*>;

Duration length_of(const Circle& circle) {
  Duration length{0};
  for (const Lead* lead : circle) length += lead->time;
  return length;
}

// Whether the next turn of the circle starts a journey of the campaign again.
bool starts_again(const Lead& lead, Duration turn) {
  const ir::Campaign& campaign = *lead.campaign;
  if (campaign.again == ir::AgainMode::kAlways) return true;
  if (campaign.again == ir::AgainMode::kAfter && turn < campaign.again_after.exact()) return false;
  const Rest rest = shortest_rest(campaign, lead.emit + 1);
  const Duration left = turn - lead.time;
  return rest.time < left || (rest.time == left && !rest.stops);
}

void tell(Context& context, const Circle& circle) {
  std::string names;
  for (const Lead* lead : circle) names += lead->campaign->name + " → ";
  names += circle.front()->campaign->name;
  const Duration turn = length_of(circle);
  names += turn > Duration{0} ? ", every " + duration_text(turn) : ", again and again";
  Diagnostic& told = context.report(Code::kCampaignCircle, circle.front()->range, {names});
  for (std::size_t i = 1; i < circle.size(); ++i)
    told.label(circle[i]->range, "the circle goes on here, in `" + circle[i]->campaign->name + "`");
  told.hint("say `again never` in one of them, or emit only `when` there is a reason left");
}

}  // namespace

void lint_circles(Context& context) {
  const std::vector<Lead> leads = CircleLeads(context.program).take();
  std::vector<TextRange> told;
  for (const Lead& lead : leads) {
    Circle circle = {&lead};
    if (lead.from != lead.to) {
      const Circle back = way(leads, lead.to, lead.from);
      if (back.empty()) continue;
      circle.insert(circle.end(), back.begin(), back.end());
    }
    const Duration turn = length_of(circle);
    const bool known = std::any_of(circle.begin(), circle.end(), [&](const Lead* one) {
      return std::find(told.begin(), told.end(), one->range) != told.end();
    });
    if (known || !sustains(leads, circle)) continue;
    if (!std::all_of(circle.begin(), circle.end(),
                     [&](const Lead* one) { return starts_again(*one, turn); }))
      continue;
    for (const Lead* one : circle) told.push_back(one->range);
    tell(context, circle);
  }
}

}  // namespace trig::check
