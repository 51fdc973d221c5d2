#include "runtime/engine/people.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "compiler/base/check.h"
#include "compiler/exec/state_forms.h"
#include "runtime/engine/rows.h"

namespace trig::engine {

exec::PersonState read_person(std::string_view stored, const exec::CampaignNumbers& numbers) {
  if (!stored.empty() && static_cast<std::uint8_t>(stored.front()) > exec::kPersonForm)
    throw StoreFailed{
        fmt::format("the record of a person has form {}, this trig reads forms up to {}: it was "
                    "written by a newer release; run that release, or restore the data directory "
                    "from before it",
                    static_cast<int>(static_cast<std::uint8_t>(stored.front())),
                    static_cast<int>(exec::kPersonForm))};
  exec::PersonState state;
  ByteReader reader(stored);
  if (!exec::decode(reader, numbers, state)) throw StoreFailed{"the record of a person is damaged"};
  return state;
}

exec::CampaignNumbers read_campaign_numbers(const View& view) {
  exec::CampaignNumbers numbers;
  view.scan(Space::kPrograms, kCampaignNumbers, after_prefix(kCampaignNumbers),
            [&](std::string_view key, std::string_view value) {
              auto ref = read_campaign_value(value);
              if (!ref || key != campaign_number_key(numbers.of(*ref)))
                throw StoreFailed{"the numbers of campaigns are damaged"};
              return true;
            });
  return numbers;
}

void People::recover() {
  numbers_ = read_campaign_numbers(view_);
  numbers_stored_ = numbers_.refs().size();
}

void People::store_new_numbers() {
  const std::vector<exec::CampaignRef>& refs = numbers_.refs();
  for (; numbers_stored_ < refs.size(); ++numbers_stored_)
    view_.put(Space::kPrograms, campaign_number_key(static_cast<std::uint32_t>(numbers_stored_)),
              campaign_value(refs[numbers_stored_]));
}

People::Entry& People::insert(PersonId person, exec::PersonState state) {
  auto entry = std::make_unique<Entry>();
  entry->state = std::move(state);
  ring_.push_back(person);
  return *(entries_[raw(person)] = std::move(entry));
}

People::Entry* People::entry(PersonId person) {
  if (last_entry_ != nullptr && person == last_) return last_entry_;
  auto known = entries_.find(raw(person));
  if (known == entries_.end()) return nullptr;
  last_ = person;
  last_entry_ = known->second.get();
  last_entry_->used = true;
  return last_entry_;
}

exec::PersonState* People::find(PersonId person) {
  if (Entry* known = entry(person)) return &known->state;
  auto stored = view_.get(Space::kPeople, person_key(person));
  if (!stored) return nullptr;
  Entry& entry = insert(person, read_person(*stored, numbers_));
  entry.timers = exec::timers_of(entry.state);
  return &entry.state;
}

exec::PersonState& People::create(PersonId person, Instant now) {
  exec::PersonState state;
  state.id = person;
  state.known_since = now;
  insert(person, std::move(state));
  changed(person);
  return entries_[raw(person)]->state;
}

void People::remove(PersonId person) {
  find(person);
  auto known = entries_.find(raw(person));
  if (known == entries_.end()) return;
  for (Instant due : known->second->timers) timers_.remove({due, person});
  last_entry_ = nullptr;
  entries_.erase(known);
  std::erase(dirty_, person);
  view_.remove(Space::kPeople, person_key(person));
}

void People::changed(PersonId person) {
  Entry& changed = *entry(person);
  if (!changed.dirty) {
    changed.dirty = true;
    dirty_.push_back(person);
  }
  std::vector<Instant> wanted = exec::timers_of(changed.state);
  if (wanted == changed.timers) return;
  for (Instant due : changed.timers)
    if (!std::binary_search(wanted.begin(), wanted.end(), due)) timers_.remove({due, person});
  for (Instant due : wanted)
    if (!std::binary_search(changed.timers.begin(), changed.timers.end(), due))
      timers_.add({due, person});
  changed.timers = std::move(wanted);
}

std::vector<Instant> People::due_before(PersonId person, Instant before) {
  if (find(person) == nullptr) return {};
  const std::vector<Instant>& timers = entry(person)->timers;
  return {timers.begin(), std::lower_bound(timers.begin(), timers.end(), before)};
}

Instant People::stepped_at(PersonId person) {
  const Entry* known = entry(person);
  return known == nullptr ? Instant::min() : known->stepped_at;
}

void People::stepped(PersonId person, Instant now) {
  if (Entry* known = entry(person)) known->stepped_at = std::max(known->stepped_at, now);
}

void People::flush() {
  ByteWriter writer;
  for (PersonId person : dirty_) {
    Entry& changed = *entry(person);
    writer.clear();
    exec::encode(changed.state, numbers_, writer);
    view_.put(Space::kPeople, person_key(person), writer.bytes());
    changed.dirty = false;
  }
  store_new_numbers();
  dirty_.clear();
  last_entry_ = nullptr;
  while (entries_.size() > capacity_) evict();
}

void People::evict() {
  for (;;) {
    if (hand_ >= ring_.size()) hand_ = 0;
    auto known = entries_.find(raw(ring_[hand_]));
    if (known != entries_.end() && std::exchange(known->second->used, false)) {
      ++hand_;
      continue;
    }
    ring_[hand_] = ring_.back();
    ring_.pop_back();
    if (known == entries_.end()) continue;  // removed since
    entries_.erase(known);
    return;
  }
}

}  // namespace trig::engine
