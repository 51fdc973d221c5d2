// The filters of Liquid, and trig's own `money` and `raw`. filters.def lists them; each is a
// function from its input and arguments to a value. A filter that cannot do its work throws
// RenderError.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/base/time.h"
#include "compiler/liquid/data.h"

namespace trig::liquid {

// What a filter may know besides its input.
struct FilterContext {
  Instant now;                // what `"now" | date` means
  Zone zone = Zone::utc();    // in which instants are shown
  std::string_view language;  // of `money` without an argument: "fr"; empty: the plain form
  bool html = false;          // data is escaped before markup is added to it
};

struct FilterArguments {
  std::vector<Data> values;
  std::vector<std::pair<std::string, Data>> named;

  // The argument, or nil if it was not given.
  const Data& operator[](std::size_t index) const;
  std::size_t size() const { return values.size(); }
};

using FilterFunction = Data (*)(const Data& input, const FilterArguments& arguments,
                                const FilterContext& context);

enum class FilterResult : std::uint8_t {
  kText,
  kNumber,
  kInteger,
  kBoolean,
  kSame,
  kItem,
  kItems,
  kTexts,
  kAny,
};

struct FilterInfo {
  std::string_view name;
  FilterFunction function;
  std::size_t least;
  std::size_t most;
  FilterResult result;
};

const FilterInfo* find_filter(std::string_view name);  // null if there is none
const std::vector<std::string>& filter_names();

#define TRIG_LIQUID_FILTER(name, function, least, most, result) \
  Data function(const Data& input, const FilterArguments& arguments, const FilterContext& context);
namespace filters {
#include "compiler/liquid/filters.def"
}
#undef TRIG_LIQUID_FILTER

}  // namespace trig::liquid
