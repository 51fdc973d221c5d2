// People who were there before a deploy: what its triggers without an event need of each of them is
// prepared before anything else happens. Chunk by chunk, each a Commit that holds how far it is, so
// that a process that ends in the middle goes on there.
#include "compiler/base/check.h"
#include "runtime/engine/impl.h"
#include "runtime/ports/limits.h"

namespace trig::engine {
namespace {

std::string hash_bytes(const Hash128& hash) {
  ByteWriter writer;
  writer.fixed64(hash.high);
  writer.fixed64(hash.low);
  return writer.take();
}

}  // namespace

void Engine::Impl::prepare_triggers(Instant now) {
  const std::string wanted = hash_bytes(programs.current().executor->triggers().hash);
  const std::string triggers(kMetaTriggers);
  const std::string sweep(kMetaSweep);
  if (view.get(Space::kMeta, triggers) == wanted) return;
  std::string cursor;
  if (auto begun = view.get(Space::kMeta, sweep); begun && begun->starts_with(wanted))
    cursor = begun->substr(wanted.size());
  while (sweep_chunk(cursor, now)) {
    view.put(Space::kMeta, sweep, wanted + cursor);
    commit_turn();
  }
  view.put(Space::kMeta, triggers, wanted);
  view.remove(Space::kMeta, sweep);
}

// false: nobody comes after the cursor.
bool Engine::Impl::sweep_chunk(std::string& cursor, Instant now) {
  std::vector<PersonId> chunk;
  std::string from = cursor.empty() ? cursor : cursor + '\0';
  view.scan(Space::kPeople, from, {}, [&](std::string_view key, std::string_view) {
    cursor = key;
    ByteReader reader(key);
    chunk.push_back(PersonId{reader.fixed64()});
    if (!reader.ok()) throw StoreFailed{"a person has a key that is none"};
    return chunk.size() < kMaxPeoplePerChunk;
  });
  for (PersonId person : chunk) {
    exec::PersonState* state = people.find(person);
    TRIG_CHECK(state != nullptr, "a person that was there is gone");
    const PersonHistory history = people.history(person);
    exec::Effects effects;
    exec::step(world_for(history), *state, exec::Deployment{}, now, effects);
    fold(*state, effects);
    people.changed(person);
  }
  return !chunk.empty();
}

}  // namespace trig::engine
