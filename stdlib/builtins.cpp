#include "stdlib/builtins.h"

#include "compiler/base/check.h"

namespace trig::stdlib {

#define TRIG_PARAMETERS(...) \
  { __VA_ARGS__ }

bool is_optional(Takes takes) {
  switch (takes) {
    case Takes::kCatalog:
    case Takes::kList:
    case Takes::kPool:
    case Takes::kKey:
    case Takes::kCount:
    case Takes::kPlace: return false;
    case Takes::kMaybeKeys:
    case Takes::kMaybeViewed:
    case Takes::kMaybeBought: return true;
  }
  return false;
}

const std::vector<BuiltinInfo>& builtins() {
  static const std::vector<BuiltinInfo> all = {
#define TRIG_BUILTIN(name, parameters, gives, documentation) \
  {Builtin::name, #name, TRIG_PARAMETERS parameters, gives, documentation},
#include "stdlib/builtins.def"
#undef TRIG_BUILTIN
  };
  return all;
}

const BuiltinInfo& info_of(Builtin builtin) {
  return builtins()[static_cast<std::size_t>(builtin)];
}

const BuiltinInfo* find_builtin(std::string_view name) {
  for (const BuiltinInfo& info : builtins())
    if (info.name == name) return &info;
  return nullptr;
}

std::string signature(const BuiltinInfo& info) {
  std::string text(info.name);
  char joint = '(';
  for (const Parameter& parameter : info.parameters) {
    text += joint == '(' ? "(" : ", ";
    joint = ',';
    text += parameter.name;
    if (is_optional(parameter.takes)) text += ": …";
  }
  return text + ")";
}

ir::Value call(Builtin builtin, const Call& call) {
  switch (builtin) {
#define TRIG_BUILTIN(name, parameters, gives, documentation) \
  case Builtin::name:                                        \
    return functions::name(call);
#include "stdlib/builtins.def"
#undef TRIG_BUILTIN
  }
  TRIG_CHECK(false, "a function outside its enumeration");
}

std::string versioned_name(const ir::TableType& table) {
  return table.name + " " + table.rows->version_text();
}

}  // namespace trig::stdlib
