// Replay: recorded events of some people through an engine of their own, in virtual time, with
// nothing kept but figures. Mails are answered as sent at the instant at which they begin and are
// never rendered.
//
//   Replay replay(version, settings, start);
//   for (const Recorded& one : events) replay.take(one);
//   replay.finish(end);
//   replay.figures()   // of these people
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/engine/engine.h"
#include "runtime/report/backtest.h"
#include "runtime/store/memory_store.h"

namespace trig::drive {

// One side of a back-test. Its policies have no rates: those hold over all people, and here only
// some are at hand.
struct Version {
  std::shared_ptr<const engine::Deployed> deployed;
  std::vector<NameHash> subscribed_at_first;  // topics
  Zone zone = Zone::utc();
  Duration max_event_age{};
};

struct Recorded {
  Envelope envelope;
  std::uint64_t number = 0;  // that a person has who becomes known by it; greater than 0
  std::uint32_t group = 0;
};

struct ReplaySettings {
  std::optional<Instant> count_from;  // what comes before is played and not counted
  bool keep_decisions = false;        // for `decisions` of the engine
};

// "reminder: cart_reminder": a `send` as the figures of a back-test name it, by its step's name, or
// that of the nearest before it, and the template. Empty: it is no `send`.
std::string step_name(const ir::Program& program, const ir::Campaign& campaign, std::size_t step);

class Replay {
 public:
  Replay(const Version& version, const ReplaySettings& settings, Instant start);
  Replay(const Replay&) = delete;
  Replay& operator=(const Replay&) = delete;
  ~Replay();

  // In the order of `received_at`. A message id that its sender gave to an event of the same group
  // within kDuplicateWindow is a duplicate.
  Status take(Recorded recorded);
  // Plays on to the end, and what is due at it; then the figures are whole.
  Status finish(Instant end);

  // Of campaigns in which something happened.
  const report::Figures& figures() const { return figures_; }
  const std::vector<report::Sent>& sends() const { return sends_; }  // sorted
  engine::Engine& engine() { return *engine_; }

 private:
  struct Named;
  struct Seen;
  Status advance_to(Instant to);
  Status commit();
  Status answer_mails();
  bool is_duplicate(const Recorded& recorded);
  void note(const exec::Effects& effects);
  void note_message(const exec::MessageChange& change);
  void note_send(const exec::Message& message, Named& campaign);
  Named& named(NameHash campaign);
  void count_sends();
  void count_rejected(const Commit& rows);

  const Version& version_;
  const ir::Program& program_;
  ReplaySettings settings_;
  store::MemoryStore store_;
  std::unique_ptr<engine::Engine> engine_;
  Status opened_;
  Instant now_;
  bool counts_ = true;
  std::size_t since_commit_ = 0;
  std::uint64_t rejected_ = 0;  // events, counted so far
  struct Begun {
    MessageId message = MessageId::kNone;
    std::uint32_t attempt = 0;
  };
  std::vector<Begun> begun_;  // attempts to be answered
  std::vector<report::Sent> sends_;
  report::Figures figures_;
  std::vector<Named> campaigns_;  // by hash, those in which something happened
  std::unique_ptr<Seen> seen_;
};

}  // namespace trig::drive
