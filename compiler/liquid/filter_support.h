// What several filters need: their input as text or as a list of items, and bounded results.
#pragma once

#include <string>
#include <string_view>

#include "compiler/liquid/filters.h"
#include "compiler/liquid/render_error.h"

namespace trig::liquid {

// Throws BoundError if a value would outgrow what a template may print or count.
void check_text_size(std::size_t bytes);
void check_item_count(std::uint64_t items);

// The items a list filter works on: a list flattened, a range counted out, a map as one item,
// nothing for nil, any other value as one item.
List items_of(const Data& input);

// A text result as trusted as the least trusted of what it was made of.
Data text_result(std::string text, const Data& input);
Data text_result(std::string text, const Data& input, const Data& other);

std::string escape_html(std::string_view text);

// item[property] as the filters where, map, sort … see it. Gives false in `has_properties` for a
// value that has none (nil, a boolean, a float); throws RenderError where the property cannot be
// one.
Data property_of(const Data& item, const Data& property, bool& has_properties);

}  // namespace trig::liquid
