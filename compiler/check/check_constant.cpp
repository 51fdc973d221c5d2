// Values that must be known at check time: defaults, and what tests write down.
#include "compiler/check/literal.h"

namespace trig::check {
namespace {

using ir::Kind;

std::optional<ir::Value> constant_list(Context& context, const ast::Expr& expr,
                                       const ast::ListLiteral& literal, ir::Type expected) {
  if (expected.valid() && expected.kind != Kind::kList) {
    report_mismatch(context, expr, context.program.types.list_of({Kind::kText, false, 0}),
                    expected);
    return std::nullopt;
  }
  ir::Type element = expected.valid() ? context.program.types.element(expected) : ir::Type{};
  ir::Items items;
  bool good = true;
  for (const ast::ExprPtr& item : literal.items) {
    std::optional<ir::Value> value = constant(context, *item, element);
    good = good && value.has_value();
    if (value) items.push_back(std::move(*value));
  }
  if (!good) return std::nullopt;
  return ir::Value::list(std::move(items));
}

}  // namespace

std::optional<ir::Value> constant(Context& context, const ast::Expr& expr, ir::Type expected) {
  if (const auto* list = std::get_if<ast::ListLiteral>(&expr.node))
    return constant_list(context, expr, *list, expected);
  if (const auto* record = std::get_if<ast::RecordLiteral>(&expr.node)) {
    if (expected.kind != Kind::kRecord) {
      if (expected.valid())
        context.report(Code::kUnexpectedRecord, expr.range, {context.type_name(expected)});
      return std::nullopt;
    }
    std::optional<ir::Items> fields = constant_fields(context, *record, expected, expr.range);
    if (!fields) return std::nullopt;
    return ir::Value::record(std::move(*fields));
  }
  // A mail by the name its send gives it: the test says which that is.
  const auto* path = std::get_if<ast::Path>(&expr.node);
  if (path != nullptr && path->names.size() == 1 && expected.kind == Kind::kMessage)
    return ir::Value(path->names[0].text);
  std::optional<Literal> literal = literal_of(context, expr, expected);
  if (!literal) {
    context.report(Code::kNotConstant, expr.range).hint("write the value itself");
    return std::nullopt;
  }
  if (!literal->type.valid()) return std::nullopt;
  if (fits(context, literal->type, expected)) return std::move(literal->value);
  report_mismatch(context, expr, literal->type, expected);
  return std::nullopt;
}

std::optional<ir::Items> constant_fields(Context& context, const ast::RecordLiteral& literal,
                                         ir::Type record, TextRange range) {
  const ir::RecordType& type = context.record(record);
  ir::Items items = context.program.sources[record.detail].defaults;
  std::vector<bool> given(type.fields.size());
  bool good = true;
  for (const ast::FieldValue& field : literal.fields) {
    int index = type.find(field.name.text);
    if (index < 0) {
      report_unknown_field(context, field.name, record);
      good = false;
      continue;
    }
    if (given[index])
      context.report(Code::kRepeated, field.name.range, {"field", field.name.text})
          .hint("remove one of them");
    given[index] = true;
    std::optional<ir::Value> value = constant(context, *field.value, type.fields[index].type);
    good = good && value.has_value();
    if (value) items[index] = std::move(*value);
  }
  // A person's fields may all be missing: nobody knows everything about everyone.
  bool person = record.detail == context.program.person.detail;
  for (std::size_t i = 0; i < type.fields.size() && !person; ++i) {
    if (given[i] || type.fields[i].type.optional || !items[i].missing()) continue;
    if (!type.fields[i].type.valid()) continue;
    report_missing_field(context, range, type, i);
    good = false;
  }
  return good ? std::optional(std::move(items)) : std::nullopt;
}

void report_unknown_field(Context& context, const ast::Name& field, ir::Type record) {
  // Where the declaration could not be read as a whole, the field may be in the rest.
  bool is_person = record.detail == context.program.person.detail;
  if (context.broken.contains(context.record(record).range.source)) return;
  if (is_person && context.symbols.is_unread("person")) return;
  std::vector<std::string> known;
  for (const ir::Field& candidate : context.record(record).fields) known.push_back(candidate.name);
  suggest(
      context.report(Code::kUnknownField, field.range, {context.record(record).name, field.text}),
      field, known);
}

void report_missing_field(Context& context, TextRange range, const ir::RecordType& type,
                          std::size_t index) {
  const ir::Field& field = type.fields[index];
  Diagnostic& missing = context.report(Code::kMissingField, range, {type.name, field.name});
  if (field.range.valid()) missing.label(field.range, "it has no default and no `?`");
  missing.hint("add `{}: …`", field.name);
}

}  // namespace trig::check
