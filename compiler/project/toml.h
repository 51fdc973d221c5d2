// trig.toml as a small tree with places, so that a wrong setting can be shown where it stands. The
// only user of toml++ is toml.cpp.
//
//   toml::Table table = toml::parse(id, sources[id], diagnostics);   // E0150
//   for (const toml::Setting& setting : table.settings) …
//
// TOML: https://toml.io/en/v1.0.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "compiler/base/source.h"
#include "compiler/base/text_range.h"
#include "compiler/diagnostics/diagnostic.h"

namespace trig::project::toml {

struct Setting;

struct Table {
  std::vector<Setting> settings;  // in the order of the file
};
struct Other {  // a kind of value no setting has: float, date, time
  std::string kind;
};

struct Value {
  std::variant<std::string, std::int64_t, bool, Other, Table, std::vector<Value>> data;
  TextRange range;
};

struct Setting {
  std::string name;
  TextRange name_range;
  Value value;
};

// "a text", "a whole number", "a table", … as messages name what was found.
std::string kind_of(const Value& value);

// What could be read; after an error of TOML itself nothing.
Table parse(SourceId id, const Source& source, Diagnostics& diagnostics);

}  // namespace trig::project::toml
