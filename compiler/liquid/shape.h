// What the checker knows of a value: its type, or that it is a list a filter made of such.
#pragma once

#include <optional>
#include <string>

#include "compiler/ir/type.h"
#include "compiler/liquid/filters.h"

namespace trig::liquid {

struct Shape {
  ir::Type type;          // invalid: nothing is known, everything fits
  bool list_of = false;   // a list of `type` that has no entry in the type table
  bool optional = false;  // may be missing

  bool known() const { return type.valid(); }
  bool is(ir::Kind kind) const { return !list_of && type.kind == kind; }
  bool is_list() const { return list_of || type.kind == ir::Kind::kList; }
  friend bool operator==(const Shape&, const Shape&) = default;
};

Shape shape_of(ir::Type type);
Shape unknown_shape();
Shape text_shape(bool optional = false);
Shape scalar_shape(ir::Kind kind, bool optional = false);

// An item of a list; unknown if nothing is known.
Shape item_of(const Shape& list, const ir::TypeTable& types);
Shape list_of(const Shape& item);

// "a list of cart_item", "text", "money": for messages.
std::string describe(const Shape& shape, const ir::TypeTable& types);

// What a filter makes of an input of this shape, without regard to its arguments.
Shape filtered_shape(const FilterInfo& filter, const Shape& input, const ir::TypeTable& types);

}  // namespace trig::liquid
