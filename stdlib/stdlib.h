// The standard library: .trig files that are built into the program and brought in by `use`.
//
//   if (const EmbeddedFile* module = stdlib::find("std.ecommerce")) parse(module->text);
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/embedded.h"

namespace trig::stdlib {

// The text of a module by its name in `use`, or null.
const EmbeddedFile* find(std::string_view module);

// "std.ecommerce", … in alphabetical order.
std::vector<std::string> modules();

// The module that declares an event, or empty: to say which `use` is missing.
std::string_view module_of_event(std::string_view event);

}  // namespace trig::stdlib
