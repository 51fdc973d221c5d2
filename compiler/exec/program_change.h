// What differs between a program and the one it was made from by changing a few campaigns
// (ir::Program::parent). Everything else of the two is the same, and so are the numbers of
// campaigns and events.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "compiler/exec/executor.h"

namespace trig::exec {

bool goes_on_from(const ir::Program& program, const ir::Program& was);

// Whose version is another, ascending.
std::vector<std::uint32_t> changed_campaigns(const ir::Program& was, const ir::Program& program);

// By event: those of `changed` that had or have a rule on it, ascending.
std::map<std::uint32_t, std::vector<std::uint32_t>> events_of(
    const ir::Program& was, const ir::Program& program, const std::vector<std::uint32_t>& changed);

// Whether index_triggers says the same of both.
bool same_triggers(const ir::Program& was, const ir::Program& program,
                   const std::vector<std::uint32_t>& changed);

// `before` with the rules that `campaigns` have now.
std::vector<Executor::Match> candidates_with(const ir::Program& program, std::uint32_t event,
                                             const std::vector<Executor::Match>& before,
                                             const std::vector<std::uint32_t>& campaigns);

}  // namespace trig::exec
