// What a deploy wants of the history and was not kept is filled in from the stored events, chunk by
// chunk between the turns, each a Commit that holds how far it is: a process that ends in the
// middle goes on there. A row is written under the key it would have had, so twice is once.
#include <algorithm>
#include <set>

#include "compiler/base/check.h"
#include "compiler/exec/refill.h"
#include "compiler/exec/running.h"
#include "compiler/ir/aggregate_text.h"
#include "runtime/engine/impl.h"
#include "runtime/ports/limits.h"

namespace trig::engine {
namespace {

const ir::EventType* kept_event(const ir::Program& program, NameHash hash) {
  for (const ir::EventType& event : program.events)
    if (event.hash == hash) return event.kept_in_history ? &event : nullptr;
  return nullptr;
}

std::string kept_key(NameHash event) {
  ByteWriter writer;
  writer.raw(kMetaKept);
  writer.fixed64(static_cast<std::uint64_t>(event));
  return writer.take();
}

}  // namespace

void Engine::Impl::note_kept(Instant now) {
  const ir::Program& program = *programs.current().program;
  // What occurred at this very instant may have been taken already.
  const Instant from = sequence == Sequence::kNone ? now : now + Duration(1);
  std::vector<KeptSince> before;
  std::string prefix(kMetaKept);
  view.scan(Space::kMeta, prefix, after_prefix(prefix),
            [&](std::string_view, std::string_view value) {
              auto known = decode_kept(value);
              if (!known) throw StoreFailed{"the record `kept` is damaged"};
              before.push_back(std::move(*known));
              return true;
            });
  for (const KeptSince& known : before)
    if (kept_event(program, known.event) == nullptr)
      view.remove(Space::kMeta, kept_key(known.event));
  for (const ir::EventType& event : program.events) {
    if (!event.kept_in_history) continue;
    auto known = std::find_if(before.begin(), before.end(),
                              [&](const KeptSince& one) { return one.event == event.hash; });
    kept.push_back(keep_from(program, event, known == before.end() ? nullptr : &*known, from));
    if (known == before.end() || *known != kept.back())
      view.put(Space::kMeta, kept_key(event.hash), encode(kept.back()));
  }
  plan_filling(now);
}

// Goes on with what was begun for the same records.
void Engine::Impl::plan_filling(Instant now) {
  Filling plan;
  plan.until = sequence;
  bool any = false;
  view.scan(Space::kEvents, {}, {}, [&](std::string_view, std::string_view value) {
    auto row = decode_event_row(value);
    if (!row) throw StoreFailed{"the record of an event is damaged"};
    plan.reach = row->envelope.received_at;
    any = true;
    return false;
  });
  ByteWriter wanted;
  for (const KeptSince& one : kept) {
    Instant wants = one.window ? std::max(plan.reach, now - *one.window) : plan.reach;
    if (!any || whole_since(one) <= wants) continue;
    plan.events.push_back(one.event);
    wanted.raw(encode(one));
  }
  const std::string key(kMetaFilling);
  auto begun = view.get(Space::kMeta, key);
  if (plan.events.empty()) {
    if (begun) view.remove(Space::kMeta, key);
    return;
  }
  plan.wanted = hash128(wanted.bytes());
  if (begun) {
    auto known = decode_filling(*begun);
    if (!known) throw StoreFailed{"the record `filling` is damaged"};
    if (known->wanted == plan.wanted) plan = std::move(*known);
  }
  view.put(Space::kMeta, key, encode(plan));
  filling = std::move(plan);
}

bool Engine::Impl::fill_chunk(Instant now) {
  if (!filling) return false;
  now = std::max(now, clock);
  std::vector<std::pair<Sequence, EventRow>> chunk;
  view.scan(Space::kEvents, event_key(Sequence{raw(filling->done) + 1}),
            event_key(Sequence{raw(filling->until) + 1}),
            [&](std::string_view key, std::string_view value) {
              ByteReader reader(key);
              auto row = decode_event_row(value);
              if (!row) throw StoreFailed{"the record of an event is damaged"};
              chunk.emplace_back(Sequence{reader.fixed64()}, std::move(*row));
              return chunk.size() < kMaxEventsPerChunk;
            });
  std::set<PersonId> filled;
  for (const auto& [at, row] : chunk)
    if (PersonId person = fill_row(at, row, now); person != PersonId::kNone) filled.insert(person);
  for (PersonId person : filled) {
    exec::PersonState& state = *people.find(person);
    const PersonHistory history = people.history(person);
    exec::Effects effects;
    exec::history_refilled(world_for(history), state, now, effects);
    fold(state, effects);
    people.changed(person);
  }
  if (chunk.size() == kMaxEventsPerChunk) {
    filling->done = chunk.back().first;
    view.put(Space::kMeta, std::string(kMetaFilling), encode(*filling));
    return true;
  }
  finish_filling();
  return false;
}

// The person whose history it changed.
PersonId Engine::Impl::fill_row(Sequence at, const EventRow& row, Instant now) {
  const Envelope& envelope = row.envelope;
  bool by_id = !envelope.user_id.empty() || !envelope.anonymous_id.empty();
  bool cut = row.fate == EventFate::kRejected && !by_id;  // one too many, emitted in a circle
  bool event_kind = envelope.kind == EnvelopeKind::kTrack || envelope.kind == EnvelopeKind::kPage ||
                    envelope.kind == EnvelopeKind::kScreen;
  if (row.person == PersonId::kNone || cut || !event_kind) return PersonId::kNone;
  int index = event_index(envelope);
  if (index < 0) return PersonId::kNone;
  const exec::Executor& executor = *programs.current().executor;
  const ir::Program& program = executor.program();
  auto event = static_cast<std::uint32_t>(index);
  const ir::EventType& type = program.events[event];
  bool wanted =
      std::find(filling->events.begin(), filling->events.end(), type.hash) != filling->events.end();
  bool old = type.history_window && envelope.occurred_at <= now - *type.history_window;
  if (!wanted || old) return PersonId::kNone;
  exec::Decoded decoded;
  executor.decode(event, envelope.payload, decoded);
  PersonId person = forwarded(row.person);
  exec::PersonState* state = people.find(person);
  if (!decoded.problems.empty() || state == nullptr) return PersonId::kNone;
  exec::Moment moment{envelope.occurred_at, at};
  std::string key = history_key(person, type.hash, moment);
  std::string bytes = exec::encode_history_row(program, type, decoded.fields());
  auto before = view.get(Space::kHistory, key);
  if (before == bytes) return PersonId::kNone;
  view.put(Space::kHistory, std::move(key), std::move(bytes));
  exec::forget_running(*state, type.hash);
  people.rows(person).forget(type.hash);
  if (!before) count_row(person, event, moment);
  people.changed(person);
  return person;
}

void Engine::Impl::finish_filling() {
  for (KeptSince& one : kept) {
    if (std::find(filling->events.begin(), filling->events.end(), one.event) ==
        filling->events.end())
      continue;
    one.rows = std::min(one.rows, filling->reach);
    for (auto& [field, since] : one.fields) since = std::min(since, filling->reach);
    view.put(Space::kMeta, kept_key(one.event), encode(one));
  }
  view.remove(Space::kMeta, std::string(kMetaFilling));
  filling.reset();
}

std::vector<Completeness> Engine::Impl::completeness() const {
  const ir::Program& program = *programs.current().program;
  std::vector<Completeness> all;
  for (const ir::Aggregate& aggregate : program.aggregates) {
    if (aggregate.gone) continue;
    const ir::EventType& event = program.events[aggregate.event];
    auto record = std::find_if(kept.begin(), kept.end(),
                               [&](const KeptSince& one) { return one.event == event.hash; });
    TRIG_CHECK(record != kept.end(), "an aggregate over events that are not kept");
    Completeness one;
    one.aggregate = ir::describe(program, aggregate);
    one.kept_since = record->rows;
    for (std::uint32_t index : ir::fields_read(program, aggregate)) {
      NameHash name = kept_field(program, event, index);
      for (const auto& [field, since] : record->fields)
        if (field == name) one.kept_since = std::max(one.kept_since, since);
    }
    one.filling = filling && std::find(filling->events.begin(), filling->events.end(),
                                       event.hash) != filling->events.end();
    if (one.filling) one.kept_since = std::min(one.kept_since, filling->reach);
    if (aggregate.window) one.complete_from = one.kept_since + *aggregate.window;
    bool told = std::any_of(all.begin(), all.end(), [&](const Completeness& other) {
      return other.aggregate == one.aggregate && other.kept_since == one.kept_since;
    });
    if (!told) all.push_back(std::move(one));
  }
  return all;
}

}  // namespace trig::engine
