// What expressions and filters share about values: their order, and the properties size, first,
// last.
#pragma once

#include <optional>

#include "compiler/liquid/data.h"

namespace trig::liquid {

// Below 0, 0, above 0; nothing if the two have no order (text and number, lists with other things).
std::optional<int> compare(const Data& a, const Data& b);

Data first_of(
    const Data& data);  // of a list, range, text; of a map the pair [key, value]; else nil
Data last_of(const Data& data);
std::optional<Data> size_of(const Data& data);  // nothing for what has no size: nil, floats

}  // namespace trig::liquid
