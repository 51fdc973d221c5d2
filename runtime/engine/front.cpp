// The front stage: which event is it, was it here before, whom is it about; then one step.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "compiler/base/check.h"
#include "compiler/base/limits.h"
#include "compiler/exec/payload.h"
#include "compiler/exec/running.h"
#include "runtime/engine/impl.h"
#include "runtime/ports/limits.h"

namespace trig::engine {
namespace {

// Seen events lie in periods as long as the window: it reaches back into one of them at most.
std::uint32_t duplicate_period(Instant instant) {
  return static_cast<std::uint32_t>(instant.time_since_epoch() / kDuplicateWindow);
}

// "Order Completed", "orderCompleted" and "order-completed" as order_completed.
std::string snake_case(std::string_view name) {
  std::string text;
  for (char c : name) {
    bool capital = c >= 'A' && c <= 'Z';
    bool separator = c == ' ' || c == '-' || c == '.' || c == '_';
    if ((capital || separator) && !text.empty() && text.back() != '_') text += '_';
    if (!separator) text += capital ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return text;
}

}  // namespace

int Engine::Impl::event_index(const Envelope& envelope) const {
  std::string_view name = envelope.event;
  if (envelope.kind == EnvelopeKind::kPage) name = "page_viewed";
  if (envelope.kind == EnvelopeKind::kScreen) name = "screen_viewed";
  auto found = event_names.find(name);
  if (found == event_names.end()) found = event_names.find(snake_case(name));
  return found == event_names.end() ? -1 : static_cast<int>(found->second);
}

std::vector<std::string> Engine::Impl::duplicate_keys(const Envelope& envelope,
                                                      Instant received_at) {
  const std::uint32_t period = duplicate_period(received_at);
  std::string id = envelope.source;
  id += '\0';
  id += envelope.message_id;
  const Hash128 hash = hash128(id);
  return {duplicate_key(period, hash), duplicate_key(period - 1, hash)};
}

bool Engine::Impl::is_duplicate(const Envelope& envelope) {
  if (envelope.message_id.empty()) return false;
  const std::vector<std::string> keys = duplicate_keys(envelope, envelope.received_at);
  for (const auto& stored : view.get_many(Space::kDuplicates, keys)) {
    if (!stored) continue;
    ByteReader reader(*stored);
    Instant seen = reader.instant();
    if (!reader.ok()) throw StoreFailed{"a record of seen events is damaged"};
    if (envelope.received_at - seen <= kDuplicateWindow) return true;
  }
  ByteWriter seen;
  seen.instant(envelope.received_at);
  view.put(Space::kDuplicates, keys.front(), seen.bytes());
  drop_old_duplicates(duplicate_period(envelope.received_at) - 1);
  return false;
}

// Periods leave the window whole, a bounded number of rows an event.
void Engine::Impl::drop_old_duplicates(std::uint32_t keep_from) {
  constexpr std::size_t kRowsAtOnce = 16;
  if (duplicates_kept_from >= keep_from) return;
  std::vector<std::string> old;
  view.scan(Space::kDuplicates, {}, duplicate_key(keep_from, {}),
            [&](std::string_view key, std::string_view) {
              old.emplace_back(key);
              return old.size() < kRowsAtOnce;
            });
  for (const std::string& key : old) view.remove(Space::kDuplicates, key);
  if (old.size() < kRowsAtOnce) duplicates_kept_from = keep_from;
}

void Engine::Impl::expect(std::span<const Envelope> soon) const {
  boost::container::small_vector<PersonId, kExpectedTogether> expected;
  for (; !soon.empty(); soon = soon.subspan(std::min(soon.size(), kExpectedTogether))) {
    expected.clear();
    for (const Envelope& envelope : soon.first(std::min(soon.size(), kExpectedTogether))) {
      const bool by_user = !envelope.user_id.empty();
      const auto known = identities.find(
          hash128(identity_key(by_user ? IdentityKind::kUser : IdentityKind::kAnonymous,
                               by_user ? envelope.user_id : envelope.anonymous_id)));
      if (known != identities.end()) expected.push_back(known->second);
    }
    people.expect(expected);
  }
}

void Engine::Impl::take(Envelope&& envelope, Instant now) {
  arrive(now);
  envelope.received_at = clock;
  if (envelope.occurred_at > clock || envelope.occurred_at == Instant())
    envelope.occurred_at = clock;
  if (is_duplicate(envelope)) {
    ++totals.events_duplicate;
    return;
  }
  sequence = Sequence{raw(sequence) + 1};
  const Sequence at = sequence;  // events that follow from it take the next ones
  ++totals.events;
  EventRow row{.envelope = std::move(envelope)};
  const bool is_event = row.envelope.kind == EnvelopeKind::kTrack ||
                        row.envelope.kind == EnvelopeKind::kPage ||
                        row.envelope.kind == EnvelopeKind::kScreen;
  ReadEvent read;
  if (is_event && row.envelope.malformed.empty()) read = read_event(row.envelope);
  const std::optional<PersonId> recipient = recipient_of(read);
  if (row.envelope.malformed.empty() && !recipient && row.envelope.user_id.empty() &&
      row.envelope.anonymous_id.empty())
    row.envelope.malformed = "no userId and no anonymousId";
  if (!row.envelope.malformed.empty()) {
    row.fate = EventFate::kRejected;
    row.reason = row.envelope.malformed;
  } else {
    exec::Traits traits;
    if (row.envelope.kind == EnvelopeKind::kIdentify)
      traits = exec::decode_traits(*programs.current().program, row.envelope.payload);
    std::optional<PersonId> person = recipient;
    if (!person && is_event) person = known_already(row.envelope);
    row.person = person ? *person : resolve(row.envelope, traits);
    switch (row.envelope.kind) {
      case EnvelopeKind::kTrack:
      case EnvelopeKind::kPage:
      case EnvelopeKind::kScreen: apply_event(row, read, at, false); break;
      case EnvelopeKind::kIdentify: apply_identify(row, traits); break;
      case EnvelopeKind::kGroup:
      case EnvelopeKind::kAlias: row.fate = EventFate::kOnlyIds; break;
    }
    // A wait may have found in the other's past what it waited for, and gone on to a mail. It is
    // asked for when all of this envelope is known, the address too.
    if (std::exchange(joined, false)) ask_policy(row.person, clock);
  }
  if (row.fate == EventFate::kRejected) {
    ++totals.events_rejected;
    view.put(Space::kRejected, event_key(at), row.reason);
  }
  if (settings.keep_events) keep_event(at, row);
}

void Engine::Impl::keep_event(Sequence at, const EventRow& row) {
  row_writer.clear();
  encode(row, row_writer);
  view.put(Space::kEvents, event_key(at), row_writer.bytes());
}

Engine::Impl::ReadEvent Engine::Impl::read_event(const Envelope& envelope) const {
  ReadEvent read;
  read.index = event_index(envelope);
  if (read.index >= 0)
    programs.current().executor->decode(static_cast<std::uint32_t>(read.index), envelope.payload,
                                        read.decoded);
  return read;
}

std::vector<MessageId> Engine::Impl::mails_named(const ReadEvent& read) const {
  const ir::Program& program = *programs.current().program;
  if (read.index < 0 || !read.decoded.problems.empty()) return {};
  const ir::EventType& event = program.events[static_cast<std::size_t>(read.index)];
  if (!event.about_mail) return {};
  std::vector<MessageId> named;
  const auto& fields = program.types.record_at(event.record).fields;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto* name = read.decoded.fields()[i].get<std::string>();
    if (fields[i].type.kind != ir::Kind::kMessage || name == nullptr) continue;
    if (auto message = read_mail_name(workspace, *name)) named.push_back(*message);
  }
  return named;
}

std::optional<PersonId> Engine::Impl::recipient_of(const ReadEvent& read) {
  for (MessageId message : mails_named(read)) {
    const PersonId person = forwarded(person_of(message));
    if (people.find(person) != nullptr) return person;  // not erased since
  }
  return std::nullopt;
}

void Engine::Impl::apply_event(EventRow& row, const ReadEvent& read, Sequence at,
                               bool emitted_event) {
  const Envelope& envelope = row.envelope;
  auto reject = [&](std::string reason) {
    row.fate = EventFate::kRejected;
    row.reason = std::move(reason);
  };
  bool page = envelope.kind != EnvelopeKind::kTrack;
  if (read.index < 0 && page) {
    row.fate = EventFate::kOnlyIds;  // pages nobody declared are not a mistake
    return;
  }
  if (read.index < 0) return reject("no event is declared as `" + envelope.event + "`");
  const ir::Program& program = *programs.current().program;
  auto event = static_cast<std::uint32_t>(read.index);
  const exec::Decoded& decoded = read.decoded;
  if (!decoded.problems.empty()) return reject(decoded.problems.front());
  exec::EventInput input;
  input.moment = {envelope.occurred_at, at};
  input.event = program.events[event].hash;
  input.index = event;
  input.fields = &decoded;
  input.payload = envelope.payload;
  input.may_start = envelope.received_at - envelope.occurred_at <= settings.max_event_age;
  input.emitted = emitted_event;
  note_address(read);
  if (program.events[event].kept_in_history)
    keep_history(row.person, event, input.moment, decoded.fields());
  if (emitted_event)
    step_once(row.person, input, envelope.received_at);
  else
    step(row.person, input, clock);
}

void Engine::Impl::apply_identify(EventRow& row, const exec::Traits& traits) {
  if (!traits.problems.empty()) {
    row.fate = EventFate::kRejected;
    row.reason = traits.problems.front();
  }
  if (!traits.fields.empty()) step(row.person, exec::FieldsInput{traits.fields}, clock);
}

void Engine::Impl::keep_history(PersonId person, std::uint32_t event, const exec::Moment& moment,
                                const ir::Items& fields) {
  const ir::Program& program = *programs.current().program;
  const ir::EventType& type = program.events[event];
  const std::string row = exec::encode_history_row(program, type, fields);
  view.put(Space::kHistory, history_key(person, type.hash, moment), row);
  exec::PersonState& state = *people.find(person);
  HistoryRows& known = people.rows(person);
  if (state.kept(type.hash).rows == 0 && !known.knows(type.hash)) known.begin(type.hash);
  known.add(type.hash, moment, row);
  exec::note_row(*programs.current().executor, state, event, moment, fields);
  count_row(person, event, moment);
}

// One more row of a person, and one too many goes.
void Engine::Impl::count_row(PersonId person, std::uint32_t event, const exec::Moment& moment) {
  const ir::EventType& type = programs.current().program->events[event];
  exec::KeptEvents& row_count = people.find(person)->kept(type.hash);
  ++row_count.rows;
  row_count.oldest = std::min(row_count.oldest, moment.occurred_at);
  row_count.newest = std::max(row_count.newest, moment.occurred_at);
  trim_history(person, event, row_count);
  people.changed(person);
}

// Rows that no window wants any more go, and the oldest where there are too many; a bounded number
// an event.
void Engine::Impl::trim_history(PersonId person, std::uint32_t event, exec::KeptEvents& kept) {
  constexpr std::size_t kRowsAtOnce = 16;
  const exec::Executor& executor = *programs.current().executor;
  const ir::EventType& type = executor.program().events[event];
  exec::PersonState& state = *people.find(person);
  Instant keep_after = type.history_window ? clock - *type.history_window : Instant::min();
  if (kept.oldest > keep_after && kept.rows <= kMaxHistoryPerPersonEvent) return;
  std::vector<exec::Moment> old;
  bool wanted = false;
  people.history(person).scan(type.hash, Instant::min(), Instant::max(),
                              [&](const exec::Moment& moment, std::string_view row) {
                                kept.oldest = moment.occurred_at;
                                bool expired = moment.occurred_at <= keep_after;
                                if (!expired && kept.rows - old.size() <= kMaxHistoryPerPersonEvent)
                                  return false;
                                wanted = wanted || !expired;
                                exec::forget_row(executor, state, event, moment, row);
                                old.push_back(moment);
                                return old.size() < kRowsAtOnce;
                              });
  for (const exec::Moment& moment : old) {
    view.remove(Space::kHistory, history_key(person, type.hash, moment));
    people.rows(person).remove(type.hash, moment);
  }
  kept.rows -= static_cast<std::uint32_t>(old.size());
  if (wanted) totals.history_rows_cut += old.size();
  if (!wanted || kept.incomplete) return;
  kept.incomplete = true;
  keep_decisions(state, {exec::Decision{clock,
                                        exec::DecisionKind::kHistoryCut,
                                        {},
                                        {},
                                        {},
                                        fmt::format("more than {} rows of {}",
                                                    kMaxHistoryPerPersonEvent, type.name)}});
}

std::optional<PersonId> Engine::Impl::find_identity(const std::string& key) {
  if (auto known = identities.find(hash128(key)); known != identities.end())
    return forwarded(known->second);
  auto stored = view.get(Space::kIdentities, key);
  if (!stored) return std::nullopt;
  auto person = read_person_value(*stored);
  if (!person) throw StoreFailed{"an identity row is damaged"};
  remember(key, *person);
  return forwarded(*person);
}

void Engine::Impl::put_identity(const std::string& key, PersonId person) {
  view.put(Space::kIdentities, key, person_value(person));
  remember(key, person);
}

// Identity rows are changed by put_identity alone, so what is remembered stays true.
void Engine::Impl::remember(const std::string& identity, PersonId person) {
  constexpr std::size_t kIdentitiesPerPerson = 8;
  if (identities.size() >= kIdentitiesPerPerson * settings.people_in_memory) identities.clear();
  identities.insert_or_assign(hash128(identity), person);
}

PersonId Engine::Impl::forwarded(PersonId person) {
  for (;;) {
    if (people.find(person) != nullptr) return person;  // whoever was joined has no record
    auto stored = view.get(Space::kIdentities, forward_key(person));
    if (!stored) return person;
    auto next = read_person_value(*stored);
    if (!next) throw StoreFailed{"an identity row is damaged"};
    person = *next;
  }
}

PersonId Engine::Impl::new_person() {
  PersonId person{next_person++};
  exec::PersonState& state = people.create(person, clock);
  for (NameHash topic : settings.subscribed_at_first) state.set_subscription(topic, true, clock);
  ++totals.people;
  if (!programs.current().executor->triggers().empty()) step(person, exec::Appeared{}, clock);
  return person;
}

// Of an event that says nothing new of who it is about, as most do; nullopt: `resolve` has to look.
std::optional<PersonId> Engine::Impl::known_already(const Envelope& envelope) {
  if (envelope.user_id.empty()) return std::nullopt;
  const auto known = find_identity(identity_key(IdentityKind::kUser, envelope.user_id));
  if (!known || !people.find(*known)->has_user_id) return std::nullopt;
  if (envelope.anonymous_id.empty()) return known;
  const auto used = find_identity(identity_key(IdentityKind::kAnonymous, envelope.anonymous_id));
  return used == known ? known : std::nullopt;
}

// Semantics 12. A user id or a key finds a known person; an anonymous id finds whoever used it
// last.
PersonId Engine::Impl::resolve(const Envelope& envelope, const exec::Traits& traits) {
  bool by_user = !envelope.user_id.empty();
  std::vector<std::string> known_keys;
  if (by_user) known_keys.push_back(identity_key(IdentityKind::kUser, envelope.user_id));
  const ir::Program& program = *programs.current().program;
  for (const ir::PersonKey& key : program.person_keys) {
    NameHash field = name_hash(program.types.record_at(program.person).fields[key.field].name);
    for (const exec::PersonField& trait : traits.fields)
      if (trait.name == field)
        if (const auto* text = trait.value.get<std::string>())
          known_keys.push_back(field_identity_key(field, *text));
  }
  std::optional<PersonId> known;
  std::vector<bool> is_new(known_keys.size());
  for (std::size_t i = 0; i < known_keys.size(); ++i) {
    const std::string& key = known_keys[i];
    auto found = find_identity(key);
    is_new[i] = !found;
    if (!found || found == known) continue;
    // The user id decides: two people with ids of their own may share an address.
    bool own_id = by_user && key != known_keys.front();
    if (own_id && people.find(*found)->has_user_id) continue;
    known = known ? join(*known, *found) : *found;
  }
  if (envelope.kind == EnvelopeKind::kAlias && !envelope.previous_id.empty()) {
    for (IdentityKind kind : {IdentityKind::kUser, IdentityKind::kAnonymous}) {
      auto previous = find_identity(identity_key(kind, envelope.previous_id));
      if (previous && previous != known) known = known ? join(*known, *previous) : *previous;
    }
    known_keys.push_back(identity_key(IdentityKind::kAnonymous, envelope.previous_id));
    is_new.push_back(!find_identity(known_keys.back()));
  }
  std::string anonymous_key = identity_key(IdentityKind::kAnonymous, envelope.anonymous_id);
  std::optional<PersonId> anonymous;
  if (!envelope.anonymous_id.empty()) anonymous = find_identity(anonymous_key);
  PersonId person = PersonId::kNone;
  if (known && anonymous && known != anonymous) {
    // A browser that a known person used before belongs to the new one from now on, without its
    // past.
    person = people.find(*anonymous)->identified ? *known : join(*known, *anonymous);
  } else if (known) {
    person = *known;
  } else if (anonymous && (known_keys.empty() || !people.find(*anonymous)->identified)) {
    person = *anonymous;
  } else {
    person = new_person();
  }
  for (std::size_t i = 0; i < known_keys.size(); ++i)
    if (is_new[i]) put_identity(known_keys[i], person);
  if (!envelope.anonymous_id.empty() && anonymous != person) put_identity(anonymous_key, person);
  exec::PersonState& state = *people.find(person);
  state.identified = state.identified || !known_keys.empty();
  state.has_user_id = state.has_user_id || by_user;
  people.changed(person);
  return person;
}

// Two ids turn out to be one person. The survivor is the known one; the other's id forwards for
// ever.
PersonId Engine::Impl::join(PersonId a, PersonId b) {
  fire_own(a);
  fire_own(b);
  exec::PersonState* first = people.find(a);
  exec::PersonState* second = people.find(b);
  TRIG_CHECK(first != nullptr && second != nullptr, "an identity of nobody");
  bool first_survives = first->identified || !second->identified;
  PersonId survivor = first_survives ? a : b;
  PersonId gone = first_survives ? b : a;
  exec::PersonState other = first_survives ? *second : *first;
  people.remove(gone);
  --totals.people;
  view.put(Space::kIdentities, forward_key(gone), person_value(survivor));
  move_history(gone, survivor);
  exec::PersonState& state = *people.find(survivor);
  const PersonHistory history = people.history(survivor);
  exec::Effects effects;
  exec::absorb(world_for(history), state, std::move(other), true, clock, effects);
  fold(state, effects);
  people.changed(survivor);
  take_emitted();
  joined = true;
  for (Parked& waiting : parked)
    if (waiting.person == gone) waiting.person = survivor;
  return survivor;
}

void Engine::Impl::move_history(PersonId from, PersonId to) {
  std::vector<std::pair<std::string, std::string>> rows;
  auto collect = [&](std::string_view key, std::string_view value) {
    rows.emplace_back(key, value);
    return true;
  };
  std::string prefix = history_prefix(from);
  view.scan(Space::kHistory, prefix, after_prefix(prefix), collect);
  people.rows(to).clear();
  for (auto& [key, value] : rows) {
    view.put(Space::kHistory, history_prefix(to) + key.substr(prefix.size()), value);
    view.remove(Space::kHistory, key);
  }
  rows.clear();
  prefix = decision_prefix(from);
  view.scan(Space::kDecisions, prefix, after_prefix(prefix), collect);
  exec::PersonState& state = *people.find(to);
  for (auto& [key, value] : rows) {
    keep_decision_row(state, value);
    view.remove(Space::kDecisions, key);
  }
}

}  // namespace trig::engine
