#include "compiler/project/toml.h"

#define TOML_EXCEPTIONS 1
#include <toml++/toml.h>

#include <algorithm>

namespace trig::project::toml {
namespace {

namespace lib = ::toml;

// toml++ counts lines from 1 and columns in code points from 1.
std::uint32_t offset_of(const Source& source, lib::source_position place) {
  const std::uint32_t line = std::clamp<std::uint32_t>(place.line, 1, source.line_count());
  const std::string_view text = source.line_text(line);
  std::uint32_t column = 1;
  std::uint32_t offset = 0;
  while (offset < text.size() && column < place.column) {
    ++offset;
    while (offset < text.size() && (static_cast<unsigned char>(text[offset]) & 0xc0) == 0x80)
      ++offset;
    ++column;
  }
  return source.line_begin(line) + offset;
}

class Reader {
 public:
  Reader(SourceId id, const Source& source) : id_(id), source_(source) {}

  TextRange range(const lib::source_region& region) const {
    const std::uint32_t begin = offset_of(source_, region.begin);
    return {id_, begin, std::max(begin, offset_of(source_, region.end))};
  }

  Table table(const lib::table& from) const {
    Table to;
    for (const auto& [key, node] : from)
      to.settings.push_back({std::string(key.str()), range(key.source()), value(node)});
    // toml++ sorts by name; the order of the file is the one to report in.
    std::stable_sort(to.settings.begin(), to.settings.end(), [](const auto& a, const auto& b) {
      return a.name_range.begin < b.name_range.begin;
    });
    return to;
  }

 private:
  Value value(const lib::node& node) const {
    const TextRange place = range(node.source());
    if (const auto* text = node.as_string()) return {text->get(), place};
    if (const auto* number = node.as_integer()) return {number->get(), place};
    if (const auto* boolean = node.as_boolean()) return {boolean->get(), place};
    if (const auto* inner = node.as_table()) return {table(*inner), place};
    if (const auto* array = node.as_array()) {
      std::vector<Value> items;
      for (const lib::node& item : *array) items.push_back(value(item));
      return {std::move(items), place};
    }
    return {Other{node.is_floating_point() ? "a number with decimals" : "a date or time"}, place};
  }

  SourceId id_;
  const Source& source_;
};

}  // namespace

std::string kind_of(const Value& value) {
  struct Name {
    std::string operator()(const std::string&) const { return "a text"; }
    std::string operator()(std::int64_t) const { return "a whole number"; }
    std::string operator()(bool) const { return "true or false"; }
    std::string operator()(const Other& other) const { return other.kind; }
    std::string operator()(const Table&) const { return "a table"; }
    std::string operator()(const std::vector<Value>&) const { return "an array"; }
  };
  return std::visit(Name(), value.data);
}

Table parse(SourceId id, const Source& source, Diagnostics& diagnostics) {
  const Reader reader(id, source);
  try {
    return reader.table(lib::parse(std::string_view(source.text()), source.path()));
  } catch (const lib::parse_error& error) {
    diagnostics.report(Code::kNotToml, reader.range(error.source()), {error.description()});
    return {};
  }
}

}  // namespace trig::project::toml
