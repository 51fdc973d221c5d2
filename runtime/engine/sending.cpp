// Mails: when they are due, the policy is asked person by person in the order of semantics 7; rate
// and room in flight decide when the asking happens.
#include <algorithm>

#include "compiler/base/check.h"
#include "runtime/engine/impl.h"

namespace trig::engine {

void Engine::Impl::ask_policy(PersonId person, Instant now) {
  // Every round settles at least one mail or gives it a later instant.
  for (;;) {
    exec::PersonState* state = people.find(person);
    if (state == nullptr || state->messages.empty()) return;
    const PersonHistory history = people.history(person);
    std::vector<MessageId> due = exec::due_messages(world_for(history), *state, now);
    std::erase_if(due, [&](MessageId id) { return parked_messages.contains(raw(id)); });
    if (due.empty()) return;
    exec::Message& message = *state->find_message(due.front());
    if (in_flight >= settings.max_in_flight) {
      parked.push_back({person, message.id});
      parked_messages.insert(raw(message.id));
      continue;
    }
    int policy = programs.current().program->find_policy(message.policy);
    if (policy >= 0 && !message.rate_slot) {
      auto slot = rate_gate.slot(
          programs.current().program->policies[static_cast<std::size_t>(policy)], now);
      message.rate_slot = true;
      if (slot) {
        message.due = slot;
        people.changed(person);
        continue;
      }
    }
    send_due(person, message.id, now);
  }
}

void Engine::Impl::send_due(PersonId person, MessageId id, Instant now) {
  exec::PersonState* state = people.find(person);
  TRIG_CHECK(state != nullptr, "a mail of nobody");
  exec::Message* message = state->find_message(id);
  if (message == nullptr) return;
  message->rate_slot = false;  // a retry needs a slot of its own
  take_step(*state, exec::SendDue{id, address_state(*state, *message)}, now);
  take_emitted();
}

void Engine::Impl::resume(Instant now) {
  while (!parked.empty() && in_flight < settings.max_in_flight) {
    Parked next = parked.front();
    parked.pop_front();
    parked_messages.erase(raw(next.message));
    next.person = forwarded(next.person);
    if (people.find(next.person) != nullptr) ask_policy(next.person, now);
  }
}

exec::AddressState Engine::Impl::address_state(const exec::PersonState& state,
                                               const exec::Message& message) {
  if (!addresses_known) return {};
  std::string address = message.mail().address;
  const ir::Program& program = *programs.current().program;
  if (address.empty() && program.person_email >= 0) {
    const exec::PersonRecord person(program, programs.current().executor->triggers().person_fields,
                                    state);
    if (const auto* text =
            person[static_cast<std::size_t>(program.person_email)].get<std::string>())
      address = *text;
  }
  if (address.empty()) return {};
  return address_of(address_key(workspace, address));
}

exec::AddressState Engine::Impl::address_of(const std::string& key) const {
  auto stored = view.get(Space::kAddresses, key);
  if (!stored) return {};
  auto known = decode_address(*stored);
  if (!known) throw StoreFailed{"the record of an address is damaged"};
  return *known;
}

// An address that is gone gets nothing any more, one that complained nothing that asks for consent,
// whoever has it.
void Engine::Impl::note_address(const ReadEvent& read) {
  const ir::Program& program = *programs.current().program;
  const ir::EventType& event = program.events[static_cast<std::size_t>(read.index)];
  const bool complained = event.about_mail && event.name == "email_complained";
  bool bounced = false;
  if (event.about_mail && event.name == "email_bounced") {
    const int permanent = program.types.record_at(event.record).find("permanent");
    bounced =
        permanent >= 0 && exec::holds(read.decoded.fields()[static_cast<std::size_t>(permanent)]);
  }
  if (!complained && !bounced) return;
  for (MessageId named : mails_named(read)) {
    auto stored = view.get(Space::kMessages, message_key(named));
    if (!stored) continue;  // too old to be kept
    ByteReader reader(*stored);
    const exec::Message message = exec::decode_message(reader);
    if (!reader.ok()) throw StoreFailed{"a mail row is damaged"};
    if (message.mail().address.empty()) continue;
    const std::string key = address_key(workspace, message.mail().address);
    exec::AddressState known = address_of(key);
    known.bounced = known.bounced || bounced;
    known.complained = known.complained || complained;
    put_address(key, known);
  }
}

void Engine::Impl::put_address(const std::string& key, const exec::AddressState& known) {
  view.put(Space::kAddresses, key, encode(known));
  addresses_known = true;
}

void Engine::Impl::change_address(const std::string& key, std::optional<NameHash> topic,
                                  bool subscribed) {
  exec::AddressState known = address_of(key);
  std::vector<NameHash> topics;
  if (topic) {
    topics.push_back(*topic);
  } else {
    for (const ir::Topic& declared : programs.current().program->topics)
      topics.push_back(declared.hash);
  }
  for (NameHash changed : topics) {
    std::erase(known.unsubscribed, changed);
    if (!subscribed) known.unsubscribed.push_back(changed);
  }
  put_address(key, known);
}

void Engine::Impl::answer(exec::SendResult result) {
  PersonId person = forwarded(person_of(result.message));
  exec::PersonState* state = people.find(person);
  if (state == nullptr) return;  // erased meanwhile
  const exec::Message* message = state->find_message(result.message);
  // A post carries a key by which its receiver knows it again.
  bool repeat = !settings.at_most_once || (message != nullptr && message->post);
  if (result.report == exec::SendReport::kInDoubt && repeat && result.retry_at)
    result.report = exec::SendReport::kRetry;
  step(person, result, clock);
  resume(clock);
}

void Engine::Impl::unsubscribe(const UnsubscribeRequest& request) {
  std::optional<NameHash> topic;
  if (!request.topic.empty()) topic = name_hash(request.topic);
  change_address(request.address_hash, topic, false);
  PersonId person = forwarded(PersonId{request.person});
  if (people.find(person) == nullptr) return;
  step(person, exec::SubscriptionInput{topic, false, "link in a mail"}, clock);
}

void Engine::Impl::set_subscription(PersonId person, const exec::SubscriptionInput& input) {
  exec::PersonState* state = people.find(person);
  TRIG_CHECK(state != nullptr, "an identity of nobody");
  const ir::Program& program = *programs.current().program;
  const ir::Items items = exec::person_items(program, *state);
  if (program.person_email >= 0)
    if (const auto* address =
            items[static_cast<std::size_t>(program.person_email)].get<std::string>())
      change_address(address_key(workspace, *address), input.topic, input.subscribed);
  step(person, input, clock);
}

}  // namespace trig::engine
