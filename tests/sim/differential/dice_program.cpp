// Random campaigns.
#include "tests/sim/differential/dice.h"

#include <algorithm>

namespace trig::sim {
namespace {

bool names_poked(const Texts& events) {
  return std::find(events.begin(), events.end(), "poked") != events.end();
}

}  // namespace

Program Dice::program() {
  static const Texts kZones = {"UTC", "UTC", "Europe/Paris", "America/New_York"};
  Program program;
  program.zone = one_of(kZones);
  for (int i = 0; i < 3; ++i) program.policies.push_back(policy(i));
  Scope of_person;
  of_person.windows = true;
  program.segments = {{"busy", condition(of_person, 1)}, {"idle", of_window(of_person)}};
  for (int i = 1 + below(4); i > 0; --i) program.campaigns.push_back(campaign(i));
  return program;
}

// The first one asks for nothing, so that most mails go.
Policy Dice::policy(int number) {
  Policy policy;
  policy.name = "policy" + std::to_string(number);
  if (number == 0) return policy;
  if (chance(70)) policy.topic = one_of(kTopics);
  if (chance(60)) policy.caps.push_back({1 + below(3), false});
  if (chance(30)) policy.caps.push_back({1 + below(4), true});
  if (chance(50)) {
    TimeOfDay from = time();
    TimeOfDay to = time();
    if (from != to) policy.quiet = {from, to};
  }
  if (!policy.caps.empty() && chance(60)) policy.wait_when_capped = span();
  return policy;
}

Trigger Dice::trigger() {
  Trigger trigger;
  trigger.events = some_events();
  int kind = below(100);
  if (kind < 75) {
    Scope scope;
    scope.event = scope.windows = scope.segments = true;
    trigger.where = maybe(55, scope);
    trigger.per_key = chance(45);
    if (kind < 65) return trigger;
    trigger.kind = TriggerKind::kCount;
    trigger.count = 2 + below(2);
    trigger.span = span();
    return trigger;
  }
  Scope of_person;
  of_person.segments = true;
  trigger.where = maybe(25, of_person);
  trigger.span = span();
  trigger.time = time();
  if (kind < 83) {
    trigger.kind = TriggerKind::kSilence;
    return trigger;
  }
  trigger.events.clear();
  if (kind < 88) {
    trigger.kind = TriggerKind::kDate;
    trigger.span = {below(3), CalendarUnit::kDay};
    return trigger;
  }
  trigger.segment = chance(50) ? "busy" : "idle";
  trigger.kind = kind < 92   ? TriggerKind::kEntering
                 : kind < 96 ? TriggerKind::kLeaving
                             : TriggerKind::kEveryDay;
  if (trigger.kind == TriggerKind::kEveryDay && chance(40)) trigger.segment.clear();
  return trigger;
}

Campaign Dice::campaign(int number) {
  Campaign campaign;
  // Names in no order, so that the order of names is not that of the text.
  static const Texts kNames = {"m", "c", "x", "b", "q"};
  campaign.name = kNames[static_cast<std::size_t>(number)] + "_campaign";
  campaign.policy = "policy" + std::to_string(chance(50) ? 0 : below(3));
  campaign.priority = chance(60) ? 1 : below(3);
  campaign.trigger = trigger();
  int again = below(100);
  campaign.again = again < 50   ? Again::kWhenFinished
                   : again < 60 ? Again::kNever
                   : again < 80 ? Again::kAfter
                                : Again::kAlways;
  if (campaign.again == Again::kAfter) campaign.again_after = span();
  const bool by_event = campaign.trigger.kind == TriggerKind::kEvent;
  const bool has_record = by_event || campaign.trigger.kind == TriggerKind::kCount;
  campaign.restart = by_event && campaign.again != Again::kAlways && chance(25);
  steps_ = 0;
  // What an emitted event starts emits nothing: no circle.
  emits_ = has_record && !names_poked(campaign.trigger.events);
  Scope scope;
  scope.trigger = has_record;
  scope.windows = scope.segments = true;
  campaign.steps = steps(scope, 2);
  Scope of_watch;
  of_watch.trigger = has_record;
  if (chance(30)) campaign.exits.push_back(watch(of_watch));
  if (chance(20)) campaign.goals.push_back({watch(of_watch), span()});
  return campaign;
}

Watch Dice::watch(const Scope& scope) {
  Scope of_event = scope;
  of_event.event = true;
  of_event.windows = chance(15);
  return {some_events(), maybe(50, of_event)};
}

std::vector<Step> Dice::steps(Scope scope, int depth) {
  std::vector<Step> block;
  for (int i = 1 + below(depth == 2 ? 4 : 2); i > 0; --i) block.push_back(step(scope, depth));
  // A journey without a mail tells little.
  if (depth == 2 && (block.back().kind != StepKind::kSend)) {
    Step send;
    send.kind = StepKind::kSend;
    send.number = ++steps_;
    block.push_back(send);
  }
  return block;
}

Step Dice::step(const Scope& scope, int depth) {
  int which = below(100);
  if (depth > 0 && which < 20) return branch(scope, depth);
  if (which < 55) {
    Step step;
    step.number = ++steps_;
    int kind = below(100);
    step.kind = kind < 70   ? StepKind::kWait
                : kind < 85 ? StepKind::kWaitUntil
                            : StepKind::kWaitSilence;
    step.span = span();
    if (step.kind == StepKind::kWaitUntil) step.time = time();
    if (step.kind == StepKind::kWaitSilence) {
      step.span = short_span();
      if (chance(50)) step.up_to = Span{1, CalendarUnit::kDay};
    }
    while (step.unless.size() < 2 && chance(40)) step.unless.push_back(watch(scope));
    return step;
  }
  if (which < 80) {
    Step send;
    send.kind = StepKind::kSend;
    send.number = ++steps_;
    if (chance(20)) send.skip_after = span();
    return send;
  }
  return action(scope);
}

Step Dice::branch(const Scope& scope, int depth) {
  Step step;
  step.number = ++steps_;
  Scope inner = scope;
  if (chance(50)) {
    step.kind = StepKind::kWhen;
    step.condition = {condition(scope, 2)};
  } else {
    step.kind = StepKind::kWaitFor;
    step.span = span();
    step.watch = watch(scope);
    // Nor does what follows upon one.
    if (names_poked(step.watch.events)) emits_ = false;
    inner.answers.push_back("answer" + std::to_string(step.number));
  }
  step.then = steps(inner, depth - 1);
  if (chance(50)) step.otherwise = steps(scope, depth - 1);
  return step;
}

Step Dice::action(const Scope& scope) {
  static const Texts kZones = {"UTC", "Asia/Kolkata", "America/New_York"};
  Step step;
  step.number = ++steps_;
  int which = below(100);
  if (which < 60) {
    step.kind = StepKind::kSet;
    int field = below(4);
    static const Texts kFields = {"points", "name", "timezone", "due_on"};
    step.name = kFields[static_cast<std::size_t>(field)];
    if (field == 0 && scope.trigger && chance(50))
      step.value = record_field(scope, "rank");
    else if (field == 0)
      step.value.value = std::int64_t{below(6)};
    else if (field == 3)
      step.value.value = day();
    else
      step.value.value = field == 1 ? std::string("red") : one_of(kZones);
  } else if (which < 75) {
    step.kind = StepKind::kUnsubscribe;
    step.name = one_of(kTopics);
  } else if (which < 85 || !emits_) {
    step.kind = StepKind::kStop;
  } else {
    step.kind = StepKind::kEmit;
    step.name = "poked";
    step.fields = event_fields();
  }
  return step;
}

}  // namespace trig::sim
