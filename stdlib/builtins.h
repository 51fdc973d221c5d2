// The functions of the language: what they take and give, for the checker and the documentation,
// and the functions themselves, pure functions on Value, for every executor.
//
//   const BuiltinInfo* info = find_builtin("lookup");           // null: there is no such function
//   Value row = call(info->builtin, {operands, program, table});
//
// To add one: a row in builtins.def and a function of that name in a file of this folder.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/ir/program.h"
#include "compiler/ir/value.h"

namespace trig::stdlib {

// What a parameter takes, and which operands of the call it becomes.
enum class Takes : std::uint8_t {
  kCatalog,      // the name of a catalog: Call::table, no operand
  kList,         // the name of a list with columns: Call::table and, as operand, the person's key
  kPool,         // the name of a pool of coupons: Call::pool, no operand
  kKey,          // a key of the catalog
  kCount,        // a whole number written out, 1 to kMaxRecommended
  kPlace,        // two operands: latitude and longitude in degrees
  kMaybeKeys,    // keys of the catalog, one or a list; or records that have one. A list of keys
  kMaybeViewed,  // the name of an event that shows interest in a row: the list of keys
  kMaybeBought,  // the name of an event that ends it: the list of keys
};
bool is_optional(Takes takes);

enum class Gives : std::uint8_t {
  kText,
  kNumber,        // missing where an operand is
  kRowOrMissing,  // a row of the table
  kRows,          // a list of them
};

enum class Builtin : std::uint8_t {
#define TRIG_BUILTIN(name, parameters, gives, documentation) name,
#include "stdlib/builtins.def"
#undef TRIG_BUILTIN
};

struct Parameter {
  std::string_view name;
  Takes takes;
};

struct BuiltinInfo {
  Builtin builtin;
  std::string_view name;
  std::vector<Parameter> parameters;
  Gives gives;
  std::string_view documentation;
};

const std::vector<BuiltinInfo>& builtins();  // by name
const BuiltinInfo& info_of(Builtin builtin);
const BuiltinInfo* find_builtin(std::string_view name);
// "lookup(catalog, key)", "recommend(catalog, count, like: …)".
std::string signature(const BuiltinInfo& info);

// One call at run time.
struct Call {
  const ir::Items& operands;
  const ir::Program* program = nullptr;  // the one that `table` belongs to
  const ir::TableType* table = nullptr;  // with rows; null: the deploy has none any more
  const ir::CouponPool* pool = nullptr;
  std::optional<std::string> pool_key = std::nullopt;  // its secret
  std::uint64_t journey = 0;
  std::string* why = nullptr;  // what `why` says of this call, if it is asked
};

ir::Value call(Builtin builtin, const Call& call);

namespace functions {
#define TRIG_BUILTIN(name, parameters, gives, documentation) ir::Value name(const Call& call);
#include "stdlib/builtins.def"
#undef TRIG_BUILTIN
}  // namespace functions

// "products 3f2a1b9c": a table and the version of its rows, as `why` names them.
std::string versioned_name(const ir::TableType& table);

}  // namespace trig::stdlib
