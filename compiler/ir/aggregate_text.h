// An aggregate as it is written: "count(product_viewed in 7 days where …)".
#pragma once

#include <string>
#include <vector>

#include "compiler/ir/program.h"

namespace trig::ir {

std::string describe(const Program& program, const Aggregate& aggregate);

// The fields of its event that it reads, ascending.
std::vector<std::uint32_t> fields_read(const Program& program, const Aggregate& aggregate);

}  // namespace trig::ir
