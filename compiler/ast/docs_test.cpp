#include <fmt/format.h>

#include "compiler/ast/docs.h"
#include "compiler/ast/visit.h"

namespace trig::ast {

namespace {

std::string spelling(const TestAt& at) {
  return "at " + to_string(at.date) + " " + to_string(at.time);
}

Doc doc_of(const ExpectSend& expect) {
  std::string head = "expect ";
  if (expect.at) head += spelling(*expect.at) + " ";
  if (expect.count) head += std::to_string(*expect.count) + " ";
  head += "send ";
  if (expect.template_name) head += expect.template_name->text + " ";
  head += "to " + expect.to.text;
  if (!expect.with) return text(head);
  return text(head + " with ") + doc_of(*expect.with);
}

std::string spelling(const ExpectJourney& expect) {
  std::string out = fmt::format("expect journey {} of {} {}", expect.campaign.text, expect.of.text,
                                expect.ended ? "ended" : "waiting");
  return expect.because ? out + " because " + quoted(*expect.because) : out;
}

}  // namespace

Doc doc_of(const TestStep& step) {
  return visit(
      step.node,
      [](const TestPerson& s) { return text("person " + s.name.text + " ") + doc_of(s.fields); },
      [](const TestAnonymous& s) { return text("anonymous " + s.name.text); },
      [](const TestAt& s) { return text(spelling(s)); },
      [](const TestAfter& s) { return text("after " + spelling(s.span)); },
      [](const TestEvent& s) {
        Doc doc = text(s.actor.text + " " + s.event.text + " ") + doc_of(s.fields);
        if (s.late) doc += text(" late by " + spelling(*s.late));
        return doc;
      },
      [](const TestIdentifies& s) { return text(s.actor.text + " identifies as " + s.as.text); },
      [](const TestSubscription& s) {
        std::string out = s.actor.text + (s.subscribes ? " subscribes" : " unsubscribes");
        return text(s.topic ? out + " " + s.topic->text : out);
      },
      [](const ExpectNoSend& s) {
        std::string what = s.template_name ? s.template_name->text + " " : "";
        return text("expect no send " + what + "to " + s.to.text);
      },
      [](const ExpectSend& s) { return doc_of(s); },
      [](const ExpectJourney& s) { return text(spelling(s)); });
}

}  // namespace trig::ast
