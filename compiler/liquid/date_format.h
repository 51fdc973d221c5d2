// Dates in templates: reading them from what a template holds, and writing them by a pattern.
// The directives are those of Ruby's strftime, which Liquid documents: %Y %m %d %B %b %A %a %e %H
// %I %M %S %L %p %z %Z %s %F %T … with the flags - 0 ^ # _ and a width.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "compiler/liquid/data.h"
#include "compiler/liquid/filters.h"

namespace trig::liquid {

// A wall-clock reading with its distance from UTC.
struct Moment {
  LocalTime local;
  std::chrono::seconds offset{0};
  std::string zone = "UTC";  // what %Z prints
};

// A date, an instant, seconds since 1970 (integer or digits), "now", "today", or a written date as
// "March 14, 2016", "2016-03-14 10:30 +0100", "14 Mar 2016 5pm". Nothing if it is none of these.
std::optional<Moment> to_moment(const Data& data, const FilterContext& context);
std::optional<Moment> parse_moment(std::string_view text, const FilterContext& context);
Moment moment_at(Instant instant, Zone zone);

// Throws RenderError for a width beyond reason.
std::string format_moment(const Moment& moment, std::string_view pattern);

}  // namespace trig::liquid
