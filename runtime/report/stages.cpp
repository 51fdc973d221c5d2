#include "runtime/report/stages.h"

#include "compiler/base/codec.h"
#include "runtime/report/inside.h"

namespace trig::report {

Result<Stages> stages_of(const Store& store, const ir::Campaign& campaign) {
  InsideQuestion of_campaign;
  of_campaign.wanted = [&](NameHash name) { return name == campaign.hash; };
  auto inside = count_inside(store, of_campaign);
  if (!inside) return tl::unexpected(inside.error());
  Stages stages;
  for (const StepCount& count : *inside) {
    if (count.campaign.version == campaign.version)
      stages.by_step[count.step].waiting += count.journeys;
    else
      stages.on_older_versions += count.journeys;
  }
  bool damaged = false;
  Status done = store.scan(Space::kMessages, {}, {}, [&](std::string_view, std::string_view value) {
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
