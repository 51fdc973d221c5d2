#include "compiler/exec/call.h"

#include "stdlib/builtins.h"

namespace trig::exec {
namespace {

using ir::Items;
using ir::Kind;
using ir::Program;
using ir::Value;

struct Found {
  const Program* program = nullptr;
  const ir::TableType* table = nullptr;  // null: there is none any more
};

Found table_now(const Program& own, std::uint32_t index, const Frame& frame) {
  const Program& current = frame.current == nullptr ? own : frame.current->program();
  const ir::TableType& known = own.tables[index];
  int place = &current == &own ? static_cast<int>(index) : current.find_table(known.hash);
  if (place < 0) return {&current, nullptr};
  const ir::TableType& found = current.tables[static_cast<std::size_t>(place)];
  bool same_kind = found.catalog == known.catalog && found.key.kind == known.key.kind &&
                   found.record.valid() == known.record.valid();
  return {&current, found.rows != nullptr && same_kind ? &found : nullptr};
}

// A row as the current program has it → as an older one knows it: fields by name, those whose type
// became another are missing. Missing as a whole where a field that is needed would be.
Value reshaped(const Value& row, const Program& from, ir::Type from_type, const Program& to,
               ir::Type to_type) {
  const ir::Record* record = row.get<ir::Record>();
  if (record == nullptr) return {};
  const ir::RecordType& had = from.types.record_at(from_type);
  Items fields;
  for (const ir::Field& field : to.types.record_at(to_type).fields) {
    int place = had.find(field.name);
    bool same =
        place >= 0 && had.fields[static_cast<std::size_t>(place)].type.kind == field.type.kind;
    fields.push_back(same ? (*record->fields)[static_cast<std::size_t>(place)] : Value());
    if (fields.back().missing() && !field.type.optional) return {};
  }
  return Value::record(std::move(fields));
}

Value reshape(Value value, const Found& found, const Program& own, ir::Type type) {
  if (found.program == &own || found.table == nullptr) return value;
  if (type.kind == Kind::kRecord)
    return reshaped(value, *found.program, found.table->record, own, type);
  const ir::List* list = value.get<ir::List>();
  if (type.kind != Kind::kList || list == nullptr) return value;
  Items rows;
  for (const Value& row : *list->items) {
    Value known = reshaped(row, *found.program, found.table->record, own, own.types.element(type));
    if (!known.missing()) rows.push_back(std::move(known));
  }
  return Value::list(std::move(rows));
}

bool asks_a_table(stdlib::Builtin builtin) {
  for (const stdlib::Parameter& parameter : stdlib::info_of(builtin).parameters)
    if (parameter.takes == stdlib::Takes::kCatalog || parameter.takes == stdlib::Takes::kList)
      return true;
  return false;
}

bool asks_a_pool(stdlib::Builtin builtin) {
  for (const stdlib::Parameter& parameter : stdlib::info_of(builtin).parameters)
    if (parameter.takes == stdlib::Takes::kPool) return true;
  return false;
}

void pluck_into(const Value& value, std::uint32_t index, Items& found) {
  if (const ir::List* list = value.get<ir::List>()) {
    for (const Value& item : *list->items) pluck_into(item, index, found);
  } else if (const ir::Record* record = value.get<ir::Record>()) {
    if (!(*record->fields)[index].missing()) found.push_back((*record->fields)[index]);
  }
}

void explain_into(const Executor& executor, ir::NodeId id, const Frame& frame, std::string& text) {
  if (id == ir::NodeId::kNone) return;
  const ir::Node& node = executor.program().node(id);
  explain_into(executor, node.a, frame, text);
  explain_into(executor, node.b, frame, text);
  explain_into(executor, node.c, frame, text);
  for (ir::NodeId operand : node.operands) explain_into(executor, operand, frame, text);
  if (node.op != ir::Op::kCall) return;
  Items operands;
  for (ir::NodeId operand : node.operands) operands.push_back(executor.evaluate(operand, frame));
  std::string why;
  call(executor.program(), node, operands, frame, &why);
  if (!why.empty()) text += (text.empty() ? "" : "; ") + why;
}

}  // namespace

Value call(const Program& own, const ir::Node& node, const Items& operands, const Frame& frame,
           std::string* why) {
  auto builtin = static_cast<stdlib::Builtin>(node.index);
  Found found;
  if (asks_a_table(builtin)) found = table_now(own, node.slot, frame);
  stdlib::Call call{operands,     found.program,      found.table, nullptr,
                    std::nullopt, raw(frame.journey), why};
  if (asks_a_pool(builtin)) {
    call.pool = &own.coupons[node.slot];
    if (frame.coupon_keys != nullptr)
      if (auto key = frame.coupon_keys->find(call.pool->hash); key != frame.coupon_keys->end())
        call.pool_key = key->second;
  }
  return reshape(stdlib::call(builtin, call), found, own, node.type);
}

bool in_table(const Program& own, const ir::Node& node, const Value& key, const Frame& frame) {
  Found found = table_now(own, node.index, frame);
  if (found.table == nullptr || key.missing()) return false;
  return static_cast<bool>(found.table->rows->find(ir::table_key(key, found.table->key.kind)));
}

std::string table_name_now(const Program& own, std::uint32_t table, const Frame& frame) {
  Found found = table_now(own, table, frame);
  return found.table == nullptr ? own.tables[table].name + ", which is gone"
                                : stdlib::versioned_name(*found.table);
}

Value pluck(const Value& list, std::uint32_t index) {
  Items found;
  pluck_into(list, index, found);
  return Value::list(std::move(found));
}

std::string explain_calls(const Executor& executor, ir::NodeId node, const Frame& frame) {
  std::string text;
  explain_into(executor, node, frame, text);
  return text;
}

}  // namespace trig::exec
