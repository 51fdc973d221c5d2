#include "runtime/report/stages.h"

#include "runtime/engine/person_reader.h"

namespace trig::report {
Result<Stages> stages_of(const Store& store, const ir::Campaign& campaign) {
  engine::PersonReader people(store);
  Stages stages;
  bool damaged = false;
  std::optional<Failure> unreadable;
  Status done = store.scan(Space::kPeople, {}, {}, [&](std::string_view, std::string_view value) {
    auto person = people.read(value);
    if (!person) {
      unreadable = person.error();
      return false;
    }
    for (const exec::Journey& journey : person->journeys) {
      if (journey.campaign.campaign != campaign.hash) continue;
      if (journey.campaign.version == campaign.version)
        ++stages.by_step[journey.step].waiting;
      else
        ++stages.on_older_versions;
    }
    return true;
  });
  if (done && unreadable) return tl::unexpected(*unreadable);
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
