// on … where … per …
#include "compiler/base/check.h"
#include "compiler/parse/builder.h"

namespace trig::parse {

ast::Trigger Builder::trigger(Grammar::TriggerContext* tree) {
  ast::Trigger trigger;
  trigger.range = range(tree);
  auto* kind = tree->triggerKind();
  if (auto* one = kind->eventTrigger())
    trigger.node = event_trigger(one);
  else if (auto* one = kind->countTrigger())
    trigger.node = count_trigger(one);
  else if (auto* one = kind->sequenceTrigger())
    trigger.node = sequence_trigger(one);
  else if (auto* one = kind->silenceTrigger())
    trigger.node = silence_trigger(one);
  else if (auto* one = kind->dateTrigger())
    trigger.node = date_trigger(one);
  else if (auto* one = kind->segmentTrigger())
    trigger.node = segment_trigger(one);
  else if (auto* one = kind->recurringTrigger())
    trigger.node = recurring_trigger(one);
  else {
    TRIG_CHECK(kind->onceTrigger(), "the grammar has a trigger that the builder does not know");
    trigger.node = once_trigger(kind->onceTrigger());
  }
  if (tree->expression()) trigger.where = expression(tree->expression());
  if (tree->path()) {
    trigger.per = path(tree->path());
    trigger.per_range = range(tree->path());
  }
  return trigger;
}

ast::EventTrigger Builder::event_trigger(Grammar::EventTriggerContext* tree) {
  return {events(tree->events()), binding(tree->binding())};
}

ast::CountTrigger Builder::count_trigger(Grammar::CountTriggerContext* tree) {
  return {count(tree->NUMBER()), range(tree->NUMBER()), events(tree->events()),
          binding(tree->binding()), span(tree->span())};
}

ast::SequenceTrigger Builder::sequence_trigger(Grammar::SequenceTriggerContext* tree) {
  ast::SequenceTrigger sequence;
  sequence.parts.push_back({name(tree->name()), binding(tree->binding()), std::nullopt});
  for (auto* one : tree->sequencePart())
    sequence.parts.push_back({name(one->name()), binding(one->binding()), span(one->span())});
  return sequence;
}

ast::SilenceTrigger Builder::silence_trigger(Grammar::SilenceTriggerContext* tree) {
  ast::Silence silence = this->silence(tree->silence());
  return {std::move(silence.events), silence.span};
}

ast::DateTrigger Builder::date_trigger(Grammar::DateTriggerContext* tree) {
  ast::DateTrigger trigger;
  trigger.offset = span_if(tree->span());
  trigger.before = tree->AFTER() == nullptr;
  trigger.date.names.push_back(name(tree->name()));
  for (auto* one : tree->label()) trigger.date.names.push_back(name(one));
  trigger.date_range = cover(range(tree->name()), range(tree->label().back()));
  trigger.every_year = tree->EVERY() != nullptr;
  trigger.at = local_time(tree->localTime());
  trigger.as = binding(tree->binding());
  return trigger;
}

ast::SegmentTrigger Builder::segment_trigger(Grammar::SegmentTriggerContext* tree) {
  return {tree->ENTERING() != nullptr, name(tree->name())};
}

ast::RecurringTrigger Builder::recurring_trigger(Grammar::RecurringTriggerContext* tree) {
  static const std::vector<std::string> kDays = {"monday", "tuesday",  "wednesday", "thursday",
                                                 "friday", "saturday", "sunday",    "day"};
  ast::Name day = name(tree->name(0));
  if (std::find(kDays.begin(), kDays.end(), day.text) == kDays.end()) {
    auto& report = diagnostics_.report(Code::kUnknownDay, day.range, {day.text});
    if (std::string best = closest(day.text, kDays); !best.empty())
      report.hint("did you mean `{}`?", best).replace(day.range, best);
  }
  return {std::move(day), local_time(tree->localTime()), name(tree->name(1))};
}

ast::OnceTrigger Builder::once_trigger(Grammar::OnceTriggerContext* tree) {
  return {date(tree->DATE()), local_time(tree->localTime()), name(tree->name())};
}

}  // namespace trig::parse
