#include "compiler/ast/docs.h"
#include "compiler/ast/dumper.h"
#include "compiler/ast/visit.h"

namespace trig::ast {

void Dumper::campaign(const CampaignDecl& campaign) {
  std::string title = campaign.title ? " " + quoted(*campaign.title) : "";
  line("CampaignDecl {}{}", campaign.name.text, title);
  below([&] {
    if (campaign.policy) line("policy {}", campaign.policy->text);
    if (campaign.priority) line("priority {}", spelling(*campaign.priority));
    if (campaign.trigger) dump(*campaign.trigger);
    if (campaign.again) line("{}", spelling(*campaign.again));
    if (campaign.restart_while_waiting) line("restart while waiting");
    for (const Step& step : campaign.steps) dump(step);
    for (const Occurrence& exit : campaign.exits) dump("exit on", exit);
    for (const Goal& goal : campaign.goals) {
      std::string value = goal.value ? " value " + goal.value->text : "";
      line("Goal within {}{}", spelling(goal.within), value);
      below([&] { dump("event", goal.event); });
    }
    if (campaign.edits) line("edits {}", spelling(*campaign.edits));
  });
}

void Dumper::dump(std::string_view title, const Occurrence& occurrence) {
  line("{} {}{}", title, joined(occurrence.events, " or "), with_name(occurrence.as));
  below([&] { part("where", occurrence.where); });
}

void Dumper::dump(const Trigger& trigger) {
  visit(
      trigger.node,
      [&](const EventTrigger& t) {
        line("EventTrigger {}{}", joined(t.events, " or "), with_name(t.as));
      },
      [&](const CountTrigger& t) {
        line("CountTrigger {} {}{} within {}", t.count, joined(t.events, " or "), with_name(t.as),
             spelling(t.within));
      },
      [&](const SequenceTrigger& t) {
        line("SequenceTrigger");
        below([&] {
          for (const SequenceTrigger::Part& part : t.parts)
            line("{}{}{}", part.event.text, with_name(part.as),
                 part.within ? " within " + spelling(*part.within) : "");
        });
      },
      [&](const SilenceTrigger& t) {
        line("SilenceTrigger {} for {}", joined(t.events, " or "), spelling(t.span));
      },
      [&](const DateTrigger& t) {
        std::string offset;
        if (t.offset) offset = spelling(*t.offset) + (t.before ? " before " : " after ");
        line("DateTrigger {}{}{} at {}{}", offset, joined(t.date.names, "."),
             t.every_year ? " every year" : "", to_string(t.at), with_name(t.as));
      },
      [&](const SegmentTrigger& t) {
        line("SegmentTrigger {} {}", t.entering ? "entering" : "leaving", t.segment.text);
      },
      [&](const RecurringTrigger& t) {
        line("RecurringTrigger every {} at {} for {}", t.day.text, to_string(t.at),
             t.audience.text);
      },
      [&](const OnceTrigger& t) {
        line("OnceTrigger {} at {} for {}", to_string(t.date), to_string(t.at), t.audience.text);
      });
  below([&] {
    part("where", trigger.where);
    if (trigger.per) line("per {}", joined(trigger.per->names, "."));
  });
}

void Dumper::dump(std::string_view title, const Block& block) {
  line("{}", title);
  below([&] {
    for (const Step& step : block) dump(step);
  });
}

void Dumper::dump(const Step& step) {
  auto unless = [&](const std::vector<Occurrence>& all) {
    below([&] {
      for (const Occurrence& one : all) dump("unless", one);
    });
  };
  visit(
      step.node, [&](const StepName& s) { line("StepName {}", s.name.text); },
      [&](const WaitSpan& s) {
        line("WaitSpan {}", spelling(s.span));
        unless(s.unless);
      },
      [&](const WaitUntil& s) {
        line("WaitUntil{}", s.moment.time ? " " + to_string(*s.moment.time) : "");
        below([&] { part("base", s.moment.base); });
        unless(s.unless);
      },
      [&](const WaitForEvent& s) {
        line("WaitForEvent up to {}", spelling(s.up_to));
        below([&] {
          dump("event", s.event);
          dump("arrived", s.arrived);
          if (s.otherwise) dump("otherwise", *s.otherwise);
        });
      },
      [&](const WaitForSilence& s) {
        line("WaitForSilence {}{}", spelling(s.silence),
             s.up_to ? " up to " + spelling(*s.up_to) : "");
        unless(s.unless);
      },
      [&](const When& s) {
        line("When");
        below([&] {
          for (const When::Branch& branch : s.branches) {
            part("condition", branch.condition);
            dump("block", branch.block);
          }
          if (s.otherwise) dump("otherwise", *s.otherwise);
        });
      },
      [&](const Stop&) { line("Stop"); },
      [&](const Split& s) {
        line("Split {}", quoted(s.title));
        below([&] {
          for (const Split::Arm& arm : s.arms) dump(head_of(arm), arm.block);
        });
      },
      [&](const Send& s) {
        line("Send {}{}{}{}{}", s.template_name.text, with_name(s.as),
             s.at_best_hour ? " at best hour" : "",
             s.within ? " within " + spelling(*s.within) : "",
             s.skip_after ? " or skip after " + spelling(*s.skip_after) : "");
        below([&] { dump(s.arguments); });
      },
      [&](const Subscribe& s) { line("Subscribe {}", s.topic.text); },
      [&](const Unsubscribe& s) { line("Unsubscribe {}", s.topic.text); },
      [&](const Post& s) {
        line("Post {}", quoted(s.url));
        below([&] { dump(s.body); });
      },
      [&](const SetField& s) { part("SetField " + s.field.text, s.value); },
      [&](const Emit& s) {
        line("Emit {}", s.event.text);
        below([&] { dump(s.fields); });
      });
}

}  // namespace trig::ast
