// Types as written → ir::Type.
#include <algorithm>
#include <array>

#include "compiler/check/context.h"

namespace trig::check {
namespace {

struct Builtin {
  std::string_view name;
  ir::Kind kind;
};
constexpr std::array<Builtin, 18> kBuiltins = {{
    {"text", ir::Kind::kText},
    {"integer", ir::Kind::kInteger},
    {"number", ir::Kind::kNumber},
    {"money", ir::Kind::kMoney},
    {"percent", ir::Kind::kPercent},
    {"boolean", ir::Kind::kBoolean},
    {"date", ir::Kind::kDate},
    {"time", ir::Kind::kTime},
    {"datetime", ir::Kind::kDateTime},
    {"duration", ir::Kind::kDuration},
    {"email", ir::Kind::kEmail},
    {"url", ir::Kind::kUrl},
    {"country", ir::Kind::kCountry},
    {"language", ir::Kind::kLanguage},
    {"timezone", ir::Kind::kTimezone},
    {"campaign", ir::Kind::kCampaign},
    {"template", ir::Kind::kTemplate},
    {"message", ir::Kind::kMessage},
}};

ir::Type named_type(Context& context, const ast::Name& name) {
  ir::Kind kind = builtin_type(name.text);
  if (kind != ir::Kind::kInvalid) return {kind, false, 0};
  if (const Symbol* record = context.symbols.find(SymbolKind::kRecord, name.text)) {
    context.symbols.use(*record);
    return {ir::Kind::kRecord, false, record->index};
  }
  if (const Symbol* event = context.symbols.find(SymbolKind::kEvent, name.text)) {
    context.symbols.use(*event);
    return context.program.events[event->index].record;
  }
  for (SymbolKind kind : {SymbolKind::kCatalog, SymbolKind::kList})
    if (const Symbol* table = context.symbols.find(kind, name.text)) {
      context.symbols.use(*table);
      ir::Type record = context.program.tables[table->index].record;
      if (!record.valid())
        context.report(Code::kListWithoutColumns, name.range, {name.text})
            .label(table->range, "the list is declared here")
            .hint("declare its columns in {{ … }}");
      return record;
    }
  if (context.symbols.is_unread(name.text)) return {};
  std::vector<std::string> known = context.symbols.names_of(SymbolKind::kRecord);
  for (const Builtin& builtin : kBuiltins) known.emplace_back(builtin.name);
  suggest(context.report(Code::kUnknownName, name.range, {"type", name.text}), name, known);
  return {};
}

ir::Type one_of_type(Context& context, const ast::TypeExpr::OneOf& one_of) {
  std::vector<std::string> choices;
  for (const ast::TextLiteral& choice : one_of.choices) {
    bool twice = std::find(choices.begin(), choices.end(), choice.value) != choices.end();
    if (twice)
      context.report(Code::kRepeated, choice.range, {"choice", choice.value})
          .hint("remove one of them");
    else
      choices.push_back(choice.value);
  }
  return context.program.types.one_of(std::move(choices));
}

}  // namespace

ir::Kind builtin_type(std::string_view name) {
  for (const Builtin& builtin : kBuiltins)
    if (builtin.name == name) return builtin.kind;
  return ir::Kind::kInvalid;
}

ir::Type resolve_type(Context& context, const ast::TypeExpr& written) {
  ir::Type type;
  if (const auto* named = std::get_if<ast::TypeExpr::Named>(&written.node)) {
    type = named_type(context, named->name);
  } else if (const auto* list = std::get_if<ast::TypeExpr::ListOf>(&written.node)) {
    ir::Type element = resolve_type(context, *list->element);
    if (element.valid()) type = context.program.types.list_of(element);
  } else if (const auto* one_of = std::get_if<ast::TypeExpr::OneOf>(&written.node)) {
    type = one_of_type(context, *one_of);
  }
  return type.valid() && written.optional ? type.or_missing() : type;
}

}  // namespace trig::check
