#include "runtime/engine/people.h"

#include <algorithm>
#include <utility>

#include "compiler/base/check.h"
#include "compiler/base/touch.h"
#include "runtime/engine/person_reader.h"
#include "runtime/engine/rows.h"

namespace trig::engine {

exec::PersonState read_or_throw(std::string_view stored, const exec::CampaignNumbers& numbers) {
  auto state = read_person(stored, numbers);
  if (!state) throw StoreFailed{state.error().message};
  return std::move(*state);
}

void People::recover() {
  auto stored = read_campaign_numbers(view_.store());
  if (!stored) throw StoreFailed{stored.error().message};
  numbers_ = std::move(*stored);
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
  Entry& entry = insert(person, read_or_throw(*stored, numbers_));
  entry.timers = exec::timers_of(entry.state);
  return &entry.state;
}

void People::expect(std::span<const PersonId> soon) const {
  boost::container::small_vector<const Entry*, kExpectedTogether> found;
  for (PersonId person : soon)
    if (auto known = entries_.find(raw(person)); known != entries_.end())
      found.push_back(known->second.get());
  for (const Entry* entry : found) touch(entry, sizeof(Entry));
  auto touch_list = [](const auto& list) {
    touch(list.data(), list.size() * sizeof(*list.data()));
  };
  for (const Entry* entry : found) {
    touch_list(entry->state.journeys);
    touch_list(entry->state.kept_events);
    touch_list(entry->state.fields);
    entry->state.late_watches.expect();
  }
  // And what journeys hold.
  for (const Entry* entry : found)
    for (const exec::Journey& journey : entry->state.journeys) {
      touch_list(journey.armed);
      touch_list(journey.slots);
    }
  for (const Entry* entry : found) entry->rows.expect();
  for (const Entry* entry : found)
    for (const exec::Journey& journey : entry->state.journeys)
      for (const ir::Value& slot : journey.slots)
        if (const auto* record = slot.get<ir::Record>()) touch_list(*record->fields);
}

exec::PersonState& People::create(PersonId person, Instant now) {
  exec::PersonState state;
  state.id = person;
  state.known_since = now;
  insert(person, std::move(state));
  changed(person);
  return entries_[raw(person)]->state;
}

HistoryRows& People::rows(PersonId person) {
  TRIG_CHECK(find(person) != nullptr, "rows of nobody");
  return entry(person)->rows;
}

PersonHistory People::history(PersonId person) {
  TRIG_CHECK(find(person) != nullptr, "the history of nobody");
  Entry& of = *entry(person);
  return {view_, of.state, of.rows};
}

void People::remove(PersonId person) {
  find(person);
  follow();
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
    if (durable_) dirty_.push_back(person);
  }
  if (changed.behind) return;
  changed.behind = true;
  behind_.push_back(person);
}

void People::follow() {
  for (PersonId person : behind_) follow(person, *entry(person));
  behind_.clear();
}

void People::follow(PersonId person, Entry& entry) {
  entry.behind = false;
  exec::DueTimes wanted = exec::timers_of(entry.state);
  if (wanted == entry.timers) return;
  for (Instant due : entry.timers)
    if (!std::binary_search(wanted.begin(), wanted.end(), due)) timers_.remove({due, person});
  for (Instant due : wanted)
    if (!std::binary_search(entry.timers.begin(), entry.timers.end(), due))
      timers_.add({due, person});
  entry.timers = std::move(wanted);
}

std::vector<Instant> People::due_before(PersonId person, Instant before) {
  if (find(person) == nullptr) return {};
  follow();
  const exec::DueTimes& timers = entry(person)->timers;
  return {timers.begin(), std::lower_bound(timers.begin(), timers.end(), before)};
}

Instant People::stepped_at(PersonId person) {
  const Entry* known = entry(person);
  return known == nullptr ? Instant::min() : known->stepped_at;
}

void People::stepped(PersonId person, Instant now) {
  if (Entry* known = entry(person)) known->stepped_at = std::max(known->stepped_at, now);
}

void People::write(PersonId person, Entry& entry) {
  writer_.clear();
  exec::encode(entry.state, numbers_, writer_);
  view_.put(Space::kPeople, person_key(person), writer_.bytes());
  entry.dirty = false;
}

void People::flush() {
  follow();
  for (std::size_t i = 0; i < dirty_.size(); ++i) {
    if (i % kExpectedTogether == 0)
      expect(std::span(dirty_).subspan(i, std::min(kExpectedTogether, dirty_.size() - i)));
    write(dirty_[i], *entry(dirty_[i]));
  }
  dirty_.clear();
  last_entry_ = nullptr;
  while (entries_.size() > capacity_) evict();
  store_new_numbers();
}

void People::write_all() {
  for (auto& [person, entry] : entries_)
    if (entry->dirty) write(PersonId{person}, *entry);
  dirty_.clear();
  store_new_numbers();
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
    if (known->second->dirty) write(PersonId{known->first}, *known->second);
    entries_.erase(known);
    return;
  }
}

}  // namespace trig::engine
