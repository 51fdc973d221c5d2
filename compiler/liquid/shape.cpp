#include "compiler/liquid/shape.h"

#include <fmt/format.h>

namespace trig::liquid {

Shape shape_of(ir::Type type) { return {type.required(), false, type.optional}; }

Shape unknown_shape() { return {}; }

Shape text_shape(bool optional) { return scalar_shape(ir::Kind::kText, optional); }

Shape scalar_shape(ir::Kind kind, bool optional) { return {{kind, false, 0}, false, optional}; }

Shape item_of(const Shape& list, const ir::TypeTable& types) {
  if (list.list_of) return {list.type, false, false};
  if (list.type.kind == ir::Kind::kList) return shape_of(types.element(list.type));
  return unknown_shape();
}

Shape list_of(const Shape& item) {
  if (!item.known() || item.is_list()) return unknown_shape();
  return {item.type, true, false};
}

std::string describe(const Shape& shape, const ir::TypeTable& types) {
  std::string name = types.name(shape.type);
  if (shape.list_of) return "a list of " + name;
  if (shape.type.kind == ir::Kind::kList || shape.type.kind == ir::Kind::kRecord)
    return "a " + name;
  return name;
}

Shape filtered_shape(const FilterInfo& filter, const Shape& input, const ir::TypeTable& types) {
  switch (filter.result) {
    case FilterResult::kText: return text_shape(input.optional);
    case FilterResult::kNumber:
      if (input.is(ir::Kind::kMoney)) return input;
      return scalar_shape(ir::Kind::kNumber, input.optional);
    case FilterResult::kInteger: return scalar_shape(ir::Kind::kInteger);
    case FilterResult::kBoolean: return scalar_shape(ir::Kind::kBoolean);
    case FilterResult::kSame: return input;
    case FilterResult::kItem: {
      if (!input.is_list()) return input.is(ir::Kind::kText) ? input : unknown_shape();
      Shape item = item_of(input, types);
      item.optional = item.optional || input.optional || filter.name == "find";
      return item;
    }
    case FilterResult::kItems: {
      Shape list = input;
      if (!input.is_list() && input.known()) list = list_of(input);
      list.optional = false;
      return list;
    }
    case FilterResult::kTexts: return list_of(text_shape());
    case FilterResult::kAny: return unknown_shape();
  }
  return unknown_shape();
}

}  // namespace trig::liquid
