#include "runtime/report/inside.h"

#include <map>
#include <optional>
#include <tuple>

#include "runtime/engine/person_reader.h"
#include "runtime/engine/rows.h"
#include "runtime/ports/limits.h"

namespace trig::report {

Result<std::vector<StepCount>> count_inside(const Store& store, const InsideQuestion& question) {
  using Key = std::tuple<NameHash, Hash128, std::uint32_t>;
  std::map<Key, StepCount> counts;
  engine::PersonReader people(store);
  std::optional<Failure> unreadable;
  bool cancelled = false;
  Status done = store.scan(Space::kPeople, {}, {}, [&](std::string_view, std::string_view value) {
    cancelled = question.cancelled != nullptr && *question.cancelled;
    if (cancelled) return false;
    auto state = people.read(value);
    if (!state) {
      unreadable = state.error();
      return false;
    }
    for (const exec::Journey& journey : state->journeys) {
      if (!question.wanted(journey.campaign.campaign)) continue;
      StepCount& count =
          counts[{journey.campaign.campaign, journey.campaign.version, journey.step}];
      count.campaign = journey.campaign;
      count.step = journey.step;
      ++count.journeys;
      if (count.samples.size() < kMaxSamplePeople &&
          (count.samples.empty() || count.samples.back() != state->id))
        count.samples.push_back(state->id);
    }
    return true;
  });
  if (!done) return tl::unexpected(done.error());
  if (unreadable) return tl::unexpected(*unreadable);
  if (cancelled) return fail("the server is stopping");
  std::vector<StepCount> rows;
  for (auto& [key, count] : counts) rows.push_back(std::move(count));
  return rows;
}

Result<std::optional<exec::PersonState>> person_state(const Store& store, PersonId person) {
  auto stored = store.get(Space::kPeople, engine::person_key(person));
  if (!stored) return tl::unexpected(stored.error());
  if (!*stored) return std::optional<exec::PersonState>();
  auto state = engine::PersonReader(store).read(**stored);
  if (!state) return tl::unexpected(state.error());
  return std::optional(std::move(*state));
}

}  // namespace trig::report
