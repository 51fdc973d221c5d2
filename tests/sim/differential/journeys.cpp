// A journey through its steps.
#include <algorithm>

#include "tests/sim/differential/model.h"

namespace trig::sim {

// What occurred after the start may have arrived before it.
void Model::begin(int person, const JourneyRef& journey) {
  if (journey->ended) return;
  std::erase_if(people_[static_cast<std::size_t>(person)].goals, [&](const OpenGoal& open) {
    Instant deadline = open.trigger.occurred + open.goal->within.exact();
    bool reached = open.journey == journey->id &&
                   std::any_of(facts_.events.begin(), facts_.events.end(), [&](const Event& event) {
                     return event.occurred <= deadline &&
                            meets(person, open.goal->watch, open.trigger, *journey, event);
                   });
    if (reached) ++outcome_.goals;
    return reached;
  });
  if (overtaken(person, *journey)) return end(*journey);
  run(person, journey);
}

void Model::run(int person, const JourneyRef& journey) {
  while (!journey->ended) {
    while (!journey->at.empty() && journey->at.back().second == journey->at.back().first->size()) {
      journey->at.pop_back();
      if (!journey->at.empty()) ++journey->at.back().second;
    }
    if (journey->at.empty()) return end(*journey);
    if (!run_step(person, *journey)) return;
  }
}

bool Model::run_step(int person, Journey& journey) {
  const Step& step = journey.step();
  switch (step.kind) {
    case StepKind::kWait: return wait(person, journey, add_span(now_, step.span, zone(person)));
    case StepKind::kWaitUntil:
      return wait(person, journey, next_local(now_, step.time, zone(person)));
    case StepKind::kWaitFor: return wait_for(person, journey);
    case StepKind::kWaitSilence:
      journey.wait_begin = now_;
      return wait(person, journey, silence_end(person, journey));
    case StepKind::kWhen: {
      bool taken = holds(step.condition, view(person, journey));
      journey.at.emplace_back(taken ? &step.then : &step.otherwise, 0);
      return true;
    }
    case StepKind::kSend:
      journey.mail_due = journey.mail_decided = now_;
      journey.mail_expires.reset();
      if (step.skip_after) journey.mail_expires = now_ + step.skip_after->exact();
      return false;
    case StepKind::kStop: end(journey); return false;
    case StepKind::kSet: {
      mark_effective(person, journey);
      Val value = value_of(step.value, view(person, journey));
      set_fields(person, {{step.name, value}});
      ++journey.at.back().second;
      fields_changed(person);
      return true;
    }
    case StepKind::kUnsubscribe:
      mark_effective(person, journey);
      subscribe(person, step.name, false);
      break;
    case StepKind::kEmit: {
      mark_effective(person, journey);
      Event event;
      event.occurred = now_;
      event.person = person;
      event.type = step.name;
      event.fields = step.fields;
      event.own = false;
      emitted_.push_back(std::move(event));
      break;
    }
  }
  ++journey.at.back().second;
  return true;
}

// True: it is over already.
bool Model::wait(int person, Journey& journey, Instant until) {
  const Step& step = journey.step();
  journey.wait_begin = now_;
  for (const Watch& watch : step.unless) journey.armed.push_back(&watch);
  if (!step.unless.empty() && overtaken(person, journey)) {
    end(journey);
    return false;
  }
  if (until <= now_) {
    ++journey.at.back().second;
    return true;
  }
  journey.wake = until;
  return false;
}

bool Model::wait_for(int person, Journey& journey) {
  journey.wait_begin = now_;
  journey.wake = now_ + journey.step().span.exact();
  return look_back(person, journey);
}

// The earliest event since the last mail that was not taken yet.
bool Model::look_back(int person, Journey& journey) {
  const Step& step = journey.step();
  const Event* first = nullptr;
  for (const Event& event : facts_.events) {
    bool taken =
        std::find(journey.taken.begin(), journey.taken.end(), event.number) != journey.taken.end();
    if (taken || event.occurred > std::min(now_, *journey.wake) ||
        !meets(person, step.watch, journey.since, journey, event))
      continue;
    if (first == nullptr || moment_of(event) < moment_of(*first)) first = &event;
  }
  if (first != nullptr) answer(journey, *first);
  return first != nullptr;
}

void Model::answer(Journey& journey, const Event& event) {
  const Step& step = journey.step();
  journey.answers["answer" + std::to_string(step.number)] = event.fields;
  journey.taken.push_back(event.number);
  journey.wake.reset();
  journey.at.emplace_back(&step.then, 0);
}

// From the person's last own event, also one before the wait.
Instant Model::silence_end(int person, const Journey& journey) const {
  const Step& step = journey.step();
  Instant last = Instant::min();
  for (const Event& event : facts_.events)
    if (event.person == person && event.own) last = std::max(last, event.occurred);
  Instant silence = last == Instant::min() ? journey.wait_begin : last + step.span.exact();
  return step.up_to ? std::min(silence, journey.wait_begin + step.up_to->exact()) : silence;
}

void Model::leave_wait(Journey& journey) {
  journey.wake.reset();
  if (journey.step().kind == StepKind::kWaitFor)
    journey.at.emplace_back(&journey.step().otherwise, 0);
  else
    ++journey.at.back().second;
}

bool Model::overtaken(int person, const Journey& journey) const {
  auto happened = [&](const Watch& watch) {
    return std::any_of(facts_.events.begin(), facts_.events.end(), [&](const Event& event) {
      return meets(person, watch, journey.trigger, journey, event);
    });
  };
  return std::any_of(journey.armed.begin(), journey.armed.end(),
                     [&](const Watch* watch) { return happened(*watch); }) ||
         std::any_of(journey.campaign->exits.begin(), journey.campaign->exits.end(), happened);
}

void Model::end(Journey& journey) {
  if (journey.ended) return;
  if (journey.mail_due) ++outcome_.suppressed;
  journey.mail_due.reset();
  journey.wake.reset();
  journey.ended = true;
  ++outcome_.ended;
}

void Model::mark_effective(int person, Journey& journey) {
  if (journey.effective) return;
  journey.effective = true;
  people_[static_cast<std::size_t>(person)].past.push_back(
      {journey.campaign, journey.key, journey.trigger.occurred});
}

}  // namespace trig::sim
