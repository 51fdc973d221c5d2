// Where the steps of a campaign lead, and what they evaluate. Steps only lead forward.
//
//   for (const ir::Way& way : ir::ways_from(campaign, step)) look_at(way.to);
#pragma once

#include <vector>

#include "compiler/ir/program.h"

namespace trig::ir {

struct Way {
  std::size_t to = 0;    // a step
  Duration time{};       // it takes at least; an event or a silence may be there already
  bool holdout = false;  // into a hold-out: no mail goes out and nothing is done from there on
};

// In the order that Executor::took_way counts them. Of an End: none.
std::vector<Way> ways_from(const Campaign& campaign, std::size_t step);

// Whether a journey may stand at the step for a while, before it does anything further.
bool waits(const Step& step);

// The expressions that a step evaluates itself.
std::vector<NodeId> nodes_of(const Step& step);

}  // namespace trig::ir
