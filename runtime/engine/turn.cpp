// Inputs and timers of a turn, and the folding of Effects into its Commit.
#include <algorithm>
#include <array>
#include <numeric>

#include "compiler/base/check.h"
#include "runtime/engine/impl.h"
#include "runtime/ports/limits.h"

namespace trig::engine {
namespace {

// Something else than a mail, which may have to wait for room.
bool is_due(const exec::PersonState& state, Instant now) {
  auto any = [&](const auto& list, auto due) {
    return std::any_of(list.begin(), list.end(),
                       [&](const auto& one) { return one.*due && *(one.*due) <= now; });
  };
  return any(state.journeys, &exec::Journey::wake) ||
         any(state.planned, &exec::PlannedStart::due) ||
         any(state.memberships, &exec::Membership::check_at);
}

}  // namespace

Engine::Engine(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Engine::~Engine() = default;

template <typename Work>
void Engine::guard(Work work) {
  if (failed()) return;
  try {
    work();
  } catch (const StoreFailed& failed) {
    impl_->failure = failed.message;
  }
}

bool Engine::advance(Instant now) {
  bool more = false;
  guard([&] { more = impl_->advance(now, now); });
  return more;
}

bool Engine::settle(Instant now) {
  bool more = false;
  guard([&] { more = impl_->advance(now, now + Duration(1)); });
  return more;
}

bool Engine::fill_history(Instant now) {
  bool more = false;
  guard([&] { more = impl_->fill_chunk(now); });
  return more;
}

void Engine::deploy(std::shared_ptr<const Deployed> next, Instant now) {
  guard([&] { impl_->deploy(std::move(next), now); });
}

void Engine::expect(std::span<const Envelope> soon) {
  guard([&] { impl_->expect(soon); });
}

void Engine::take(Envelope envelope, Instant now) {
  guard([&] { impl_->take(std::move(envelope), now); });
}

void Engine::read_ahead(std::span<const Envelope* const> envelopes, Instant now) {
  guard([&] { impl_->read_ahead(envelopes, now); });
}

void Engine::take_all(std::span<Envelope> envelopes, Instant now) {
  while (!envelopes.empty()) {
    const auto next = envelopes.first(std::min(envelopes.size(), kExpectedTogether));
    envelopes = envelopes.subspan(next.size());
    expect(next);
    for (Envelope& envelope : next) take(std::move(envelope), now);
  }
}

bool Engine::Impl::advance(Instant now, Instant before) {
  note_clock(now);
  const bool more = fire_timers(before);
  if (!more) clock = std::max(clock, now);
  resume(clock);
  return more;
}

void Engine::Impl::arrive(Instant now) {
  now = std::max(now, clock);
  fire_timers(now);
  clock = now;
}

// Where more timers are due than a turn fires, those of this person still come before what has just
// come in: each person's own order is kept.
void Engine::Impl::fire_own(PersonId person) {
  if (!behind || clock < settle_until) return;
  for (Instant due : people.due_before(person, clock)) {
    timers.given({due, person});
    fire(person, due < settle_until ? clock : std::max(due, people.stepped_at(person)));
  }
}

Result<Engine::Closed> Engine::begin_commit() {
  Closed closed;
  guard([&] { closed.commit = &impl_->close_turn(); });
  if (failed()) return fail("the engine stopped: {}", impl_->failure);
  closed.turn.attempts = std::exchange(impl_->attempts, {});
  impl_->attempts.reserve(closed.turn.attempts.size());  // the next turn has about as many
  return closed;
}

Status Engine::finish_commit(const Status& done) {
  guard([&] { impl_->landed(done); });
  if (failed()) return fail("the engine stopped: {}", impl_->failure);
  return {};
}

Result<Turn> Engine::commit() {
  auto closed = begin_commit();
  if (!closed) return tl::unexpected(closed.error());
  Status done =
      finish_commit(closed->commit->empty() ? Status() : impl_->store.commit(*closed->commit));
  if (!done) return tl::unexpected(done.error());
  return std::move(closed->turn);
}

const exec::PersonState* Engine::person(PersonId id) {
  const exec::PersonState* state = nullptr;
  guard([&] { state = impl_->people.find(impl_->forwarded(id)); });
  return state;
}

std::vector<exec::Decision> Engine::decisions(PersonId id) {
  std::vector<exec::Decision> found;
  guard([&] {
    std::string prefix = decision_prefix(impl_->forwarded(id));
    impl_->view.scan(Space::kDecisions, prefix, after_prefix(prefix),
                     [&](std::string_view, std::string_view value) {
                       auto decisions = decode_decisions(value);
                       if (!decisions) throw StoreFailed{"a line of `why` is damaged"};
                       std::move(decisions->begin(), decisions->end(), std::back_inserter(found));
                       return true;
                     });
  });
  // Two people that were joined each have their own lines.
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.at < b.at; });
  return found;
}

std::optional<PersonId> Engine::find_user(std::string_view user_id) {
  std::optional<PersonId> found;
  guard([&] { found = impl_->find_identity(identity_key(IdentityKind::kUser, user_id)); });
  return found;
}

std::optional<PersonId> Engine::find_anonymous(std::string_view anonymous_id) {
  std::optional<PersonId> found;
  guard(
      [&] { found = impl_->find_identity(identity_key(IdentityKind::kAnonymous, anonymous_id)); });
  return found;
}

void Engine::answer(MessageId message, std::uint32_t attempt, exec::SendReport report,
                    std::optional<Instant> retry_at, std::string note, Instant now) {
  guard([&] {
    impl_->arrive(now);
    exec::SendResult result{message, attempt, report, retry_at, std::move(note)};
    impl_->answer(std::move(result));
  });
}

void Engine::unsubscribe(const UnsubscribeRequest& request, Instant now) {
  guard([&] {
    impl_->arrive(now);
    impl_->unsubscribe(request);
  });
}

bool Engine::set_subscription(std::string_view user_id, std::optional<NameHash> topic,
                              bool subscribed, std::string how, Instant now) {
  bool known = false;
  guard([&] {
    impl_->arrive(now);
    auto person = impl_->find_identity(identity_key(IdentityKind::kUser, user_id));
    if (!person) return;
    known = true;
    impl_->set_subscription(*person, {topic, subscribed, std::move(how)});
  });
  return known;
}

bool Engine::changed() const { return impl_->changed(); }
void Engine::number_next_person(std::uint64_t number) { impl_->next_person = number; }
Store& Engine::store() { return impl_->store; }
const Totals& Engine::totals() const { return impl_->totals; }
Instant Engine::clock() const { return impl_->clock; }
std::optional<Instant> Engine::next_timer() {
  std::optional<Instant> due;
  guard([&] {
    impl_->people.follow();
    due = impl_->timers.earliest();
  });
  if (due) due = std::max(*due, impl_->settle_until);
  return due;
}
std::string Engine::workspace_secret() const { return impl_->workspace; }
bool Engine::filling() const { return impl_->filling.has_value(); }
std::vector<Completeness> Engine::windows() const { return impl_->completeness(); }
std::size_t Engine::in_flight() const { return impl_->in_flight; }
std::size_t Engine::parked() const { return impl_->parked.size(); }
const Deployed& Engine::deployed() const { return impl_->programs.current(); }
bool Engine::failed() const { return !impl_->failure.empty(); }

// A gap between two looks at the clock is an outage: timers rest until the inbox had time to be
// read (semantics 9). An engine that is merely busy with many timers was not away.
void Engine::Impl::note_clock(Instant now) {
  Duration gap = now - last_seen;
  last_seen = std::max(last_seen, now);
  if (settings.virtual_time || gap <= settings.outage) return;
  settle_until = now + settings.settling;
}

// True if there are more, for the turns to come.
bool Engine::Impl::fire_timers(Instant before) {
  const bool were_behind = std::exchange(behind, false);
  people.follow();
  if (before < settle_until) {
    behind = were_behind;
    return false;
  }
  for (;; --timers_left) {
    if (timers_left == 0) {
      behind = timers.any_before(before);
      return behind;
    }
    auto timer = timers.next(before);
    if (!timer) return false;
    // A step sees its due time as now; after an outage it sees the real instant, and where a late
    // event has set a timer in the past, the instant of that event.
    Instant now = std::max(timer->due, were_behind ? people.stepped_at(timer->person) : clock);
    if (timer->due < settle_until) now = before;
    if (timer->due >= settle_until) clock = std::max(clock, timer->due);
    fire(timer->person, now);
    people.follow();
    expect_timers();
  }
}

// Those whom the next timers will wake were last at hand long ago.
void Engine::Impl::expect_timers() {
  if (timers_expected > 0 && --timers_expected > 0) return;
  std::array<PersonId, kExpectedTogether> room{};
  const std::span<PersonId> next = timers.next_people(room);
  people.expect(next);
  timers_expected = next.size();
}

// What a journey sets after its mail may make something else due at this very instant, whose timer
// has been given already.
void Engine::Impl::fire(PersonId person, Instant now) {
  for (const exec::PersonState* state = people.find(person); state != nullptr;) {
    step_now(person, exec::TimerDue{}, now);
    state = people.find(person);
    if (state != nullptr && !is_due(*state, now)) break;
  }
}

const exec::World& Engine::Impl::world_for(const exec::History& history) {
  world.current = programs.current().executor.get();
  world.history = &history;
  world.sequence = sequence;
  return world;
}

void Engine::Impl::step(PersonId person, const exec::Input& input, Instant now) {
  fire_own(person);
  step_now(person, input, now);
}

void Engine::Impl::step_now(PersonId person, const exec::Input& input, Instant now) {
  step_once(person, input, now);
  take_emitted();
  ask_policy(person, now);
}

void Engine::Impl::step_once(PersonId person, const exec::Input& input, Instant now) {
  exec::PersonState* state = people.find(person);
  TRIG_CHECK(state != nullptr, "a step for nobody");
  take_step(*state, input, now);
  people.stepped(person, now);
}

void Engine::Impl::take_step(exec::PersonState& state, const exec::Input& input, Instant now) {
  const PersonHistory history = people.history(state.id);
  effects.clear();
  exec::step(world_for(history), state, input, now, effects);
  fold(state, effects);
  people.changed(state.id);
}

void Engine::Impl::fold(exec::PersonState& state, exec::Effects& effects) {
  if (settings.told) settings.told(effects);
  if (!effects.decisions.empty() || !effects.not_started.empty())
    keep_decisions(state, effects.decisions, effects.not_started);
  for (const exec::MessageChange& change : effects.messages) {
    bool post = change.message.post != nullptr;
    auto& states = post ? totals.posts : totals.messages;
    if (change.from)
      --states[static_cast<std::size_t>(*change.from)];
    else
      ++(post ? totals.posts_decided : totals.decided);
    ++states[static_cast<std::size_t>(change.message.state)];
    const bool begins = change.message.state == exec::MessageState::kSending;
    const bool was_answered = !begins && change.from == exec::MessageState::kSending;
    if (begins) ++in_flight;
    if (was_answered) --in_flight;
    if (!keep_mails) continue;
    const std::string key = message_key(change.message.id);
    if (begins) view.put(Space::kMeta, std::string(kMetaInFlight) + key, {});
    if (was_answered) view.remove(Space::kMeta, std::string(kMetaInFlight) + key);
    ByteWriter writer;
    exec::encode(change.message, writer);
    view.put(Space::kMessages, key, writer.bytes());
  }
  for (std::size_t at : effects.attempts) {
    exec::Message& message = effects.messages[at].message;
    auto holder = programs.holder_of(message.campaign);
    attempts.push_back({std::move(message), std::move(holder)});
  }
  for (const exec::AddressChange& change : effects.addresses)
    change_address(address_key(workspace, change.address), change.topic, change.subscribed);
  for (exec::Emitted& event : effects.emitted)
    emitted.push_back({state.id, std::move(event), emit_depth + 1});
  totals.objectives_met += effects.objectives_met;
  totals.objectives_missed += effects.objectives_missed;
  totals.goals += effects.goals.size();
  totals.journeys_started += effects.started.size();
  totals.journeys_ended += effects.ended.size();
  totals.arrived_too_late += effects.arrived_too_late;
}

void Engine::Impl::keep_decisions(exec::PersonState& state,
                                  const std::vector<exec::Decision>& decisions,
                                  const std::vector<exec::NotStarted>& not_started) {
  encode(decisions, not_started, decision_row);
  keep_decision_row(state, decision_row);
}

void Engine::Impl::keep_decision_row(exec::PersonState& state, std::string_view row) {
  std::uint64_t number = state.next_decision++;
  view.put(Space::kDecisions, decision_key(state.id, number), row);
  if (number > kMaxDecisionsPerPerson)
    view.remove(Space::kDecisions, decision_key(state.id, number - kMaxDecisionsPerPerson));
}

bool Engine::Impl::changed() const {
  return !view.empty() || people.changed() || !(totals == committed_totals);
}

const Commit& Engine::Impl::close_turn() {
  timers_left = kTimersPerTurn;
  people.flush();
  if (!changed()) return view.close_turn();
  auto sum = [](const auto& states) {
    return std::accumulate(states.begin(), states.end(), std::uint64_t{0});
  };
  TRIG_CHECK(sum(totals.messages) == totals.decided, "P4: every decided mail has one state");
  TRIG_CHECK(sum(totals.posts) == totals.posts_decided, "P4: every decided post has one state");
  ByteWriter clock_bytes;
  clock_bytes.instant(clock);
  view.put(Space::kMeta, std::string(kMetaClock), clock_bytes.take());
  view.put(Space::kMeta, std::string(kMetaSequence), event_key(sequence));
  view.put(Space::kMeta, std::string(kMetaNextPerson), person_key(PersonId{next_person}));
  view.put(Space::kMeta, std::string(kMetaTotals), encode(totals));
  committed_totals = totals;
  for (const auto& [policy, next] : rate_gate.take_changes()) {
    ByteWriter next_bytes;
    next_bytes.instant(next);
    view.put(Space::kMeta, rate_key(policy), next_bytes.take());
  }
  return view.close_turn();
}

void Engine::Impl::landed(const Status& done) {
  if (!done) throw StoreFailed{done.error().message};
  view.landed();
}

void Engine::Impl::commit_turn() {
  const Commit& commit = close_turn();
  landed(commit.empty() ? Status() : store.commit(commit));
}

}  // namespace trig::engine
