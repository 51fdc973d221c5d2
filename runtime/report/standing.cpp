// What `why` adds for one campaign: how the person stands to it now.
#include <fmt/format.h>

#include "runtime/engine/rows.h"
#include "runtime/report/inside.h"
#include "runtime/report/why.h"

namespace trig::report {
namespace {

Result<exec::AddressState> address_state(const Store& store, const ir::Program& program,
                                         const exec::PersonState& state) {
  exec::AddressState none;
  if (program.person_email < 0) return none;
  const ir::Field& field = program.types.record_at(program.person)
                               .fields[static_cast<std::size_t>(program.person_email)];
  const ir::Value* value = state.field(name_hash(field.name));
  const std::string* address = value == nullptr ? nullptr : value->get<std::string>();
  auto secret = store.get(Space::kMeta, std::string(engine::kMetaWorkspace));
  if (!secret) return tl::unexpected(secret.error());
  if (address == nullptr || !*secret) return none;
  auto stored = store.get(Space::kAddresses, engine::address_key(**secret, *address));
  if (!stored) return tl::unexpected(stored.error());
  if (!*stored) return none;
  auto known = engine::decode_address(**stored);
  if (!known) return fail("the record of an address is damaged");
  return *known;
}

// A clock that ran faster has passed the real one.
Result<Instant> clock_of(const Store& store, Instant now) {
  auto stored = store.get(Space::kMeta, std::string(engine::kMetaClock));
  if (!stored) return tl::unexpected(stored.error());
  if (!*stored) return now;
  ByteReader reader(**stored);
  return std::max(now, reader.instant());
}

// When the events that start the campaign came last, as far as decisions are kept.
void tell_events(const ir::Program& program, const ir::Campaign& campaign, Zone zone,
                 const std::vector<exec::Decision>& decisions, std::vector<std::string>& lines) {
  auto told = [&](Instant at) {
    LocalTime local = zone.to_local(at);
    local.since_epoch = std::chrono::floor<std::chrono::seconds>(local.since_epoch);
    return to_string(local);
  };
  for (const auto& alternative : campaign.trigger.alternatives) {
    const std::string& event = program.events[alternative.event].name;
    const exec::Decision* last = nullptr;
    for (const exec::Decision& decision : decisions)
      if (decision.kind == exec::DecisionKind::kEvent &&
          std::string_view(decision.detail).substr(0, decision.detail.find(',')) == event)
        last = &decision;
    if (last != nullptr)
      lines.push_back(fmt::format("`{}` came last at {}", event, told(last->at)));
    else if (decisions.empty())
      lines.push_back(fmt::format("`{}` never came, as far as is kept", event));
    else
      lines.push_back(fmt::format("`{}` has not come since {}, as far as is kept", event,
                                  told(decisions.front().at)));
  }
}

}  // namespace

Result<std::vector<std::string>> standing(const Store& store, const StandingQuestion& question,
                                          const std::vector<exec::Decision>& decisions) {
  const ir::Program& program = *question.program;
  const int index = program.find_campaign(name_hash(question.campaign));
  if (index < 0) return std::vector<std::string>{"the campaign is not in the project any more"};
  auto state = person_state(store, question.person);
  if (!state) return tl::unexpected(state.error());
  if (!*state) return std::vector<std::string>{};
  auto address = address_state(store, program, **state);
  if (!address) return tl::unexpected(address.error());
  auto now = clock_of(store, question.now);
  if (!now) return tl::unexpected(now.error());
  const std::unique_ptr<exec::Executor> executor = exec::make_interpreter(program);
  exec::World world;
  world.current = executor.get();
  std::vector<std::string> lines =
      exec::standing(world, **state, static_cast<std::uint32_t>(index), *address, *now);
  tell_events(program, program.campaigns[static_cast<std::size_t>(index)], question.zone, decisions,
              lines);
  return lines;
}

std::string standing_text(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += fmt::format("{:<20} {}\n", "now", line);
  return text;
}

}  // namespace trig::report
