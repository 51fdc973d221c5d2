// Private to runtime/engine: the states of people in memory. Loaded once, written once per turn, or
// when they leave memory if nothing outlives the engine; a bounded number stays between turns. The
// timers a person wants are kept in step with its state.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <memory>
#include <span>
#include <vector>

#include "compiler/exec/campaign_numbers.h"
#include "compiler/exec/person_state.h"
#include "runtime/engine/engine.h"
#include "runtime/engine/timers.h"
#include "runtime/engine/view.h"

namespace trig::engine {

// Throws StoreFailed where it is damaged, or of a newer release.
exec::PersonState read_or_throw(std::string_view stored, const exec::CampaignNumbers& numbers);

class People {
 public:
  People(View& view, Timers& timers, std::size_t capacity, bool durable)
      : view_(view), timers_(timers), capacity_(capacity), durable_(durable) {}

  // Before anything else: what stored people are read with.
  void recover();
  const exec::CampaignNumbers& numbers() const { return numbers_; }

  // The person's state, to be changed; null if there is no such person. The pointer is valid until
  // the end of the turn.
  exec::PersonState* find(PersonId person);
  // Whoever of these is in memory will be asked for soon: the processor starts to bring them
  // nearer, many at once, as the engine waits for memory more than it computes.
  void expect(std::span<const PersonId> soon) const;
  exec::PersonState& create(PersonId person, Instant now);
  bool in_memory(PersonId person) const { return entries_.contains(raw(person)); }
  // The rows that are known of somebody in the history, who is there; and what exec reads.
  HistoryRows& rows(PersonId person);
  PersonHistory history(PersonId person);
  void remove(PersonId person);

  // After a state changed: it will be written by `flush`, and its timers follow with `follow`. An
  // event has many effects on its person, and most instants that one of them sets the next clears.
  void changed(PersonId person);
  // Brings the timers in step with the states: to be called before any timer is asked for.
  void follow();
  // The instants before `before` at which the person has something due, as they were when its state
  // changed last.
  std::vector<Instant> due_before(PersonId person, Instant before);
  // When the person was stepped last, as far as memory goes.
  Instant stepped_at(PersonId person);
  void stepped(PersonId person, Instant now);
  bool changed() const { return !dirty_.empty(); }
  // Writes what was changed into the turn, if it is to be durable, and lets go of the least
  // recently used.
  void flush();
  void write_all();

 private:
  struct Entry {
    exec::PersonState state;
    exec::DueTimes timers;  // as the key space has them
    HistoryRows rows;       // of the history, as the store has them
    Instant stepped_at = Instant::min();
    bool dirty = false;   // not written as it is
    bool behind = false;  // its timers are not those of its state
    bool used = true;     // since the hand went over it
  };
  Entry& insert(PersonId person, exec::PersonState state);
  Entry* entry(PersonId person);  // null: not in memory
  void follow(PersonId person, Entry& entry);
  void write(PersonId person, Entry& entry);
  void store_new_numbers();

  View& view_;
  Timers& timers_;
  std::size_t capacity_;
  const bool durable_;
  exec::CampaignNumbers numbers_;
  std::size_t numbers_stored_ = 0;
  ByteWriter writer_;
  void evict();

  boost::unordered_flat_map<std::uint64_t, std::unique_ptr<Entry>> entries_;
  // Who is in memory, and the hand of the clock that goes round: it lets go of whoever was not used
  // since it came by last (Corbató 1968).
  std::vector<PersonId> ring_;
  std::size_t hand_ = 0;
  std::vector<PersonId> dirty_;
  std::vector<PersonId> behind_;
  PersonId last_ = PersonId::kNone;  // found last: an event asks for its person again and again
  Entry* last_entry_ = nullptr;
};

}  // namespace trig::engine
