// EngineThread: the real driver. One thread owns the Engine; everything that happens reaches it by
// bounded queues, and one turn of its loop is one group commit: due timers, every batch that is
// waiting, every reply to a mail. Another thread, the committer, writes and syncs what a turn
// changed while the next turn is under way; a batch is answered, and a mail handed over, when the
// commit that holds it is synced.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "runtime/engine/engine.h"
#include "runtime/ports/inbox.h"
#include "runtime/server/real_clock.h"

namespace trig::server {

// A reply to an attempt, in the engine's words.
struct Answer {
  MessageId message = MessageId::kNone;
  std::uint32_t attempt = 0;
  exec::SendReport report = exec::SendReport::kSent;
  std::optional<Duration> retry_after;
  std::string note;
};

// What the loop last saw; for metrics and health.
struct EngineStatus {
  engine::Totals totals;
  std::size_t inbox_events = 0;
  std::size_t in_flight = 0;
  std::size_t parked = 0;
  std::uint64_t commits = 0;
  double commit_seconds = 0;          // summed
  double timer_lateness_seconds = 0;  // of the earliest timer not yet fired, 0 if none is due
  std::string failure;                // the store failed: nothing is taken any more
};

class EngineThread : public Inbox {
 public:
  using OnAttempts = std::function<void(std::vector<engine::Handover>)>;
  using OnFailure = std::function<void(const std::string&)>;

  EngineThread(std::unique_ptr<engine::Engine> engine, const RealClock& clock,
               OnAttempts on_attempts, OnFailure on_failure);
  ~EngineThread() override;

  void start();
  // Takes nothing new, commits what was accepted, and ends the thread.
  void stop();

  void submit(std::vector<Envelope> batch, std::function<void(Receipt)> done) override;
  void unsubscribe(UnsubscribeRequest request, std::function<void(Receipt)> done) override;
  void answer(Answer answer);  // thread-safe
  // Another program, between two turns; `done` is called when it counts as deployed, or with
  // what the store said. Thread-safe.
  void deploy(std::shared_ptr<const engine::Deployed> next, std::function<void(Status)> done);
  EngineStatus status() const;

 private:
  struct Batch {
    std::vector<Envelope> envelopes;
    std::size_t bytes = 0;
    std::function<void(Receipt)> done;
  };
  struct Unsubscribe {
    UnsubscribeRequest request;
    std::function<void(Receipt)> done;
  };
  struct Deploy {
    std::shared_ptr<const engine::Deployed> next;
    std::function<void(Status)> done;
  };
  struct Work {
    std::vector<Deploy> deploys;
    std::vector<Batch> batches;
    std::vector<Unsubscribe> unsubscribes;
    std::vector<Answer> answers;
    bool empty() const {
      return deploys.empty() && batches.empty() && unsubscribes.empty() && answers.empty();
    }
  };

  // A turn that is over, on its way to the store.
  struct Closing {
    const Commit* commit = nullptr;
    engine::Turn turn;
    Work work;  // to be answered
  };

  void run();
  Work wait_for_work();
  bool turn(Work work);  // false: the store failed
  void take(Work& work, Instant now);
  // Hands the turn to the committer, once it is done with the one before.
  bool commit(Work work);
  bool finish_commit();  // waits for the turn on its way, if there is one
  void refuse(Work work);
  void run_committer();
  void publish_status();

  std::unique_ptr<engine::Engine> engine_;
  const RealClock& clock_;
  OnAttempts on_attempts_;
  OnFailure on_failure_;
  std::thread thread_;
  std::thread committer_;
  bool committing_ = false;  // the engine has a turn on its way

  mutable std::mutex mutex_;         // guards what follows
  std::condition_variable close_;    // for the committer: there is a turn, or it may end
  std::optional<Closing> closing_;   // for the committer
  std::optional<Status> committed_;  // by the committer: how the turn on its way went
  bool committer_stopping_ = false;
  std::condition_variable wake_;
  std::deque<Batch> batches_;
  std::vector<Unsubscribe> unsubscribes_;
  std::vector<Answer> answers_;
  std::vector<Deploy> deploys_;
  std::size_t waiting_events_ = 0;
  std::size_t waiting_bytes_ = 0;
  bool stopping_ = false;
  std::optional<Instant> next_timer_;
  EngineStatus status_;
};

}  // namespace trig::server
