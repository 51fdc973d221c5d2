// A story as text: the program as a .trig file, the history as lines to read.
#pragma once

#include <string>

#include "tests/sim/differential/story.h"

namespace trig::sim {

std::string program_text(const Program& program);
std::string history_text(const History& history);
std::string outcome_text(const Outcome& outcome);
// What an event or an identify carries, as JSON.
std::string payload(const Fields& fields);

}  // namespace trig::sim
