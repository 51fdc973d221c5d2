// Who is inside campaigns now: journeys by campaign, version and step, counted from the store as it
// is at one moment, beside a running server and without stopping it.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <vector>

#include "compiler/base/result.h"
#include "compiler/exec/person_state.h"
#include "runtime/ports/store.h"

namespace trig::report {

struct StepCount {
  exec::CampaignRef campaign;
  std::uint32_t step = 0;
  std::size_t journeys = 0;
  std::vector<PersonId> samples;  // at most kMaxSamplePeople, the lowest numbers
};

struct InsideQuestion {
  std::function<bool(NameHash campaign)> wanted;
  const std::atomic<bool>* cancelled = nullptr;  // may be null; then a Failure
};

// By campaign, version and step.
Result<std::vector<StepCount>> count_inside(const Store& store, const InsideQuestion& question);

// The state of a person as it was committed last; nullopt: there is no such person.
Result<std::optional<exec::PersonState>> person_state(const Store& store, PersonId person);

}  // namespace trig::report
