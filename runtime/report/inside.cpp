#include "runtime/report/inside.h"

#include <map>
#include <optional>
#include <tuple>

#include "compiler/base/codec.h"
#include "compiler/exec/campaign_numbers.h"
#include "runtime/engine/rows.h"
#include "runtime/ports/limits.h"

namespace trig::report {
namespace {

// What the numbers in the records of people stand for. Read after the records: each number is
// committed with the first record that has it, so that none of theirs is missing then.
Result<exec::CampaignNumbers> campaign_numbers(const Store& store) {
  exec::CampaignNumbers numbers;
  bool damaged = false;
  Status done = store.scan(Space::kPrograms, engine::kCampaignNumbers,
                           engine::after_prefix(engine::kCampaignNumbers),
                           [&](std::string_view key, std::string_view value) {
                             auto ref = engine::read_campaign_value(value);
                             damaged = !ref || key != engine::campaign_number_key(numbers.of(*ref));
                             return !damaged;
                           });
  if (!done) return tl::unexpected(done.error());
  if (damaged) return fail("the numbers of campaigns are damaged");
  return numbers;
}

}  // namespace

Result<std::vector<StepCount>> count_inside(const Store& store, const InsideQuestion& question) {
  using Key = std::tuple<NameHash, Hash128, std::uint32_t>;
  std::map<Key, StepCount> counts;
  bool damaged = false;
  bool cancelled = false;
  std::optional<Result<exec::CampaignNumbers>> numbers;
  Status done = store.scan(Space::kPeople, {}, {}, [&](std::string_view, std::string_view value) {
    // The scan sees the store as it was when it began.
    if (!numbers) numbers = campaign_numbers(store);
    exec::PersonState state;
    ByteReader reader(value);
    damaged = !*numbers || !exec::decode(reader, **numbers, state);
    cancelled = question.cancelled != nullptr && *question.cancelled;
    if (damaged || cancelled) return false;
    for (const exec::Journey& journey : state.journeys) {
      if (!question.wanted(journey.campaign.campaign)) continue;
      StepCount& count =
          counts[{journey.campaign.campaign, journey.campaign.version, journey.step}];
      count.campaign = journey.campaign;
      count.step = journey.step;
      ++count.journeys;
      if (count.samples.size() < kMaxSamplePeople &&
          (count.samples.empty() || count.samples.back() != state.id))
        count.samples.push_back(state.id);
    }
    return true;
  });
  if (!done) return tl::unexpected(done.error());
  if (numbers && !*numbers) return tl::unexpected(numbers->error());
  if (damaged) return fail("the record of a person is damaged");
  if (cancelled) return fail("the server is stopping");
  std::vector<StepCount> rows;
  for (auto& [key, count] : counts) rows.push_back(std::move(count));
  return rows;
}

Result<std::optional<exec::PersonState>> person_state(const Store& store, PersonId person) {
  auto stored = store.get(Space::kPeople, engine::person_key(person));
  if (!stored) return tl::unexpected(stored.error());
  if (!*stored) return std::optional<exec::PersonState>();
  auto numbers = campaign_numbers(store);
  if (!numbers) return tl::unexpected(numbers.error());
  exec::PersonState state;
  ByteReader reader(**stored);
  if (!exec::decode(reader, *numbers, state)) return fail("the record of a person is damaged");
  return state;
}

}  // namespace trig::report
