#include <fmt/format.h>

#include "compiler/ast/docs.h"
#include "compiler/ast/visit.h"
#include "compiler/base/check.h"

namespace trig::ast {

namespace {

std::string bound(const std::optional<Name>& as) { return as ? " as " + as->text : ""; }

std::string spelling(const SequenceTrigger& trigger) {
  std::string out;
  for (const SequenceTrigger::Part& part : trigger.parts) {
    if (!out.empty()) out += " then ";
    out += part.event.text + bound(part.as);
    if (part.within) out += " within " + spelling(*part.within);
  }
  return out;
}

std::string spelling(const DateTrigger& trigger) {
  std::string out;
  if (trigger.offset) out = spelling(*trigger.offset) + (trigger.before ? " before " : " after ");
  out += joined(trigger.date.names, ".");
  if (trigger.every_year) out += " every year";
  return out + " at " + local(trigger.at) + bound(trigger.as);
}

std::string what(const Trigger& trigger) {
  return visit(
      trigger.node, [](const EventTrigger& t) { return joined(t.events, " or ") + bound(t.as); },
      [](const CountTrigger& t) {
        return fmt::format("{} {}{} within {}", t.count, joined(t.events, " or "), bound(t.as),
                           spelling(t.within));
      },
      [](const SequenceTrigger& t) { return spelling(t); },
      [](const SilenceTrigger& t) {
        return "no " + joined(t.events, " or ") + " for " + spelling(t.span);
      },
      [](const DateTrigger& t) { return spelling(t); },
      [](const SegmentTrigger& t) {
        return (t.entering ? "entering " : "leaving ") + t.segment.text;
      },
      [](const RecurringTrigger& t) {
        return fmt::format("every {} at {} for {}", t.day.text, local(t.at), t.audience.text);
      },
      [](const OnceTrigger& t) {
        return fmt::format("{} at {} for {}", to_string(t.date), local(t.at), t.audience.text);
      });
}

Doc where_of(const ExprPtr& where) {
  if (!where) return {};
  return line_break() + text("where ") + doc_of(*where);
}

Doc moment_of(const Moment& moment) {
  if (!moment.base) return text(local(*moment.time));
  Doc doc = doc_of(*moment.base, kFallback);
  if (moment.time) doc += text(" at " + local(*moment.time));
  return doc;
}

Doc wait(Doc head, const std::vector<Occurrence>& unless) {
  Doc rest;
  for (const Occurrence& one : unless) rest += line_break() + text("unless ") + doc_of(one);
  return group(std::move(head) + indented(std::move(rest)));
}

Doc head_of(const WaitForEvent& wait) {
  Doc rest = where_of(wait.event.where) + line_break() + text("up to " + spelling(wait.up_to));
  return group(text("wait for " + joined(wait.event.events, " or ") + bound(wait.event.as)) +
               indented(std::move(rest)));
}

Doc head_of(const Send& send) {
  std::string options = bound(send.as);
  if (send.at_best_hour) options += " at best hour";
  if (send.within) options += " within " + spelling(*send.within);
  if (send.skip_after) options += " or skip after " + spelling(*send.skip_after);
  return text("send " + send.template_name.text) + doc_of(send.arguments) + text(options);
}

std::string one_line(const Block& block) {
  if (block.empty()) return "{}";
  std::string out = "{";
  for (const Step& step : block) {
    out += out.back() == '{' ? " " : kGap;
    out += one_line(step);
  }
  return out + " }";
}

}  // namespace

Doc doc_of(const Occurrence& occurrence) {
  return group(text(joined(occurrence.events, " or ") + bound(occurrence.as)) +
               indented(where_of(occurrence.where)));
}

Doc doc_of(const Trigger& trigger) {
  Doc rest = where_of(trigger.where);
  if (trigger.per) rest += line_break() + text("per " + joined(trigger.per->names, "."));
  return group(text("on " + what(trigger)) + indented(std::move(rest)));
}

std::string spelling(const Again& again) {
  switch (again.mode) {
    case Again::Mode::kNever: return "again never";
    case Again::Mode::kWhenFinished: return "again when finished";
    case Again::Mode::kAfter: return "again after " + spelling(*again.after);
    case Again::Mode::kAlways: return "again always";
  }
  TRIG_CHECK(false, "not an Again::Mode");
}

std::string_view spelling(Priority priority) {
  switch (priority) {
    case Priority::kHigh: return "high";
    case Priority::kMedium: return "medium";
    case Priority::kLow: return "low";
  }
  TRIG_CHECK(false, "not a Priority");
}

std::string_view spelling(Edits edits) {
  switch (edits) {
    case Edits::kPin: return "pin";
    case Edits::kMove: return "move";
    case Edits::kEnd: return "end";
  }
  TRIG_CHECK(false, "not an Edits");
}

Doc doc_of(const Goal& goal) {
  std::string within = "within " + spelling(goal.within);
  if (goal.value) within += " value " + goal.value->text;
  Doc rest = where_of(goal.event.where) + line_break() + text(within);
  return group(text("goal " + joined(goal.event.events, " or ") + bound(goal.event.as)) +
               indented(std::move(rest)));
}

Doc head_of(const Step& step) {
  return visit(
      step.node, [](const StepName& s) { return text("step " + s.name.text); },
      [](const WaitSpan& s) { return wait(text("wait " + spelling(s.span)), s.unless); },
      [](const WaitUntil& s) { return wait(text("wait until ") + moment_of(s.moment), s.unless); },
      [](const WaitForEvent& s) { return head_of(s); },
      [](const WaitForSilence& s) {
        std::string head = "wait " + spelling(s.silence) + " of silence";
        if (s.up_to) head += " up to " + spelling(*s.up_to);
        return wait(text(head), s.unless);
      },
      [](const When& s) { return head_of(s.branches.front()); },
      [](const Stop&) { return text("stop"); },
      [](const Split& s) { return text("split " + quoted(s.title)); },
      [](const Send& s) { return head_of(s); },
      [](const Subscribe& s) { return text("subscribe " + s.topic.text); },
      [](const Unsubscribe& s) { return text("unsubscribe " + s.topic.text); },
      [](const Post& s) { return text("post " + quoted(s.url) + " with ") + doc_of(s.body); },
      [](const SetField& s) {
        return text("set person." + s.field.text + " = ") + doc_of(*s.value);
      },
      [](const Emit& s) { return text("emit " + s.event.text + " ") + doc_of(s.fields); });
}

Doc head_of(const When::Branch& branch) { return text("when ") + doc_of(*branch.condition); }

std::string head_of(const Split::Arm& arm) { return arm.percent + "% " + arm.name.text; }

std::string one_line(const Split::Arm& arm) {
  return arm.holdout ? head_of(arm) : head_of(arm) + " " + one_line(arm.block);
}

std::string one_line(const Step& step) {
  std::string out = flat(head_of(step));
  if (const auto* wait = std::get_if<WaitForEvent>(&step.node)) {
    out += " " + one_line(wait->arrived);
    if (wait->otherwise) out += " else " + one_line(*wait->otherwise);
  } else if (const auto* when = std::get_if<When>(&step.node)) {
    for (std::size_t i = 0; i < when->branches.size(); ++i) {
      if (i > 0) out += " else " + flat(head_of(when->branches[i]));
      out += " " + one_line(when->branches[i].block);
    }
    if (when->otherwise) out += " else " + one_line(*when->otherwise);
  } else if (const auto* split = std::get_if<Split>(&step.node)) {
    out += " {";
    for (const Split::Arm& arm : split->arms) {
      out += out.back() == '{' ? " " : kGap;
      out += one_line(arm);
    }
    out += " }";
  }
  return out;
}

}  // namespace trig::ast
