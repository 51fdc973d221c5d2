#include "compiler/ast/docs.h"
#include "compiler/ast/dumper.h"
#include "compiler/ast/visit.h"

namespace trig::ast {

void Dumper::dump(const TestStep& step) {
  auto record = [&](const RecordLiteral& fields) { below([&] { dump(fields); }); };
  auto template_of = [](const std::optional<Name>& name) { return name ? name->text + " " : ""; };
  visit(
      step.node,
      [&](const TestPerson& s) {
        line("TestPerson {}", s.name.text);
        record(s.fields);
      },
      [&](const TestAnonymous& s) { line("TestAnonymous {}", s.name.text); },
      [&](const TestAt& s) { line("TestAt {} {}", to_string(s.date), to_string(s.time)); },
      [&](const TestAfter& s) { line("TestAfter {}", spelling(s.span)); },
      [&](const TestEvent& s) {
        line("TestEvent {} {}{}", s.actor.text, s.event.text,
             s.late ? " late by " + spelling(*s.late) : "");
        record(s.fields);
      },
      [&](const TestIdentifies& s) { line("TestIdentifies {} as {}", s.actor.text, s.as.text); },
      [&](const TestSubscription& s) {
        line("TestSubscription {} {}{}", s.actor.text, s.subscribes ? "subscribes" : "unsubscribes",
             s.topic ? " " + s.topic->text : "");
      },
      [&](const ExpectNoSend& s) {
        line("ExpectNoSend {}to {}", template_of(s.template_name), s.to.text);
      },
      [&](const ExpectSend& s) {
        std::string at = s.at ? to_string(s.at->date) + " " + to_string(s.at->time) + " " : "";
        std::string count = s.count ? std::to_string(*s.count) + " " : "";
        line("ExpectSend {}{}{}to {}", at, count, template_of(s.template_name), s.to.text);
        if (s.with) record(*s.with);
      },
      [&](const ExpectJourney& s) {
        line("ExpectJourney {} of {} {}{}", s.campaign.text, s.of.text,
             s.ended ? "ended" : "waiting", s.because ? " because " + quoted(*s.because) : "");
      });
}

}  // namespace trig::ast
