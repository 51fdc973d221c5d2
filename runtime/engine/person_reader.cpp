#include "runtime/engine/person_reader.h"

#include <fmt/format.h>

#include "compiler/exec/state_forms.h"
#include "runtime/engine/rows.h"

namespace trig::engine {

Result<exec::CampaignNumbers> read_campaign_numbers(const Store& store) {
  exec::CampaignNumbers numbers;
  bool damaged = false;
  Status done = store.scan(Space::kPrograms, kCampaignNumbers, after_prefix(kCampaignNumbers),
                           [&](std::string_view key, std::string_view value) {
                             auto ref = read_campaign_value(value);
                             damaged = !ref || key != campaign_number_key(numbers.of(*ref));
                             return !damaged;
                           });
  if (!done) return tl::unexpected(done.error());
  if (damaged) return fail("the numbers of campaigns are damaged");
  return numbers;
}

Result<exec::PersonState> read_person(std::string_view stored,
                                      const exec::CampaignNumbers& numbers) {
  if (!stored.empty() && static_cast<std::uint8_t>(stored.front()) > exec::kPersonForm)
    return fail(
        "the record of a person has form {}, this trig reads forms up to {}: it was written by a "
        "newer release; run that release, or restore the data directory from before it",
        static_cast<int>(static_cast<std::uint8_t>(stored.front())),
        static_cast<int>(exec::kPersonForm));
  exec::PersonState state;
  ByteReader reader(stored);
  if (!exec::decode(reader, numbers, state)) return fail("the record of a person is damaged");
  return state;
}

Result<exec::PersonState> PersonReader::read(std::string_view stored) {
  if (auto state = read_person(stored, numbers_)) return state;
  auto numbers = read_campaign_numbers(store_);
  if (!numbers) return tl::unexpected(numbers.error());
  numbers_ = std::move(*numbers);
  return read_person(stored, numbers_);
}

}  // namespace trig::engine
