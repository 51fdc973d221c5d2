// What a batch is about to ask of the store or of memory, asked at once: of a hundred events that
// are not in memory each look-up costs a fraction of what it costs alone. Nothing is decided here,
// and what was not foreseen is read when it is asked for.
#include "runtime/engine/impl.h"

namespace trig::engine {

void Engine::Impl::read_ahead(std::span<const Envelope* const> envelopes, Instant now) {
  std::vector<std::string> seen;
  std::vector<std::string> ids;
  std::vector<PersonId> found;
  auto ask = [&](IdentityKind kind, const std::string& id) {
    if (id.empty()) return;
    std::string key = identity_key(kind, id);
    if (auto known = identities.find(hash128(key)); known != identities.end())
      found.push_back(known->second);
    else
      ids.push_back(std::move(key));
  };
  for (const Envelope* envelope : envelopes) {
    if (!envelope->message_id.empty())
      for (std::string& key : duplicate_keys(*envelope, std::max(now, clock)))
        seen.push_back(std::move(key));
    ask(IdentityKind::kUser, envelope->user_id);
    ask(IdentityKind::kAnonymous, envelope->anonymous_id);
  }
  view.read_ahead(Space::kDuplicates, std::move(seen));
  view.read_ahead(Space::kIdentities, ids);
  for (const std::string& key : ids)
    if (auto stored = view.get(Space::kIdentities, key))
      if (auto person = read_person_value(*stored)) found.push_back(*person);
  std::vector<std::string> absent;
  for (PersonId person : found)
    if (!people.in_memory(person)) absent.push_back(person_key(person));
  view.read_ahead(Space::kPeople, std::move(absent));
}

void Engine::Impl::expect(std::span<const Envelope* const> envelopes) const {
  boost::container::small_vector<PersonId, kExpectedTogether> expected;
  for (const Envelope* envelope : envelopes) {
    const bool by_user = !envelope->user_id.empty();
    const auto known = identities.find(
        hash128(identity_key(by_user ? IdentityKind::kUser : IdentityKind::kAnonymous,
                             by_user ? envelope->user_id : envelope->anonymous_id)));
    if (known != identities.end()) expected.push_back(known->second);
  }
  people.expect(expected);
}

}  // namespace trig::engine
