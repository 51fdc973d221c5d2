// Engine: the deterministic middle of the runtime. It takes inputs and the clock's time, steps
// people, and folds everything that follows into one Commit a turn. No Asio, no RocksDB, no system
// clock: the same inputs at the same times give the same store, whoever drives it.
//
//   auto engine = Engine::open(store, deployed, compile, settings, clock.now());
//   …
//   while (engine->advance(now)) hand_over(engine->commit());   // timers that are due
//   for (Envelope& e : batch) engine->take(std::move(e), now);
//   Result<Turn> turn = engine->commit();                       // durable when it returns
//   hand_over(turn->attempts);                                  // only now
//   engine->answer(message, attempt, report…);                  // in some later turn
//
// Single-threaded: one thread calls it.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "compiler/exec/step.h"
#include "runtime/engine/kept.h"
#include "runtime/engine/programs.h"
#include "runtime/engine/rows.h"
#include "runtime/ports/inbox.h"
#include "runtime/ports/store.h"

namespace trig::engine {

struct EngineSettings {
  Duration settling{std::chrono::minutes(1)};      // after an outage, before timers fire
  Duration outage{std::chrono::minutes(1)};        // a gap of the clock that counts as one
  Duration max_event_age{std::chrono::hours(24)};  // older events start nothing
  bool at_most_once = false;                       // what becomes of a mail in doubt
  bool virtual_time = false;                       // the clock jumps on purpose: no outages
  exec::CouponKeys coupon_keys;                    // a pool without one has a known key: for tests
  std::string workspace_secret;                    // 16 random bytes, used when the store is new
  std::size_t people_in_memory = 50'000;
  bool keep_events = true;     // as received: for backfill, `trig events`
  bool keep_decisions = true;  // for `why`
  // False: nothing outlives this engine, as in a back-test. People and what is due go to the store
  // only to make room in memory, what became of mails only where events about mails ask for it.
  bool durable = true;
  std::size_t max_in_flight = 1'000;  // attempts begun and not answered
  // Told of all that follows for a person, when it is decided: for who counts and keeps nothing.
  std::function<void(const exec::Effects&)> told;
  std::vector<NameHash> subscribed_at_first;  // topics of whoever becomes known
};

// An attempt whose beginning is durable: render it and hand it to the transport.
struct Handover {
  exec::Message message;
  std::shared_ptr<const Deployed> program;  // that holds the message's campaign and template
};

struct Turn {
  std::vector<Handover> attempts;
};

// So many events are worth expecting at once: enough to wait for what memory has of them together,
// and few enough that it stays near until they are taken.
constexpr std::size_t kExpectedTogether = 16;

class Engine {
 public:
  // Recovers from the store (no rule runs), records a deploy if the program changed, and asks again
  // for mails whose last attempt was never answered.
  static Result<std::unique_ptr<Engine>> open(Store& store,
                                              std::shared_ptr<const Deployed> deployed,
                                              CompileFiles compile, EngineSettings settings,
                                              Instant now);
  ~Engine();

  // --- a turn
  // Fires timers due before `now`. True: there are more; commit and call again.
  bool advance(Instant now);
  // Fires what is due at `now` itself too, for a driver that has nothing more to tell of this
  // instant.
  bool settle(Instant now);
  // Events that will be taken soon: who they are about is brought nearer. Changes nothing.
  void expect(std::span<const Envelope> soon);
  void take(Envelope envelope, Instant now);
  void take_all(std::span<Envelope> envelopes, Instant now);
  // Tells which will be taken next in this turn: what the store knows of them is read at once. A
  // driver may leave it out.
  void read_ahead(std::span<const Envelope* const> envelopes, Instant now);
  // In doubt is tried again at `retry_at`, if there is one and the settings allow a second copy.
  void answer(MessageId message, std::uint32_t attempt, exec::SendReport report,
              std::optional<Instant> retry_at, std::string note, Instant now);
  void unsubscribe(const UnsubscribeRequest& request, Instant now);
  // By an import, or a test: the person with that user id; false if there is none.
  bool set_subscription(std::string_view user_id, std::optional<NameHash> topic, bool subscribed,
                        std::string how, Instant now);
  // Goes through a bounded number of stored events, to fill in what a deploy wants of the history
  // and was not kept. True: there is more; commit and call again, whenever there is time.
  bool fill_history(Instant now);
  // Another program, while this one runs: what has happened until `now` was the old one's. People
  // inside stay, move or end as at a restart with the new program. Commits what was at hand, and
  // what it prepares of people chunk by chunk; it counts as deployed with the next `commit`.
  void deploy(std::shared_ptr<const Deployed> next, Instant now);
  // Who becomes known next has this number, which nobody has had: for a driver that plays part of
  // the people, and wants them to be who they are among all.
  void number_next_person(std::uint64_t number);
  // Makes everything since the last commit durable. After a Failure the engine refuses further
  // work: the store must be closed and opened again.
  Result<Turn> commit();
  // The same in two halves, so that another thread can commit while the next turn is under way:
  // what `begin_commit` gives must reach the store before `finish_commit` is told how it went, and
  // that before the next `begin_commit`.
  struct Closed {
    const Commit* commit = nullptr;  // may be empty: there is nothing to write
    Turn turn;                       // for when it is durable
  };
  Result<Closed> begin_commit();
  bool changed() const;  // since the last turn was closed
  Status finish_commit(const Status& done);
  Store& store();

  // --- questions; they see the turn at hand
  std::optional<PersonId> find_user(std::string_view user_id);
  std::optional<PersonId> find_anonymous(std::string_view anonymous_id);
  const exec::PersonState* person(PersonId id);        // null too if the store failed
  std::vector<exec::Decision> decisions(PersonId id);  // in the order of time
  const Totals& totals() const;
  Instant clock() const;
  std::optional<Instant> next_timer();  // nullopt: nobody waits
  std::string workspace_secret() const;
  bool filling() const;                       // fill_history has something to do
  std::vector<Completeness> windows() const;  // of each aggregate of the program
  std::size_t in_flight() const;
  std::size_t parked() const;  // due mails that wait for room
  const Deployed& deployed() const;
  bool failed() const;

 private:
  struct Impl;
  explicit Engine(std::unique_ptr<Impl> impl);
  // Runs `work`; a store that fails in it stops the engine.
  template <typename Work>
  void guard(Work work);
  std::unique_ptr<Impl> impl_;
};

}  // namespace trig::engine
