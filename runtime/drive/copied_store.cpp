// A store in memory with the rows of another one.
#include "compiler/exec/campaign_numbers.h"
#include "runtime/drive/sandbox.h"
#include "runtime/engine/rows.h"
#include "runtime/store/memory_store.h"

namespace trig::drive {
namespace {

struct RowCopier {
  const Store& from;
  store::MemoryStore& to;

  using Wanted = std::function<bool(std::string_view key, std::string_view value)>;
  Status copy(Space space, const std::string& begin, const std::string& end, const Wanted& wanted) {
    Commit commit;
    Status done = from.scan(space, begin, end, [&](std::string_view key, std::string_view value) {
      if (!wanted || wanted(key, value)) commit.put(space, key, value);
      return true;
    });
    return done && !commit.empty() ? to.commit(commit) : done;
  }
};

Status copy_all(RowCopier& rows) {
  for (std::size_t space = 0; space < kSpaceCount; ++space) {
    Status done = rows.copy(static_cast<Space>(space), {}, {}, nullptr);
    if (!done) return done;
  }
  return {};
}

// What the server was at when it was looked at is its own: mails under way, sweeps.
bool is_lasting(std::string_view key) {
  return !key.starts_with(engine::kMetaInFlight) && key != engine::kMetaSweep &&
         key != engine::kMetaFilling;
}

// What the person waits for: the state says so too.
Status copy_timers(RowCopier& rows, PersonId person) {
  auto state = stored_person(rows.from, person);
  if (!state) return tl::unexpected(state.error());
  Commit commit;
  for (const Instant due : exec::timers_of(*state))
    commit.put(Space::kTimers, engine::timer_key(due, person), {});
  return commit.empty() ? Status() : rows.to.commit(commit);
}

Status copy_person(RowCopier& rows, PersonId person) {
  const std::string own = engine::person_key(person);
  const std::string history = engine::history_prefix(person);
  Status done = rows.copy(Space::kMeta, {}, {},
                          [](std::string_view key, std::string_view) { return is_lasting(key); });
  if (done) done = rows.copy(Space::kPrograms, {}, {}, nullptr);
  if (done) done = rows.copy(Space::kPeople, own, own + '\0', nullptr);
  if (done) done = copy_timers(rows, person);
  if (done) done = rows.copy(Space::kHistory, history, engine::after_prefix(history), nullptr);
  if (!done) return done;
  return rows.copy(Space::kEvents, {}, {}, [&](std::string_view, std::string_view value) {
    const auto row = engine::decode_event_row(value);
    return row && row->person == person;
  });
}

// Which campaign at which version the numbers in the rows of people stand for.
Result<exec::CampaignNumbers> numbers_of(const Store& store) {
  exec::CampaignNumbers numbers;
  bool whole = true;
  Status done = store.scan(Space::kPrograms, engine::kCampaignNumbers,
                           engine::after_prefix(engine::kCampaignNumbers),
                           [&](std::string_view key, std::string_view value) {
                             const auto ref = engine::read_campaign_value(value);
                             whole = ref && key == engine::campaign_number_key(numbers.of(*ref));
                             return whole;
                           });
  if (!done) return tl::unexpected(done.error());
  if (!whole) return fail("the numbers of campaigns are damaged");
  return numbers;
}

}  // namespace

Result<exec::PersonState> stored_person(const Store& store, PersonId person) {
  auto numbers = numbers_of(store);
  if (!numbers) return tl::unexpected(numbers.error());
  auto stored = store.get(Space::kPeople, engine::person_key(person));
  if (!stored) return tl::unexpected(stored.error());
  if (!*stored) return fail("the person is gone");
  exec::PersonState state;
  ByteReader reader(**stored);
  if (!exec::decode(reader, *numbers, state)) return fail("the row of a person is damaged");
  return state;
}

Result<std::shared_ptr<Store>> copy_in_memory(const Store& from, std::optional<PersonId> only) {
  auto copy = std::make_shared<store::MemoryStore>();
  RowCopier rows{from, *copy};
  Status done = only ? copy_person(rows, *only) : copy_all(rows);
  if (!done) return tl::unexpected(done.error());
  return copy;
}

}  // namespace trig::drive
