#include "compiler/ast/docs.h"
#include "compiler/ast/dumper.h"
#include "compiler/ast/visit.h"
#include "compiler/base/check.h"

namespace trig::ast {

namespace {

std::string_view name_of(UnaryOp op) {
  switch (op) {
    case UnaryOp::kNegate: return "-";
    case UnaryOp::kNot: return "not";
    case UnaryOp::kPresent: return "?";
  }
  TRIG_CHECK(false, "not a UnaryOp");
}

}  // namespace

void Dumper::part(std::string_view title, const ExprPtr& expr) {
  if (!expr) return;
  line("{}", title);
  below([&] { dump(*expr); });
}

void Dumper::dump(const RecordLiteral& record) {
  for (const FieldValue& field : record.fields) part(field.name.text + ":", field.value);
}

void Dumper::dump(const std::vector<Argument>& arguments) {
  for (const Argument& argument : arguments)
    part(argument.label ? "Argument " + argument.label->text : "Argument", argument.value);
}

void Dumper::dump(const Expr& expr) {
  visit(
      expr.node, [&](const IntegerLiteral& e) { line("IntegerLiteral {}", e.digits); },
      [&](const NumberLiteral& e) { line("NumberLiteral {}", e.digits); },
      [&](const PercentLiteral& e) { line("PercentLiteral {}", e.digits); },
      [&](const MoneyLiteral& e) { line("MoneyLiteral {} {}", e.digits, e.currency.text); },
      [&](const BooleanLiteral& e) { line("BooleanLiteral {}", e.value); },
      [&](const TextLiteral& e) { line("TextLiteral {}", quoted(e)); },
      [&](const TimeLiteral& e) { line("TimeLiteral {}", to_string(e.time)); },
      [&](const DateLiteral& e) { line("DateLiteral {}", to_string(e.date)); },
      [&](const SpanLiteral& e) { line("SpanLiteral {}", spelling(e)); },
      [&](const Path& e) { line("Path {}", joined(e.names, ".")); },
      [&](const Unary& e) { part(fmt::format("Unary {}", name_of(e.op)), e.operand); },
      [&](const Binary& e) {
        line("Binary {}", spelling(e.op));
        below([&] {
          dump(*e.left);
          dump(*e.right);
        });
      },
      [&](const Between& e) {
        line("Between");
        below([&] {
          dump(*e.value);
          dump(*e.low);
          dump(*e.high);
        });
      },
      [&](const InSegment& e) { part("InSegment " + e.segment.text, e.value); },
      [&](const Call& e) {
        line("Call {}", e.function.text);
        below([&] { dump(e.arguments); });
      },
      [&](const Aggregate& e) {
        line("Aggregate {} {}{} {}", spelling(e.op), e.event.text,
             e.field ? "." + e.field->text : "", e.window ? "in " + spelling(*e.window) : "ever");
        below([&] { part("where", e.where); });
      },
      [&](const Silence& e) {
        line("Silence {} for {}", joined(e.events, " or "), spelling(e.span));
      },
      [&](const Since& e) {
        part("Since " + to_string(Span{1, e.unit}).substr(2), e.value);
      },
      [&](const ListLiteral& e) {
        line("ListLiteral");
        below([&] {
          for (const ExprPtr& item : e.items) dump(*item);
        });
      },
      [&](const RecordLiteral& e) {
        line("RecordLiteral");
        below([&] { dump(e); });
      });
}

}  // namespace trig::ast
