// Calls of the functions in stdlib/builtins.def.
#include "compiler/base/limits.h"
#include "compiler/check/expression.h"
#include "stdlib/builtins.h"

namespace trig::check {

using ir::Kind;
using ir::NodeId;
using ir::Op;
using stdlib::BuiltinInfo;
using stdlib::Gives;
using stdlib::Parameter;
using stdlib::Takes;

namespace {

// How far back `recommend` looks (docs/reference/recommend.md).
constexpr Duration kViewedWindow = std::chrono::days(90);
constexpr Duration kBoughtWindow = std::chrono::days(400);

std::vector<std::string> function_names() {
  std::vector<std::string> names;
  for (const BuiltinInfo& info : stdlib::builtins()) names.emplace_back(info.name);
  return names;
}

const ast::Name* single_name(const ast::Expr& expr) {
  const auto* path = std::get_if<ast::Path>(&expr.node);
  return path != nullptr && path->names.size() == 1 ? &path->names[0] : nullptr;
}

// Keys are compared as text: a field holds them if it is of the key's kind.
bool holds_key(ir::Type type, ir::Type key) {
  return type.kind == key.kind || (ir::is_textual(type.kind) && ir::is_textual(key.kind));
}

}  // namespace

NodeId ExpressionChecker::lower_call(const ast::Expr& expr, const ast::Call& written) {
  const BuiltinInfo* info = stdlib::find_builtin(written.function.text);
  if (info == nullptr) {
    suggest(context_.report(Code::kUnknownName, written.function.range,
                            {"function", written.function.text}),
            written.function, function_names());
    return invalid(expr.range);
  }
  std::vector<const ast::Argument*> arguments;
  if (!match_arguments(*info, written, arguments)) return invalid(expr.range);
  ir::Node node;
  node.op = Op::kCall;
  node.index = static_cast<std::uint32_t>(info->builtin);
  node.range = expr.range;
  bool good = true;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    CallArgument argument{*info, info->parameters[i],
                          arguments[i] == nullptr ? nullptr : arguments[i]->value.get(),
                          written.function.range};
    good = good && lower_argument(argument, node);
  }
  for (NodeId operand : node.operands) good = good && type_of(operand).valid();
  if (!good) return invalid(expr.range);
  node.type = result_of(*info, node);
  return add(std::move(node));
}

// Positional arguments in order, then those with names; false after a report.
bool ExpressionChecker::match_arguments(const BuiltinInfo& info, const ast::Call& written,
                                        std::vector<const ast::Argument*>& arguments) {
  arguments.assign(info.parameters.size(), nullptr);
  std::string usage = stdlib::signature(info);
  for (std::size_t i = 0; i < written.arguments.size(); ++i) {
    const ast::Argument& argument = written.arguments[i];
    std::size_t place = 0;
    auto is_it = [&](const Parameter& parameter) {
      if (argument.label) return parameter.name == argument.label->text;
      return place == i && !stdlib::is_optional(parameter.takes);
    };
    while (place < info.parameters.size() && !is_it(info.parameters[place])) ++place;
    if (place == info.parameters.size() || arguments[place] != nullptr) {
      context_
          .report(Code::kCallArguments,
                  argument.label ? argument.label->range : argument.value->range, {info.name})
          .hint("it is `{}`", usage);
      return false;
    }
    arguments[place] = &argument;
  }
  for (std::size_t i = 0; i < arguments.size(); ++i)
    if (arguments[i] == nullptr && !stdlib::is_optional(info.parameters[i].takes)) {
      context_.report(Code::kCallArguments, written.function.range, {info.name})
          .hint("it is `{}`", usage);
      return false;
    }
  return true;
}

ir::Type ExpressionChecker::result_of(const BuiltinInfo& info, const ir::Node& node) {
  switch (info.gives) {
    case Gives::kText: return {Kind::kText, false, 0};
    case Gives::kNumber: {
      ir::Type number{Kind::kNumber, false, 0};
      for (NodeId operand : node.operands) number.optional |= type_of(operand).optional;
      return number;
    }
    case Gives::kRowOrMissing: return context_.program.tables[node.slot].record.or_missing();
    case Gives::kRows:
      return context_.program.types.list_of(context_.program.tables[node.slot].record);
  }
  return {};
}

// Adds the operands of one parameter, or fills in node.slot; false after a report.
bool ExpressionChecker::lower_argument(const CallArgument& argument, ir::Node& node) {
  switch (argument.parameter.takes) {
    case Takes::kCatalog: return name_catalog(argument, node);
    case Takes::kList: return name_list(argument, node);
    case Takes::kPool: return name_pool(argument, node);
    case Takes::kKey: {
      ir::Type key = context_.program.tables[node.slot].key;
      node.operands.push_back(value(*argument.value, key.or_missing()));
      return true;
    }
    case Takes::kCount: return lower_count(argument, node);
    case Takes::kPlace: return lower_place(argument, node);
    case Takes::kMaybeKeys: return lower_keys(argument, node);
    case Takes::kMaybeViewed: return lower_seen(argument, node, "product_viewed", kViewedWindow);
    case Takes::kMaybeBought: return lower_seen(argument, node, "order_completed", kBoughtWindow);
  }
  return false;
}

// The declaration that an argument names; null after a report.
Symbol* ExpressionChecker::named(const CallArgument& argument, SymbolKind kind) {
  const ast::Name* name = single_name(*argument.value);
  if (name != nullptr) return context_.resolve(kind, *name);
  std::string what = kind == SymbolKind::kEvent     ? "an event"
                     : kind == SymbolKind::kCoupons ? "a pool of coupons"
                                                    : "a " + std::string(noun_of(kind));
  context_.report(Code::kCallNeedsName, argument.value->range, {argument.info.name, what})
      .hint("it is `{}`", stdlib::signature(argument.info));
  return nullptr;
}

bool ExpressionChecker::name_catalog(const CallArgument& argument, ir::Node& node) {
  const Symbol* symbol = named(argument, SymbolKind::kCatalog);
  if (symbol == nullptr) return false;
  node.slot = symbol->index;
  node.name = fmt::format("{}({})", argument.info.name, symbol->name);
  const ir::TableType& table = context_.program.tables[symbol->index];
  if (argument.info.builtin != stdlib::Builtin::recommend || !table.key.valid())
    return table.key.valid();
  int category = context_.record(table.record).find("category");
  if (category >= 0 && ir::is_textual(context_.record(table.record).fields[category].type.kind))
    return true;
  context_.report(Code::kCannotRecommend, argument.value->range, {symbol->name})
      .label(symbol->range, "the catalog is declared here")
      .hint("add a column `category: text`: what is alike is found by it");
  return false;
}

bool ExpressionChecker::name_list(const CallArgument& argument, ir::Node& node) {
  const Symbol* symbol = named(argument, SymbolKind::kList);
  if (symbol == nullptr) return false;
  node.slot = symbol->index;
  node.name = fmt::format("{}({})", argument.info.name, symbol->name);
  const ir::TableType& table = context_.program.tables[symbol->index];
  if (!table.record.valid()) {
    context_.report(Code::kListWithoutColumns, argument.value->range, {symbol->name})
        .label(symbol->range, "the list is declared here")
        .hint("declare its columns in {{ … }}, or ask `person in {}`", symbol->name);
    return false;
  }
  if (!table.key.valid()) return false;
  node.operands.push_back(person_key(table, argument.value->range));
  return true;
}

bool ExpressionChecker::name_pool(const CallArgument& argument, ir::Node& node) {
  const Symbol* symbol = named(argument, SymbolKind::kCoupons);
  if (symbol == nullptr) return false;
  node.slot = symbol->index;
  node.name = fmt::format("{}({})", argument.info.name, symbol->name);
  bool in_step = !scope_.tests_event && scope_.slots != nullptr;
  if (in_step) return true;
  context_.report(Code::kCouponOutsideStep, argument.value->range, {argument.info.name})
      .hint("ask for it in the arguments of a `send`");
  return false;
}

// The person's own field that a list goes by.
NodeId ExpressionChecker::person_key(const ir::TableType& table, TextRange range) {
  const ir::Field& field = context_.record(context_.program.person).fields[table.key_field];
  NodeId node = add(Op::kPersonField, field.type, range);
  context_.program.nodes.edit_back().index = table.key_field;
  context_.program.nodes.edit_back().name = "person." + field.name;
  return node;
}

bool ExpressionChecker::lower_count(const CallArgument& argument, ir::Node& node) {
  const auto* written = std::get_if<ast::IntegerLiteral>(&argument.value->node);
  if (written == nullptr) {
    context_.report(Code::kNotConstant, argument.value->range)
        .hint("write a number from 1 to {}", kMaxRecommended);
    return false;
  }
  NodeId count = lower(*argument.value, {Kind::kInteger, false, 0});
  const auto* number = context_.program.node(count).value.get<std::int64_t>();
  if (number == nullptr) return false;
  node.operands.push_back(count);
  if (*number >= 1 && *number <= kMaxRecommended) return true;
  context_.report(Code::kInvalidValue, argument.value->range, {written->digits, "count"})
      .hint("write a number from 1 to {}", kMaxRecommended);
  return false;
}

// A place becomes its latitude and its longitude.
bool ExpressionChecker::lower_place(const CallArgument& argument, ir::Node& node) {
  const ast::Expr& expr = *argument.value;
  ir::Type number{Kind::kNumber, true, 0};
  auto take = [&](NodeId part) {
    ir::Type type = type_of(part);
    bool numeric = type.kind == Kind::kInteger || type.kind == Kind::kNumber;
    if (numeric) node.operands.push_back(type.kind == Kind::kInteger ? to_number(part) : part);
    if (!numeric && type.valid())
      context_.report(Code::kNoPlace, expr.range, {context_.quote(expr.range)})
          .hint("its `latitude` and `longitude` are numbers, in degrees");
    return numeric;
  };
  NodeId whole = NodeId::kNone;
  for (std::string_view name : {"latitude", "longitude"}) {
    if (const auto* path = std::get_if<ast::Path>(&expr.node)) {
      ast::Path part = *path;
      part.names.push_back({std::string(name), path->names.back().range});
      if (!take(this->path(part, expr.range))) return false;
      continue;
    }
    if (const auto* literal = std::get_if<ast::RecordLiteral>(&expr.node)) {
      const ast::FieldValue* given = nullptr;
      for (const ast::FieldValue& field : literal->fields)
        if (field.name.text == name) given = &field;
      if (given == nullptr || literal->fields.size() != 2) return refuse_place(expr);
      node.operands.push_back(value(*given->value, number));
      continue;
    }
    if (whole == NodeId::kNone) whole = lower(expr);
    ir::Type type = type_of(whole);
    if (!type.valid()) return false;
    int field = type.kind == Kind::kRecord ? context_.record(type).find(name) : -1;
    if (field < 0) return refuse_place(expr);
    ir::Type part = context_.record(type).fields[field].type;
    NodeId id = add(Op::kField, type.optional ? part.or_missing() : part, expr.range, whole);
    context_.program.nodes.edit_back().index = static_cast<std::uint32_t>(field);
    context_.program.nodes.edit_back().name = name;
    if (!take(id)) return false;
  }
  return true;
}

bool ExpressionChecker::refuse_place(const ast::Expr& expr) {
  context_.report(Code::kNoPlace, expr.range, {context_.quote(expr.range)})
      .hint("a place has `latitude` and `longitude`, in degrees");
  return false;
}

NodeId ExpressionChecker::empty_list(TextRange range) {
  NodeId node = add(Op::kConstant, context_.program.types.list_of({Kind::kText, false, 0}), range);
  context_.program.nodes.edit_back().value = ir::Value::list({});
  return node;
}

// One key, records with one, or lists of either: a list of keys.
bool ExpressionChecker::lower_keys(const CallArgument& argument, ir::Node& node) {
  if (argument.value == nullptr) {
    node.operands.push_back(empty_list(argument.call));
    return true;
  }
  const ir::TableType table = context_.program.tables[node.slot];
  NodeId given = lower(*argument.value);
  ir::Type type = type_of(given);
  if (!type.valid()) return false;
  ir::Type item = type.kind == Kind::kList ? context_.program.types.element(type) : type;
  if (type.kind != Kind::kList) {
    given = add(Op::kList, context_.program.types.list_of(type.required()), argument.value->range);
    context_.program.nodes.edit_back().operands = {
        static_cast<NodeId>(context_.program.nodes.size() - 2)};
  }
  if (holds_key(item, table.key)) {
    node.operands.push_back(given);
    return true;
  }
  int field = item.kind == Kind::kRecord ? context_.record(item).find(table.key_column) : -1;
  if (field >= 0 && holds_key(context_.record(item).fields[field].type, table.key)) {
    node.operands.push_back(pluck(given, field, table, argument.value->range));
    return true;
  }
  context_
      .report(Code::kNoKeyOfCatalog, argument.value->range,
              {context_.type_name(type.required()), table.key_column, table.name})
      .hint("give keys of the catalog, or records with a field `{}` of type {}", table.key_column,
            context_.type_name(table.key));
  return false;
}

NodeId ExpressionChecker::pluck(NodeId list, int field, const ir::TableType& table,
                                TextRange range) {
  NodeId node = add(Op::kPluck, context_.program.types.list_of(table.key), range, list);
  context_.program.nodes.edit_back().index = static_cast<std::uint32_t>(field);
  return node;
}

// The keys in the person's events of one type: those of its own field that is called like the
// catalog's key, or of the records in a list of it.
bool ExpressionChecker::lower_seen(const CallArgument& argument, ir::Node& node,
                                   std::string_view standard, Duration window) {
  if (scope_.in_aggregate) {
    context_.report(Code::kNestedAggregate, argument.call, {argument.info.name})
        .hint("ask for it beside, joined with `and`");
    return false;
  }
  const ir::TableType table = context_.program.tables[node.slot];
  Symbol* event = argument.value != nullptr ? named(argument, SymbolKind::kEvent)
                                            : context_.symbols.find(SymbolKind::kEvent, standard);
  if (event == nullptr && argument.value != nullptr) return false;
  TextRange range = argument.value == nullptr ? argument.call : argument.value->range;
  if (event != nullptr) {
    const ir::RecordType& record = context_.record(context_.program.events[event->index].record);
    for (std::size_t i = 0; i < record.fields.size(); ++i) {
      const ir::Field& field = record.fields[i];
      bool own = field.name == table.key_column && holds_key(field.type, table.key);
      int inner = -1;
      if (field.type.kind == Kind::kList) {
        ir::Type item = context_.program.types.element(field.type);
        if (item.kind == Kind::kRecord) inner = context_.record(item).find(table.key_column);
        if (inner >= 0 && !holds_key(context_.record(item).fields[inner].type, table.key))
          inner = -1;
      }
      if (!own && inner < 0) continue;
      event->used = true;
      ir::Aggregate seen;
      seen.op = ir::AggregateOp::kDistinct;
      seen.event = event->index;
      seen.field = static_cast<int>(i);
      seen.window = window;
      seen.type = context_.program.types.list_of(field.type.required());
      context_.program.aggregates.push_back(seen);
      NodeId found = add(Op::kAggregate, seen.type, range);
      context_.program.nodes.edit_back().index =
          static_cast<std::uint32_t>(context_.program.aggregates.size() - 1);
      node.operands.push_back(own ? found : pluck(found, inner, table, range));
      return true;
    }
  }
  if (argument.value == nullptr) {
    node.operands.push_back(empty_list(range));
    return true;
  }
  context_.report(Code::kNoKeyOfCatalog, range, {event->name, table.key_column, table.name})
      .label(event->range, "the event is declared here")
      .hint("name an event with a field `{0}`, or with a list of records that have one",
            table.key_column);
  return false;
}

}  // namespace trig::check
