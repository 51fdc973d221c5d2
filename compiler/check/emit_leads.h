// Leads: an event leads to another where a journey takes the one and emits the other. Circles of
// leads are an error where nothing waits on the way (check_emit.cpp) and a lint where something
// does (lint/lint_circles.cpp). Internal to compiler/check.
#pragma once

#include <vector>

#include "compiler/ir/program.h"

namespace trig::check {

struct Lead {
  std::uint32_t from = 0;  // Program::events
  std::uint32_t to = 0;
  const ir::Campaign* campaign = nullptr;
  TextRange range;                   // of the `emit`
  std::vector<std::uint32_t> needs;  // other events it takes too: the parts of a sequence
  Duration time{};         // from the one event to the other, at least; without waits zero
  std::uint32_t emit = 0;  // step of the campaign
  std::int64_t takes = 1;  // events that start one journey: of a count several
};

// The leads that can follow each other for ever: what they need besides comes by a lead again.
std::vector<Lead> lasting(std::vector<Lead> leads);

// The leads of a way from one event to another, with the fewest events; empty: there is none.
std::vector<const Lead*> way(const std::vector<Lead>& leads, std::uint32_t from, std::uint32_t to);

// Whether a circle emits as many events as it takes: where counts take more than there come, it
// dies down.
bool sustains(const std::vector<Lead>& leads, const std::vector<const Lead*>& circle);

std::int64_t taken_by(const ir::StartTrigger& trigger);

// The events that `alternative` of the trigger cannot start without: of a sequence the other parts.
std::vector<std::uint32_t> needed_besides(const ir::StartTrigger& trigger, std::size_t alternative);

}  // namespace trig::check
