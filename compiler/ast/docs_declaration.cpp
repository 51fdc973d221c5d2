#include <fmt/format.h>

#include "compiler/ast/docs.h"
#include "compiler/ast/printer.h"
#include "compiler/ast/visit.h"

namespace trig::ast {

namespace {

std::string per(CalendarUnit unit) { return " per " + to_string(Span{1, unit}).substr(2); }

std::string spelling(const CapRule& rule) {
  std::string out;
  for (const Cap& cap : rule.caps)
    out += fmt::format("{}{} email{}{}", out.empty() ? "at most " : ", ", cap.count,
                       cap.count == 1 ? "" : "s", per(cap.unit));
  return out;
}

}  // namespace

std::string spelling(const TypeExpr& type) {
  std::string out = visit(
      type.node, [](const TypeExpr::Named& t) { return t.name.text; },
      [](const TypeExpr::ListOf& t) { return "list of " + spelling(*t.element); },
      [](const TypeExpr::OneOf& t) { return "one of (" + joined(t.choices, ", ") + ")"; });
  return type.optional ? out + "?" : out;
}

std::string after_colon(const FieldDecl& field) {
  std::string out = spelling(field.type);
  if (field.key) out += " key";
  if (field.default_value) out += " = " + print(*field.default_value);
  if (!field.from.empty()) out += " from " + joined(field.from, " or ");
  if (field.in) out += " in " + quoted(*field.in);
  return out;
}

std::string spelling(const PolicyRule& rule) {
  return visit(
      rule.node,
      [](const ConsentRule& r) -> std::string {
        if (!r.required) return "consent not needed";
        return r.topic ? "consent required for " + r.topic->text : "consent required";
      },
      [](const CapRule& r) { return spelling(r); },
      [](const QuietRule& r) {
        return fmt::format("quiet {} to {}", to_string(r.from), local(r.to));
      },
      [](const RateRule& r) { return fmt::format("rate {}{}", r.count, per(r.unit)); },
      [](const WhenCappedRule& r) -> std::string {
        if (!r.wait_up_to) return "when capped: skip";
        return "when capped: wait up to " + spelling(*r.wait_up_to);
      });
}

Doc doc_of(const TemplateDecl& decl) {
  Doc head = text("template " + decl.name.text + "(");
  if (!decl.parameters.empty()) {
    Doc inner = soft_break();
    for (std::size_t i = 0; i < decl.parameters.size(); ++i) {
      const ParameterDecl& one = decl.parameters[i];
      if (i > 0) inner += text(",") + line_break();
      inner += text(one.name.text + ": " + spelling(one.type));
    }
    head += indented(std::move(inner)) + soft_break();
  }
  Doc from = line_break() + text("from " + quoted(decl.file));
  return group(group(std::move(head) + text(")")) + indented(std::move(from)));
}

}  // namespace trig::ast
