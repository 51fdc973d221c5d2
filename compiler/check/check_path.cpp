// Names in expressions. In `where`, `per` and `value` a bare name is a field of the event tested;
// `trigger`, an `as` name and `person` reach everything else.
#include "compiler/check/expression.h"

namespace trig::check {

using ir::Kind;
using ir::NodeId;
using ir::Op;

const Binding* ExpressionChecker::find_binding(std::string_view name) const {
  for (const Binding& binding : scope_.bindings)
    if (binding.name == name) return &binding;
  return nullptr;
}

// The same for every spelling of one place: `trigger.total` and `cart.total` are one slot's field.
std::string ExpressionChecker::path_key(const ast::Path& path) const {
  std::string key;
  const Binding* binding = find_binding(path.names[0].text);
  bool bare = scope_.tests_event && scope_.tested.valid() &&
              context_.record(scope_.tested).find(path.names[0].text) >= 0;
  if (bare)
    key = "event." + path.names[0].text;
  else
    key = binding != nullptr ? "slot" + std::to_string(binding->slot) : path.names[0].text;
  for (std::size_t i = 1; i < path.names.size(); ++i) key += "." + path.names[i].text;
  return key;
}

NodeId ExpressionChecker::narrowed(NodeId id, const ast::Path& path) {
  ir::Node& node = context_.program.nodes.edit(static_cast<std::size_t>(id));
  if (node.type.optional && scope_.present.contains(path_key(path)))
    node.type = node.type.required();
  return id;
}

NodeId ExpressionChecker::path(const ast::Path& path, TextRange range, ir::Type expected) {
  const ast::Name& first = path.names[0];
  if (scope_.tests_event && scope_.tested.valid() &&
      context_.record(scope_.tested).find(first.text) >= 0)
    return lower_bare(path, range, expected);
  if (first.text == "person") return lower_person(path, range);
  if (const Binding* binding = find_binding(first.text))
    return lower_binding(path, range, *binding);
  bool names_declaration = expected.kind == Kind::kCampaign || expected.kind == Kind::kTemplate;
  if (names_declaration && path.names.size() == 1) {
    SymbolKind kind =
        expected.kind == Kind::kCampaign ? SymbolKind::kCampaign : SymbolKind::kTemplate;
    if (context_.resolve(kind, first) == nullptr) return invalid(range);
    NodeId node = add(Op::kConstant, expected.required(), range);
    context_.program.nodes.edit_back().value = first.text;
    return node;
  }
  if (scope_.tests_event && !scope_.tested.valid()) return invalid(range);
  return lower_bare(path, range, expected);
}

NodeId ExpressionChecker::lower_bare(const ast::Path& path, TextRange range, ir::Type) {
  const ast::Name& first = path.names[0];
  int field = scope_.tests_event ? context_.record(scope_.tested).find(first.text) : -1;
  if (field >= 0) {
    NodeId node = add(Op::kEventField, context_.record(scope_.tested).fields[field].type, range);
    context_.program.nodes.edit_back().index = static_cast<std::uint32_t>(field);
    context_.program.nodes.edit_back().name = first.text;
    return follow(node, path, 1, range);
  }
  if (scope_.tests_event && path.names.size() == 1) {
    report_unknown_field(context_, first, scope_.tested);
    return invalid(range);
  }
  Diagnostic& unknown = context_.report(Code::kNameMeansNothing, first.range, {first.text});
  for (const Binding& binding : scope_.bindings) {
    if (binding.record.kind != Kind::kRecord ||
        context_.record(binding.record).find(first.text) < 0)
      continue;
    std::string full = binding.name + "." + first.text;
    unknown.hint("did you mean `{}`?", full).replace(first.range, full);
    return invalid(range);
  }
  std::vector<std::string> known = {"person"};
  for (const Binding& binding : scope_.bindings) known.push_back(binding.name);
  suggest(unknown, first, known);
  return invalid(range);
}

NodeId ExpressionChecker::lower_person(const ast::Path& path, TextRange range) {
  if (path.names.size() == 1) {
    context_.report(Code::kWholePerson, range).hint("name a field: `person.email`");
    return invalid(range);
  }
  const ir::RecordType& person = context_.record(context_.program.person);
  int field = person.find(path.names[1].text);
  if (field < 0) {
    report_unknown_field(context_, path.names[1], context_.program.person);
    return invalid(range);
  }
  NodeId node = add(Op::kPersonField, person.fields[field].type, range);
  context_.program.nodes.edit_back().index = static_cast<std::uint32_t>(field);
  context_.program.nodes.edit_back().name = "person." + path.names[1].text;
  return follow(node, path, 2, range);
}

NodeId ExpressionChecker::lower_binding(const ast::Path& path, TextRange range,
                                        const Binding& binding) {
  if (!binding.record.valid()) return invalid(range);
  ir::Slot& slot = (*scope_.slots)[binding.slot];
  if (binding.record.kind != Kind::kRecord && path.names.size() > 1) {
    context_.report(Code::kUnknownField, path.names[1].range,
                    {context_.type_name(binding.record), path.names[1].text});
    return invalid(range);
  }
  if (path.names.size() == 1) {
    slot.read.assign(slot.read.size(), true);
    NodeId node = add(Op::kSlot, binding.record, range);
    context_.program.nodes.edit_back().slot = binding.slot;
    return node;
  }
  int field = context_.record(binding.record).find(path.names[1].text);
  if (field < 0) {
    report_unknown_field(context_, path.names[1], binding.record);
    return invalid(range);
  }
  ir::Type type = context_.record(binding.record).fields[field].type;
  bool is_event = scope_.trigger_fields != nullptr && !scope_.in_aggregate;
  NodeId node = add(is_event ? Op::kEventField : Op::kSlotField, type, range);
  ir::Node& added = context_.program.nodes.edit_back();
  added.index = static_cast<std::uint32_t>(is_event ? (*scope_.trigger_fields)[field] : field);
  added.slot = is_event ? 0 : binding.slot;
  added.name = path.names[0].text + "." + path.names[1].text;
  if (!is_event) slot.read[field] = true;
  return follow(node, path, 2, range);
}

// The rest of a path: fields of records inside the record.
NodeId ExpressionChecker::follow(NodeId owner, const ast::Path& path, std::size_t next,
                                 TextRange range) {
  ast::Path so_far;
  so_far.names.assign(path.names.begin(), path.names.begin() + static_cast<std::ptrdiff_t>(next));
  owner = narrowed(owner, so_far);
  if (next == path.names.size()) return owner;
  ir::Type type = type_of(owner);
  const ast::Name& name = path.names[next];
  if (!type.valid()) return owner;
  if (type.kind != Kind::kRecord) {
    context_.report(Code::kUnknownField, name.range, {context_.type_name(type), name.text});
    return invalid(range);
  }
  int field = context_.record(type).find(name.text);
  if (field < 0) {
    report_unknown_field(context_, name, type);
    return invalid(range);
  }
  ir::Type field_type = context_.record(type).fields[field].type;
  if (type.optional) field_type = field_type.or_missing();
  std::string owner_name = context_.program.node(owner).name;
  NodeId node = add(Op::kField, field_type, range, owner);
  context_.program.nodes.edit_back().index = static_cast<std::uint32_t>(field);
  context_.program.nodes.edit_back().name = owner_name + "." + name.text;
  return follow(node, path, next + 1, range);
}

void refuse_hidden_fields(Context& context, const Scope& scope, ir::Type tested) {
  if (!tested.valid()) return;
  for (const Binding& binding : scope.bindings) {
    int field = context.record(tested).find(binding.name);
    if (field < 0 || !binding.range.valid()) continue;
    std::string event = context.record(tested).name;
    for (const Diagnostic& known : context.diagnostics.all())
      if (known.code == Code::kBindingHidesField && known.range == binding.range) return;
    context.report(Code::kBindingHidesField, binding.range, {binding.name, event})
        .label(context.record(tested).fields[field].range, "this field")
        .hint("choose another name after `as`");
  }
}

}  // namespace trig::check
