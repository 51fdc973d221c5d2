// trig.toml → Config. docs/reference/configuration.md lists every setting.
//
// Unknown settings, wrong types, values that mean nothing and missing ones are E0150 to E0156; the
// Config holds what could be read and the defaults for the rest.
#pragma once

#include "compiler/base/source.h"
#include "compiler/diagnostics/diagnostic.h"
#include "compiler/project/project.h"

namespace trig::project {

inline constexpr std::string_view kConfigFile = "trig.toml";

Config read_config(SourceId id, const Source& source, Diagnostics& diagnostics);

// "90 seconds", "1 minute", "24 hours", "2 days", "1 week": exact; nullopt for anything else.
std::optional<Duration> parse_duration(std::string_view text);

}  // namespace trig::project
