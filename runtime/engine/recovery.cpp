// Opening a store: state is read, no rule runs. Then what the last process left half done: a deploy
// to record, mails whose last attempt was never answered.
#include <algorithm>

#include "compiler/base/check.h"
#include "runtime/engine/impl.h"

namespace trig::engine {

Engine::Impl::Impl(Store& store_in, std::shared_ptr<const Deployed> deployed, CompileFiles compile,
                   EngineSettings settings_in)
    : view(store_in),
      timers(view, settings_in.durable),
      people(view, timers, settings_in.people_in_memory, settings_in.durable),
      programs(view, std::move(deployed), std::move(compile)),
      settings(std::move(settings_in)),
      store(store_in) {
  world.find_version = [this](const exec::CampaignRef& ref) { return programs.find(ref); };
  world.mail_name = [this](MessageId id) { return mail_name(workspace, id); };
  world.coupon_keys = &settings.coupon_keys;
  world.late_window = settings.max_event_age;
  world.explain = settings.keep_decisions;
  name_events();
}

void Engine::Impl::name_events() {
  event_names.clear();
  const ir::Program& program = *programs.current().program;
  keep_mails =
      settings.durable || std::any_of(program.events.begin(), program.events.end(),
                                      [](const ir::EventType& event) { return event.about_mail; });
  for (std::uint32_t i = 0; i < program.events.size(); ++i) {
    for (const std::string& name : program.events[i].received_names) event_names.emplace(name, i);
    event_names.insert_or_assign(program.events[i].name, i);
  }
}

Result<std::unique_ptr<Engine>> Engine::open(Store& store, std::shared_ptr<const Deployed> deployed,
                                             CompileFiles compile, EngineSettings settings,
                                             Instant now) {
  auto impl =
      std::make_unique<Impl>(store, std::move(deployed), std::move(compile), std::move(settings));
  try {
    impl->recover(now);
  } catch (const StoreFailed& failed) {
    return fail("cannot open the store: {}", failed.message);
  }
  std::unique_ptr<Engine> engine(new Engine(std::move(impl)));
  auto committed = engine->commit();
  if (!committed) return tl::unexpected(committed.error());
  TRIG_CHECK(committed->attempts.empty(), "recovery began an attempt");
  return engine;
}

void Engine::Impl::recover(Instant now) {
  auto number = [&](std::string_view name) -> std::optional<std::uint64_t> {
    auto stored = view.get(Space::kMeta, std::string(name));
    if (!stored) return std::nullopt;
    ByteReader reader(*stored);
    std::uint64_t value = reader.fixed64();
    if (!reader.ok() || !reader.at_end())
      throw StoreFailed{"the record `" + std::string(name) + "` is damaged"};
    return value;
  };
  people.recover();
  clock = now;
  last_seen = now;
  if (auto stored = view.get(Space::kMeta, std::string(kMetaClock))) {
    ByteReader reader(*stored);
    clock = reader.instant();
    if (!reader.ok()) throw StoreFailed{"the record `clock` is damaged"};
    last_seen = clock;
    note_clock(now);
  }
  sequence = Sequence{number(kMetaSequence).value_or(0)};
  next_person = number(kMetaNextPerson).value_or(1);
  if (auto stored = view.get(Space::kMeta, std::string(kMetaTotals))) {
    auto known = decode_totals(*stored);
    if (!known) throw StoreFailed{"the record `totals` is damaged"};
    totals = *known;
    committed_totals = totals;
  }
  if (auto stored = view.get(Space::kMeta, std::string(kMetaWorkspace))) {
    workspace = *stored;
  } else {
    TRIG_CHECK(!settings.workspace_secret.empty(), "a new store needs a workspace secret");
    workspace = settings.workspace_secret;
    view.put(Space::kMeta, std::string(kMetaWorkspace), workspace);
  }
  std::string rates(kMetaRate);
  view.scan(Space::kMeta, rates, after_prefix(rates),
            [&](std::string_view key, std::string_view value) {
              ByteReader policy(key.substr(rates.size()));
              ByteReader next(value);
              rate_gate.restore(NameHash{policy.fixed64()}, next.instant());
              if (!policy.ok() || !next.ok()) throw StoreFailed{"the record `rate` is damaged"};
              return true;
            });
  view.scan(Space::kAddresses, {}, {}, [&](std::string_view, std::string_view) {
    addresses_known = true;
    return false;
  });
  take_up_program(std::max(clock, now));
  ask_again_for_unanswered();
}

// What the current program asks of a store in which another one was deployed last.
void Engine::Impl::take_up_program(Instant now) {
  Programs::Changes changes = programs.begin_deploy();
  note_kept(now);
  prepare_triggers(now);
  if (!changes.empty()) apply_changes(changes, now);
  programs.finish_deploy();
}

// Everything until now was the old program's, and is committed; so a store that fails in between
// holds either.
void Engine::Impl::deploy(std::shared_ptr<const Deployed> next, Instant now) {
  arrive(now);
  people.write_all();  // what follows goes through the stored ones
  commit_turn();
  programs.replace(std::move(next));
  name_events();
  kept.clear();
  filling.reset();
  take_up_program(clock);
}

// A removed campaign ends its journeys, an edited one does what its `edits` says (semantics 8).
void Engine::Impl::apply_changes(const Programs::Changes& changes, Instant now) {
  constexpr std::size_t kChunk = 1'000;
  auto affects = [&](const exec::Journey& journey) {
    NameHash campaign = journey.campaign.campaign;
    return std::find(changes.removed.begin(), changes.removed.end(), campaign) !=
               changes.removed.end() ||
           std::find(changes.edited.begin(), changes.edited.end(), campaign) !=
               changes.edited.end();
  };
  std::string from;
  for (bool more = true; more;) {
    more = false;
    std::vector<PersonId> affected;
    std::size_t read = 0;
    view.scan(Space::kPeople, from, {}, [&](std::string_view key, std::string_view value) {
      const exec::PersonState state = read_or_throw(value, people.numbers());
      if (std::any_of(state.journeys.begin(), state.journeys.end(), affects))
        affected.push_back(state.id);
      from = std::string(key) + '\0';
      more = ++read == kChunk;
      return !more;
    });
    for (PersonId person : affected) {
      exec::PersonState& state = *people.find(person);
      const PersonHistory history = people.history(person);
      exec::Effects effects;
      const exec::World& world = world_for(history);
      exec::end_journeys(world, state, changes.removed, "the campaign was removed", now, effects);
      exec::edit_journeys(world, state, changes.edited, now, effects);
      fold(state, effects);
      people.changed(person);
      take_emitted();
    }
    commit_turn();
  }
}

// The process ended between `attempt begun` and the reply: the mail is in doubt (P5).
void Engine::Impl::ask_again_for_unanswered() {
  std::vector<MessageId> unanswered;
  std::string prefix(kMetaInFlight);
  view.scan(Space::kMeta, prefix, after_prefix(prefix),
            [&](std::string_view key, std::string_view) {
              ByteReader reader(key.substr(prefix.size()));
              unanswered.push_back(MessageId{reader.fixed64()});
              return true;
            });
  in_flight = unanswered.size();
  for (MessageId id : unanswered) {
    PersonId person = forwarded(person_of(id));
    exec::PersonState* state = people.find(person);
    const exec::Message* message = state ? state->find_message(id) : nullptr;
    if (message == nullptr) {
      view.remove(Space::kMeta, prefix + message_key(id));
      --in_flight;
      continue;
    }
    exec::SendResult result{id, message->attempt, exec::SendReport::kInDoubt, std::nullopt,
                            "the server stopped before the reply was recorded"};
    if (!settings.at_most_once || message->post) {
      result.report = exec::SendReport::kRetry;
      result.retry_at = clock;
    }
    const PersonHistory history = people.history(person);
    exec::Effects effects;
    exec::step(world_for(history), *state, result, clock, effects);
    fold(*state, effects);
    people.changed(person);
  }
}

}  // namespace trig::engine
