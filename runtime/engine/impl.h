// Private to runtime/engine: the working parts of Engine, shared by front.cpp (who is it about),
// turn.cpp (inputs and timers), sending.cpp (mails) and recovery.cpp (opening a store).
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <deque>
#include <functional>
#include <span>
#include <unordered_map>
#include <unordered_set>

#include "compiler/base/text_hash.h"
#include "compiler/exec/payload.h"
#include "runtime/engine/engine.h"
#include "runtime/engine/kept.h"
#include "runtime/engine/people.h"
#include "runtime/engine/rate_gate.h"
#include "runtime/engine/timers.h"
#include "runtime/engine/view.h"

namespace trig::engine {

// Then a turn is committed and what came in meanwhile is taken.
constexpr std::size_t kTimersPerTurn = 2'000;

struct Engine::Impl {
  Impl(Store& store_in, std::shared_ptr<const Deployed> deployed, CompileFiles compile,
       EngineSettings settings_in);

  // --- recovery.cpp
  void recover(Instant now);
  void name_events();
  void take_up_program(Instant now);
  void deploy(std::shared_ptr<const Deployed> next, Instant now);
  void apply_changes(const Programs::Changes& changes, Instant now);
  void ask_again_for_unanswered();

  // --- sweep.cpp
  void prepare_triggers(Instant now);
  bool sweep_chunk(std::string& cursor, Instant now);

  // --- filling.cpp
  void note_kept(Instant now);
  void plan_filling(Instant now);
  bool fill_chunk(Instant now);  // true: there is more
  PersonId fill_row(Sequence at, const EventRow& row, Instant now);
  void finish_filling();
  std::vector<Completeness> completeness() const;

  // --- turn.cpp
  bool fire_timers(Instant before);
  void expect_timers();
  void fire(PersonId person, Instant now);
  void fire_own(PersonId person);
  bool advance(Instant now, Instant before);
  void note_clock(Instant now);
  // An input arrives at `now`: everything due before has fired when this returns.
  void arrive(Instant now);
  // Steps one person and folds the effects; then the events emitted by it and the mails that are
  // due, until none is left.
  void step(PersonId person, const exec::Input& input, Instant now);
  void step_now(PersonId person, const exec::Input& input, Instant now);
  void step_once(PersonId person, const exec::Input& input, Instant now);
  void take_step(exec::PersonState& state, const exec::Input& input, Instant now);
  void fold(exec::PersonState& state, exec::Effects& effects);
  void keep_decisions(exec::PersonState& state, const std::vector<exec::Decision>& decisions,
                      const std::vector<exec::NotStarted>& not_started = {});
  void keep_decision_row(exec::PersonState& state, std::string_view row);
  // Valid until the next call.
  const exec::World& world_for(const exec::History& history);
  bool changed() const;        // since the last turn was closed
  const Commit& close_turn();  // it has to be committed; `landed` when it is
  void landed(const Status& done);
  void commit_turn();

  // --- reading_ahead.cpp
  void read_ahead(std::span<const Envelope* const> envelopes, Instant now);

  // --- front.cpp
  void expect(std::span<const Envelope> soon) const;
  void take(Envelope&& envelope, Instant now);
  void keep_event(Sequence at, const EventRow& row);
  bool is_duplicate(const Envelope& envelope);
  // Where it would be noted, the place where it is noted now first.
  static std::vector<std::string> duplicate_keys(const Envelope& envelope, Instant received_at);
  void drop_old_duplicates(std::uint32_t keep_from);
  PersonId resolve(const Envelope& envelope, const exec::Traits& traits);
  std::optional<PersonId> find_identity(const std::string& key);
  void put_identity(const std::string& key, PersonId person);
  void remember(const std::string& identity, PersonId person);
  PersonId join(PersonId a, PersonId b);
  PersonId new_person();
  PersonId forwarded(PersonId person);
  int event_index(const Envelope& envelope) const;
  std::optional<PersonId> known_already(const Envelope& envelope);
  void keep_history(PersonId person, std::uint32_t event, const exec::Moment& moment,
                    const ir::Items& fields);
  void count_row(PersonId person, std::uint32_t event, const exec::Moment& moment);
  void trim_history(PersonId person, std::uint32_t event, exec::KeptEvents& kept);
  void move_history(PersonId from, PersonId to);
  // An event as the current program reads it.
  struct ReadEvent {
    int index = -1;  // of the program's events; -1: it has none of that name
    exec::Decoded decoded;
  };
  ReadEvent read_event(const Envelope& envelope) const;
  // The mails that an event names; of one that is not about mails none.
  std::vector<MessageId> mails_named(const ReadEvent& read) const;
  // The person that an event about a mail belongs to: who got it, whatever ids came with the event.
  std::optional<PersonId> recipient_of(const ReadEvent& read);
  void apply_event(EventRow& row, const ReadEvent& read, Sequence sequence, bool emitted);
  void apply_identify(EventRow& row, const exec::Traits& traits);

  // --- emitting.cpp: each is taken as an input of the turn at hand
  void take_emitted();

  // --- sending.cpp
  void ask_policy(PersonId person, Instant now);
  void send_due(PersonId person, MessageId message, Instant now);
  void resume(Instant now);
  exec::AddressState address_state(const exec::PersonState& state, const exec::Message& message);
  // What a bounce or a complaint says of the address the mail went to.
  void note_address(const ReadEvent& read);
  exec::AddressState address_of(const std::string& key) const;
  void put_address(const std::string& key, const exec::AddressState& known);
  void change_address(const std::string& key, std::optional<NameHash> topic, bool subscribed);
  void answer(exec::SendResult result);
  void unsubscribe(const UnsubscribeRequest& request);
  void set_subscription(PersonId person, const exec::SubscriptionInput& input);

  View view;
  Timers timers;
  People people;
  Programs programs;
  EngineSettings settings;
  RateGate rate_gate;

  Store& store;
  Instant clock;                             // nothing before it will come any more
  Instant last_seen;                         // what the driver's clock said last
  Instant settle_until;                      // timers rest until then
  std::size_t timers_left = kTimersPerTurn;  // that this turn may still fire
  std::size_t timers_expected = 0;           // to fire before others are expected
  bool behind = false;                       // more are due
  Sequence sequence = Sequence::kNone;
  std::uint64_t next_person = 1;
  Totals totals;
  Totals committed_totals;
  std::string workspace;
  std::vector<KeptSince> kept;     // by event of the current program
  std::optional<Filling> filling;  // of the history, from stored events
  exec::World world;               // what every step sees alike
  ByteWriter row_writer;           // for one row at a time: kept for its memory
  std::string decision_row;        // likewise
  exec::Effects effects;           // of the step at hand; its room is used again
  // As received and own.
  boost::unordered_flat_map<std::string, std::uint32_t, TextHash, std::equal_to<>> event_names;
  std::uint32_t duplicates_kept_from = 0;  // period
  struct HashOfHash {
    using is_avalanching = void;
    std::size_t operator()(const Hash128& hash) const { return hash.low; }
  };
  // Rows lately read or written, by the hash of their keys.
  boost::unordered_flat_map<Hash128, PersonId, HashOfHash> identities;

  struct PendingEvent {
    PersonId person;
    exec::Emitted event;
    std::size_t depth = 0;  // how many events were emitted one because of the other
  };
  std::deque<PendingEvent> emitted;
  std::size_t emit_depth = 0;  // of the event at hand; 0: it came in
  bool joined = false;         // by the ids of the envelope at hand, two people became one

  bool addresses_known = false;  // something of some address
  std::size_t in_flight = 0;
  bool keep_mails = true;  // what became of them
  struct Parked {
    PersonId person;
    MessageId message;
  };
  std::deque<Parked> parked;  // due mails that found no room in flight
  std::unordered_set<std::uint64_t> parked_messages;
  std::vector<Handover> attempts;  // of this turn
  std::string failure;             // the store failed: no further work
};

}  // namespace trig::engine
