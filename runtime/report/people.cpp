#include "runtime/report/people.h"

#include <charconv>

#include "runtime/engine/rows.h"

namespace trig::report {
namespace {

using engine::IdentityKind;

Result<std::optional<PersonId>> look_up(const Store& store, const std::string& key) {
  auto stored = store.get(Space::kIdentities, key);
  if (!stored) return tl::unexpected(stored.error());
  if (!*stored) return std::optional<PersonId>();
  auto person = engine::read_person_value(**stored);
  if (!person) return fail("an identity row is damaged");
  // A person that was joined with another forwards to it.
  auto next = look_up(store, engine::forward_key(*person));
  if (!next) return next;
  return *next ? *next : person;
}

}  // namespace

Result<std::optional<PersonId>> find_person(const Store& store, const ir::Program& program,
                                            const std::string& word) {
  if (word.starts_with('#')) {
    std::uint64_t number = 0;
    auto [end, error] = std::from_chars(word.data() + 1, word.data() + word.size(), number);
    if (error != std::errc() || end != word.data() + word.size())
      return fail("`{}` is not the number of a person", word);
    auto forwarded = look_up(store, engine::forward_key(PersonId{number}));
    if (!forwarded) return forwarded;
    return *forwarded ? *forwarded : std::optional<PersonId>(PersonId{number});
  }
  std::vector<std::string> keys = {engine::identity_key(IdentityKind::kUser, word)};
  const ir::RecordType& person = program.types.record_at(program.person);
  for (const ir::PersonKey& key : program.person_keys)
    keys.push_back(engine::field_identity_key(name_hash(person.fields[key.field].name), word));
  keys.push_back(engine::identity_key(IdentityKind::kAnonymous, word));
  for (const std::string& key : keys) {
    auto found = look_up(store, key);
    if (!found || *found) return found;
  }
  return std::optional<PersonId>();
}

}  // namespace trig::report
