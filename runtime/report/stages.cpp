#include "runtime/report/stages.h"

#include "compiler/exec/person_state.h"

namespace trig::report {

Result<Stages> stages_of(const Store& store, const ir::Campaign& campaign) {
  Stages stages;
  bool damaged = false;
  Status done = store.scan(Space::kPeople, {}, {}, [&](std::string_view, std::string_view value) {
    ByteReader reader(value);
    exec::PersonState person;
    damaged = !exec::decode(reader, person);
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
