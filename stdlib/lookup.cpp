// lookup and rows: what stands in a catalog or list under a key.
#include <fmt/format.h>

#include "compiler/base/limits.h"
#include "stdlib/builtins.h"

namespace trig::stdlib::functions {

ir::Value lookup(const Call& call) {
  const ir::Value& key = call.operands[0];
  if (call.table == nullptr || key.missing()) return {};
  const ir::Table& table = *call.table->rows;
  ir::Table::Rows found = table.find(ir::table_key(key, call.table->key.kind));
  if (call.why != nullptr)
    *call.why = fmt::format("{} {} {}", versioned_name(*call.table), found ? "has" : "has no",
                            ir::to_string(key));
  return found ? ir::Value::record(table.row(found.begin)) : ir::Value();
}

ir::Value rows(const Call& call) {
  ir::Items items;
  if (call.table == nullptr) return ir::Value::list(std::move(items));
  const ir::Table& table = *call.table->rows;
  ir::Table::Rows found;
  if (!call.operands[0].missing())
    found = table.find(ir::table_key(call.operands[0], call.table->key.kind));
  for (std::size_t i = found.begin; i < found.end && items.size() < kMaxListItems; ++i)
    items.push_back(ir::Value::record(table.row(i)));
  if (call.why != nullptr)
    *call.why = fmt::format("{} has {} rows", versioned_name(*call.table), items.size());
  return ir::Value::list(std::move(items));
}

}  // namespace trig::stdlib::functions
