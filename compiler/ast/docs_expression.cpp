#include "compiler/ast/docs.h"
#include "compiler/ast/printer.h"
#include "compiler/ast/visit.h"

namespace trig::ast {

namespace {

int precedence_of(BinaryOp op) {
  switch (op) {
    case BinaryOp::kOr: return kDisjunction;
    case BinaryOp::kAnd: return kConjunction;
    case BinaryOp::kEqual:
    case BinaryOp::kNotEqual:
    case BinaryOp::kLess:
    case BinaryOp::kLessOrEqual:
    case BinaryOp::kGreater:
    case BinaryOp::kGreaterOrEqual:
    case BinaryOp::kIn:
    case BinaryOp::kNotIn:
    case BinaryOp::kContains:
    case BinaryOp::kStartsWith:
    case BinaryOp::kMatches: return kComparison;
    case BinaryOp::kOrElse: return kFallback;
    case BinaryOp::kAdd:
    case BinaryOp::kSubtract: return kSum;
    case BinaryOp::kMultiply:
    case BinaryOp::kDivide: return kProduct;
  }
  return kPrimary;
}

int precedence_of(const Expr& expr) {
  if (const auto* binary = std::get_if<Binary>(&expr.node)) return precedence_of(binary->op);
  if (const auto* unary = std::get_if<Unary>(&expr.node)) {
    if (unary->op == UnaryOp::kNot) return kNegation;
    return unary->op == UnaryOp::kNegate ? kUnary : kPresence;
  }
  bool compares = std::holds_alternative<Between>(expr.node) ||
                  std::holds_alternative<InSegment>(expr.node) ||
                  std::holds_alternative<Silence>(expr.node);
  return compares ? kComparison : kPrimary;
}

// a and b and c: one group, a line each where they do not fit.
void chain(const Expr& expr, BinaryOp op, std::vector<Doc>& operands) {
  const auto* binary = std::get_if<Binary>(&expr.node);
  if (!binary || binary->op != op) {
    operands.push_back(doc_of(expr, precedence_of(op)));
    return;
  }
  chain(*binary->left, op, operands);
  operands.push_back(doc_of(*binary->right, precedence_of(op) + 1));
}

Doc doc_of(const Binary& binary, const Expr& whole) {
  int level = precedence_of(binary.op);
  if (binary.op != BinaryOp::kOr && binary.op != BinaryOp::kAnd) {
    int left = level == kComparison ? level + 1 : level;
    return doc_of(*binary.left, left) + text(" " + std::string(spelling(binary.op)) + " ") +
           doc_of(*binary.right, level + 1);
  }
  std::vector<Doc> operands;
  chain(whole, binary.op, operands);
  Doc rest;
  for (std::size_t i = 1; i < operands.size(); ++i)
    rest += line_break() + text(std::string(spelling(binary.op)) + " ") + std::move(operands[i]);
  return group(std::move(operands[0]) + indented(std::move(rest)));
}

Doc doc_of(const Unary& unary) {
  switch (unary.op) {
    case UnaryOp::kNot: return text("not ") + doc_of(*unary.operand, kNegation);
    case UnaryOp::kNegate: return text("-") + doc_of(*unary.operand, kUnary);
    case UnaryOp::kPresent: return doc_of(*unary.operand, kPrimary) + text("?");
  }
  return {};
}

Doc doc_of(const Aggregate& aggregate) {
  std::string head = std::string(spelling(aggregate.op)) + "(" + aggregate.event.text;
  if (aggregate.field) head += "." + aggregate.field->text;
  head += aggregate.window ? " in " + spelling(*aggregate.window) : " ever";
  if (!aggregate.where) return text(head + ")");
  Doc where = line_break() + text("where ") + doc_of(*aggregate.where);
  return group(text(head) + indented(std::move(where)) + text(")"));
}

// `open` items `close`, on one line or an item a line.
Doc bracketed(std::string_view open, std::vector<Doc> items, std::string_view close, Doc edge) {
  if (items.empty()) return text(std::string(open) + std::string(close));
  Doc inner;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) inner += text(",") + line_break();
    inner += std::move(items[i]);
  }
  return group(text(open) + indented(edge + std::move(inner)) + edge + text(close));
}

Doc doc_of(const ListLiteral& list) {
  std::vector<Doc> items;
  for (const ExprPtr& item : list.items) items.push_back(doc_of(*item));
  return bracketed("[", std::move(items), "]", soft_break());
}

std::string unit_text(CalendarUnit unit) {
  std::string one = to_string(Span{1, unit});  // "1 day"
  return one.substr(2) + "s";
}

}  // namespace

std::string quoted(const TextLiteral& text) {
  std::string out = "\"";
  for (char c : text.value) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n')
      out += "\\n";
    else if (c == '\t')
      out += "\\t";
    else
      out += c;
  }
  return out + "\"";
}

std::string spelling(const SpanLiteral& span) { return to_string(span.span); }
std::string local(TimeOfDay time) { return to_string(time) + " local"; }

std::string joined(const std::vector<Name>& names, std::string_view between) {
  std::string out;
  for (const Name& name : names) {
    if (!out.empty()) out += between;
    out += name.text;
  }
  return out;
}

std::string joined(const std::vector<TextLiteral>& texts, std::string_view between) {
  std::string out;
  for (const TextLiteral& text : texts) {
    if (!out.empty()) out += between;
    out += quoted(text);
  }
  return out;
}

Doc doc_of(const RecordLiteral& record) {
  std::vector<Doc> items;
  for (const FieldValue& field : record.fields)
    items.push_back(text(field.name.text + ": ") + doc_of(*field.value));
  return bracketed("{", std::move(items), "}", line_break());
}

Doc doc_of(const std::vector<Argument>& arguments) {
  std::vector<Doc> items;
  for (const Argument& argument : arguments) {
    Doc value = doc_of(*argument.value);
    if (!argument.label) {
      items.push_back(std::move(value));
      continue;
    }
    items.push_back(text(argument.label->text + ": ") + std::move(value));
  }
  return bracketed("(", std::move(items), ")", soft_break());
}

Doc doc_of(const Expr& expr, int tightest) {
  if (precedence_of(expr) >= tightest) return doc_of(expr);
  return text("(") + doc_of(expr) + text(")");
}

Doc doc_of(const Expr& expr) {
  return visit(
      expr.node, [](const IntegerLiteral& e) { return text(e.digits); },
      [](const NumberLiteral& e) { return text(e.digits); },
      [](const PercentLiteral& e) { return text(e.digits + "%"); },
      [](const MoneyLiteral& e) { return text(e.digits + " " + e.currency.text); },
      [](const BooleanLiteral& e) { return text(e.value ? "true" : "false"); },
      [](const TextLiteral& e) { return text(quoted(e)); },
      [](const TimeLiteral& e) { return text(to_string(e.time)); },
      [](const DateLiteral& e) { return text(to_string(e.date)); },
      [](const SpanLiteral& e) { return text(spelling(e)); },
      [](const Path& e) { return text(joined(e.names, ".")); },
      [](const Unary& e) { return doc_of(e); }, [&](const Binary& e) { return doc_of(e, expr); },
      [](const Between& e) {
        return doc_of(*e.value, kFallback) + text(" between ") + doc_of(*e.low, kFallback) +
               text(" and ") + doc_of(*e.high, kFallback);
      },
      [](const InSegment& e) {
        return doc_of(*e.value, kFallback) + text(" is " + e.segment.text);
      },
      [](const Call& e) { return text(e.function.text) + doc_of(e.arguments); },
      [](const Aggregate& e) { return doc_of(e); },
      [](const Silence& e) {
        return text("no " + joined(e.events, " or ") + " for " + spelling(e.span));
      },
      [](const Since& e) {
        return text(unit_text(e.unit) + " since ") + doc_of(*e.value, kPrimary);
      },
      [](const ListLiteral& e) { return doc_of(e); },
      [](const RecordLiteral& e) { return doc_of(e); });
}

std::string print(const Expr& expr) { return flat(doc_of(expr)); }

}  // namespace trig::ast
