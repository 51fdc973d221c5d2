// Private to runtime/engine: the states of people in memory. Loaded once, written once per turn;
// a bounded number stays between turns. The timers a person wants are kept in step with its state.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <memory>
#include <vector>

#include "compiler/exec/campaign_numbers.h"
#include "compiler/exec/person_state.h"
#include "runtime/engine/timers.h"
#include "runtime/engine/view.h"

namespace trig::engine {

// A stored record. Throws StoreFailed where it is damaged, or of a newer release: what that one
// kept is not understood here, and nothing is guessed.
exec::PersonState read_person(std::string_view stored, const exec::CampaignNumbers& numbers);
// The numbers that stored people use. Throws StoreFailed.
exec::CampaignNumbers read_campaign_numbers(const View& view);

class People {
 public:
  People(View& view, Timers& timers, std::size_t capacity)
      : view_(view), timers_(timers), capacity_(capacity) {}

  // Before anything else: what stored people are read with.
  void recover();
  const exec::CampaignNumbers& numbers() const { return numbers_; }

  // The person's state, to be changed; null if there is no such person. The pointer is valid until
  // the end of the turn.
  exec::PersonState* find(PersonId person);
  exec::PersonState& create(PersonId person, Instant now);
  void remove(PersonId person);

  // After a state changed: its timers follow, and it will be written by `flush`.
  void changed(PersonId person);
  // The instants before `before` at which the person has something due, as they were when its state
  // changed last.
  std::vector<Instant> due_before(PersonId person, Instant before);
  // When the person was stepped last, as far as memory goes.
  Instant stepped_at(PersonId person);
  void stepped(PersonId person, Instant now);
  bool changed() const { return !dirty_.empty(); }
  // Writes what was changed into the turn and lets go of the least recently used.
  void flush();

 private:
  struct Entry {
    exec::PersonState state;
    std::vector<Instant> timers;  // as the key space has them
    Instant stepped_at = Instant::min();
    bool dirty = false;
    bool used = true;  // since the hand went over it
  };
  Entry& insert(PersonId person, exec::PersonState state);
  Entry* entry(PersonId person);  // null: not in memory
  void store_new_numbers();

  View& view_;
  Timers& timers_;
  std::size_t capacity_;
  exec::CampaignNumbers numbers_;
  std::size_t numbers_stored_ = 0;
  void evict();

  boost::unordered_flat_map<std::uint64_t, std::unique_ptr<Entry>> entries_;
  // Who is in memory, and the hand of the clock that goes round: it lets go of whoever was not used
  // since it came by last (Corbató 1968).
  std::vector<PersonId> ring_;
  std::size_t hand_ = 0;
  std::vector<PersonId> dirty_;
  PersonId last_ = PersonId::kNone;  // found last: an event asks for its person again and again
  Entry* last_entry_ = nullptr;
};

}  // namespace trig::engine
