// Mistakes that the differential test must find: executors of a program that says something a
// little different.
#pragma once

#include <optional>
#include <string_view>

#include "runtime/drive/deployed.h"

namespace trig::sim {

// By name: greater, window, unless, exit, again. nullopt: there is no such mistake.
std::optional<drive::MakeExecutor> plant(std::string_view name, drive::MakeExecutor around);

}  // namespace trig::sim
