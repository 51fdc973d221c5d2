// Values that look like the real ones, for a template nobody has sent yet: by the type of a
// parameter and by its name. A catalog's records are the first rows of that catalog.
#pragma once

#include <string_view>

#include "compiler/ir/program.h"
#include "compiler/ir/value.h"

namespace trig::preview {

ir::Value sample_value(const ir::Program& program, ir::Type type, std::string_view name);

// The instant of every preview that is not of a test: the same picture every day.
Instant sample_time();

}  // namespace trig::preview
