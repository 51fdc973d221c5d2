#include "runtime/server/engine_thread.h"

#include <algorithm>

#include "runtime/ports/limits.h"

namespace trig::server {
namespace {

constexpr std::chrono::milliseconds kLongestSleep{500};
constexpr std::size_t kEventsReadAhead = 500;  // about so many together, whole calls

std::size_t bytes_of(const std::vector<Envelope>& batch) {
  std::size_t bytes = 0;
  for (const Envelope& e : batch)
    bytes += sizeof(Envelope) + e.payload.size() + e.context.size() + e.malformed.size();
  return bytes;
}

}  // namespace

EngineThread::EngineThread(std::unique_ptr<engine::Engine> engine, const RealClock& clock,
                           OnAttempts on_attempts, OnFailure on_failure)
    : engine_(std::move(engine)),
      clock_(clock),
      on_attempts_(std::move(on_attempts)),
      on_failure_(std::move(on_failure)) {
  publish_status();
}

EngineThread::~EngineThread() { stop(); }

void EngineThread::start() {
  committer_ = std::thread([this] { run_committer(); });
  thread_ = std::thread([this] { run(); });
}

void EngineThread::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
  {
    std::lock_guard lock(mutex_);
    committer_stopping_ = true;
  }
  close_.notify_one();
  if (committer_.joinable()) committer_.join();
}

void EngineThread::submit(std::vector<Envelope> batch, std::function<void(Receipt)> done) {
  std::size_t bytes = bytes_of(batch);
  Receipt receipt;
  {
    std::lock_guard lock(mutex_);
    if (!status_.failure.empty() || stopping_) {
      receipt.kind = ReceiptKind::kFailed;
    } else if (waiting_events_ + batch.size() > kMaxInboxEvents ||
               waiting_bytes_ + bytes > kMaxInboxBytes) {
      receipt.kind = ReceiptKind::kOverloaded;
    } else {
      waiting_events_ += batch.size();
      waiting_bytes_ += bytes;
      batches_.push_back({std::move(batch), bytes, std::move(done)});
      wake_.notify_all();
      return;
    }
  }
  done(receipt);
}

void EngineThread::unsubscribe(UnsubscribeRequest request, std::function<void(Receipt)> done) {
  Receipt receipt;
  {
    std::lock_guard lock(mutex_);
    if (!status_.failure.empty() || stopping_) {
      receipt.kind = ReceiptKind::kFailed;
    } else if (unsubscribes_.size() >= kMaxInboxEvents) {
      receipt.kind = ReceiptKind::kOverloaded;
    } else {
      unsubscribes_.push_back({std::move(request), std::move(done)});
      wake_.notify_all();
      return;
    }
  }
  done(receipt);
}

void EngineThread::answer(Answer answer) {
  std::lock_guard lock(mutex_);
  answers_.push_back(std::move(answer));
  wake_.notify_all();
}

void EngineThread::deploy(std::shared_ptr<const engine::Deployed> next,
                          std::function<void(Status)> done) {
  {
    std::lock_guard lock(mutex_);
    if (status_.failure.empty() && !stopping_) {
      deploys_.push_back({std::move(next), std::move(done)});
      wake_.notify_all();
      return;
    }
  }
  done(fail("the server is stopping"));
}

EngineStatus EngineThread::status() const {
  std::lock_guard lock(mutex_);
  EngineStatus status = status_;
  status.inbox_events = waiting_events_;
  if (next_timer_) {
    std::chrono::duration<double> late = clock_.now() - *next_timer_;
    status.timer_lateness_seconds = std::max(0.0, late.count());
  }
  return status;
}

EngineThread::Work EngineThread::wait_for_work() {
  std::unique_lock lock(mutex_);
  std::chrono::nanoseconds sleep = kLongestSleep;
  if (next_timer_) {
    // A timer fires when the clock has exceeded its instant.
    auto until = clock_.real(*next_timer_ + Duration(1) - clock_.now());
    sleep = std::clamp(until, std::chrono::nanoseconds(0), sleep);
  }
  if (engine_->filling()) sleep = std::chrono::nanoseconds(0);
  wake_.wait_for(lock, sleep, [&] {
    return stopping_ || committed_ || !batches_.empty() || !unsubscribes_.empty() ||
           !answers_.empty() || !deploys_.empty();
  });
  Work work;
  std::size_t events = 0;
  while (!batches_.empty() && events < kMaxGroupCommitEvents) {
    events += batches_.front().envelopes.size();
    waiting_events_ -= batches_.front().envelopes.size();
    waiting_bytes_ -= batches_.front().bytes;
    work.batches.push_back(std::move(batches_.front()));
    batches_.pop_front();
  }
  work.unsubscribes.swap(unsubscribes_);
  work.answers.swap(answers_);
  work.deploys.swap(deploys_);
  return work;
}

void EngineThread::run() {
  for (;;) {
    Work work = wait_for_work();
    bool idle = work.empty();
    if (!turn(std::move(work))) return refuse({});
    std::lock_guard lock(mutex_);
    if (stopping_ && idle && !committing_ && batches_.empty() && unsubscribes_.empty() &&
        answers_.empty() && deploys_.empty())
      return;
  }
}

void EngineThread::run_committer() {
  std::unique_lock lock(mutex_);
  for (;;) {
    close_.wait(lock, [&] { return committer_stopping_ || closing_; });
    if (!closing_) return;
    Closing closing = std::move(*closing_);
    closing_.reset();
    lock.unlock();
    const auto began = std::chrono::steady_clock::now();
    Status done;
    if (!closing.commit->empty()) done = engine_->store().commit(*closing.commit);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    if (done && !closing.turn.attempts.empty()) on_attempts_(std::move(closing.turn.attempts));
    Receipt receipt;
    if (!done) receipt.kind = ReceiptKind::kFailed;
    for (Batch& batch : closing.work.batches) batch.done(receipt);
    for (Unsubscribe& unsubscribe : closing.work.unsubscribes) unsubscribe.done(receipt);
    for (Deploy& deploy : closing.work.deploys) deploy.done(done);
    lock.lock();
    ++status_.commits;
    status_.commit_seconds += took.count();
    committed_ = std::move(done);
    wake_.notify_all();
  }
}

bool EngineThread::finish_commit() {
  if (!committing_) return true;
  Status done;
  {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [&] { return committed_.has_value(); });
    done = *std::exchange(committed_, std::nullopt);
  }
  committing_ = false;
  done = engine_->finish_commit(done);
  if (done) return true;
  {
    std::lock_guard lock(mutex_);
    status_.failure = done.error().message;
  }
  on_failure_(done.error().message);
  return false;
}

bool EngineThread::commit(Work work) {
  if (!finish_commit()) {
    refuse(std::move(work));
    return false;
  }
  auto closed = engine_->begin_commit();
  if (!closed) {
    {
      std::lock_guard lock(mutex_);
      status_.failure = closed.error().message;
    }
    on_failure_(closed.error().message);
    refuse(std::move(work));
    return false;
  }
  committing_ = true;
  std::lock_guard lock(mutex_);
  closing_ = Closing{closed->commit, std::move(closed->turn), std::move(work)};
  close_.notify_one();
  return true;
}

bool EngineThread::turn(Work work) {
  // What is due comes before what came in, a bounded number of timers a turn.
  Instant now = clock_.now();
  engine_->advance(now);
  for (const Answer& answer : work.answers) {
    std::optional<Instant> retry_at;
    if (answer.retry_after) retry_at = now + *answer.retry_after;
    engine_->answer(answer.message, answer.attempt, answer.report, retry_at, answer.note, now);
  }
  for (const Unsubscribe& unsubscribe : work.unsubscribes)
    engine_->unsubscribe(unsubscribe.request, now);
  take(work, now);
  if (!work.deploys.empty() && !finish_commit()) {
    refuse(std::move(work));
    return false;
  }
  for (Deploy& deploy : work.deploys) engine_->deploy(std::move(deploy.next), now);
  // A turn in which nothing happened only waits for the one before.
  const bool idle = work.empty() && !engine_->changed();
  if (idle ? !finish_commit() : !commit(std::move(work))) return false;
  // Between the turns, a bounded piece each time, so that what comes in never waits for long.
  if (engine_->filling()) {
    engine_->fill_history(clock_.now());
    if (!commit({})) return false;
  }
  publish_status();
  return true;
}

void EngineThread::take(Work& work, Instant now) {
  std::vector<const Envelope*> ahead;
  for (auto batch = work.batches.begin(); batch != work.batches.end();) {
    ahead.clear();
    auto end = batch;
    for (; end != work.batches.end() && ahead.size() < kEventsReadAhead; ++end)
      for (const Envelope& envelope : end->envelopes) ahead.push_back(&envelope);
    // One alone is read as cheaply when it is asked for.
    if (ahead.size() > 1) engine_->read_ahead(ahead, now);
    for (; batch != end; ++batch) engine_->take_all(batch->envelopes, now);
  }
}

// The store has failed and has to be opened again: `work` and whatever still waits is refused.
void EngineThread::refuse(Work work) {
  {
    std::lock_guard lock(mutex_);
    for (Batch& batch : batches_) work.batches.push_back(std::move(batch));
    for (Unsubscribe& one : unsubscribes_) work.unsubscribes.push_back(std::move(one));
    for (Deploy& one : deploys_) work.deploys.push_back(std::move(one));
    batches_.clear();
    unsubscribes_.clear();
    deploys_.clear();
    waiting_events_ = 0;
    waiting_bytes_ = 0;
  }
  Receipt receipt;
  receipt.kind = ReceiptKind::kFailed;
  for (Batch& batch : work.batches) batch.done(receipt);
  for (Unsubscribe& unsubscribe : work.unsubscribes) unsubscribe.done(receipt);
  for (Deploy& deploy : work.deploys) deploy.done(fail("{}", "the store failed"));
}

void EngineThread::publish_status() {
  std::optional<Instant> next = engine_->next_timer();
  std::lock_guard lock(mutex_);
  next_timer_ = next;
  status_.totals = engine_->totals();
  status_.in_flight = engine_->in_flight();
  status_.parked = engine_->parked();
}

}  // namespace trig::server
