// Makes a story that shows something smaller, as long as it still shows it: campaigns, steps,
// conditions and lines of the history are left out one by one until none can be spared.
#pragma once

#include <functional>

#include "tests/sim/differential/story.h"

namespace trig::sim {

struct Story {
  Program program;
  History history;
};

// `shows` must be true of `story`. Asks it `most` times at most.
Story shrunk(Story story, const std::function<bool(const Story&)>& shows, int most = 3'000);

}  // namespace trig::sim
