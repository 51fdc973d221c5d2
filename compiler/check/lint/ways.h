// Ways through the steps of a campaign, and how long they take at least. Steps only lead forward.
// Internal to compiler/check.
#pragma once

#include <optional>
#include <vector>

#include "compiler/ir/program.h"

namespace trig::check {

// From the start to each step; nothing for one that no way leads to. An event that is waited for
// may be there at once, a moment may be past, a person may have been silent for long already. Ways
// through a hold-out are none: no mail goes out and nothing is done on them.
std::vector<std::optional<Duration>> shortest_times(const ir::Campaign& campaign);

// The rest of a journey, from a step to its end.
struct Rest {
  Duration time{};
  bool stops = false;  // something is waited for, or a mail is handed over, on the way
};
Rest shortest_rest(const ir::Campaign& campaign, std::uint32_t step);

}  // namespace trig::check
