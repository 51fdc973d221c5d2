#include "runtime/report/stages.h"

#include "compiler/exec/campaign_numbers.h"
#include "compiler/exec/person_state.h"
#include "runtime/engine/rows.h"

namespace trig::report {
namespace {

// What the numbers of campaigns in stored people stand for.
Result<exec::CampaignNumbers> campaign_numbers(const Store& store) {
  exec::CampaignNumbers numbers;
  bool damaged = false;
  Status done = store.scan(Space::kPrograms, engine::kCampaignNumbers,
                           engine::after_prefix(engine::kCampaignNumbers),
                           [&](std::string_view key, std::string_view value) {
                             const auto ref = engine::read_campaign_value(value);
                             damaged = !ref || key != engine::campaign_number_key(numbers.of(*ref));
                             return !damaged;
                           });
  if (done && damaged) return fail("the numbers of campaigns are damaged");
  if (!done) return tl::unexpected(done.error());
  return numbers;
}

}  // namespace

Result<Stages> stages_of(const Store& store, const ir::Campaign& campaign) {
  auto numbers = campaign_numbers(store);
  if (!numbers) return tl::unexpected(numbers.error());
  Stages stages;
  bool damaged = false;
  Status done = store.scan(Space::kPeople, {}, {}, [&](std::string_view, std::string_view value) {
    ByteReader reader(value);
    exec::PersonState person;
    damaged = !exec::decode(reader, *numbers, person);
    for (const exec::Journey& journey : person.journeys) {
      if (journey.campaign.campaign != campaign.hash) continue;
      if (journey.campaign.version == campaign.version)
        ++stages.by_step[journey.step].waiting;
      else
        ++stages.on_older_versions;
    }
    return !damaged;
  });
  if (done && damaged) return fail("the row of a person is damaged");
  if (!done) return tl::unexpected(done.error());
  done = store.scan(Space::kMessages, {}, {}, [&](std::string_view, std::string_view value) {
    ByteReader reader(value);
    const exec::Message message = exec::decode_message(reader);
    damaged = !reader.ok() || !reader.at_end();
    if (message.campaign == exec::CampaignRef{campaign.hash, campaign.version} &&
        message.state == exec::MessageState::kSent)
      ++stages.by_step[message.step].sent;
    return !damaged;
  });
  if (done && damaged) return fail("a mail row is damaged");
  if (!done) return tl::unexpected(done.error());
  return stages;
}

}  // namespace trig::report
