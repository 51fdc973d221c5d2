#include "runtime/server/engine_thread.h"

#include <algorithm>

#include "runtime/ports/limits.h"

namespace trig::server {
namespace {

constexpr std::chrono::milliseconds kLongestSleep{500};

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
  thread_ = std::thread([this] { run(); });
}

void EngineThread::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
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
      wake_.notify_one();
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
      wake_.notify_one();
      return;
    }
  }
  done(receipt);
}

void EngineThread::answer(Answer answer) {
  std::lock_guard lock(mutex_);
  answers_.push_back(std::move(answer));
  wake_.notify_one();
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
    return stopping_ || !batches_.empty() || !unsubscribes_.empty() || !answers_.empty();
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
  return work;
}

void EngineThread::run() {
  for (;;) {
    Work work = wait_for_work();
    bool idle = work.empty();
    if (!turn(std::move(work))) return;
    std::lock_guard lock(mutex_);
    if (stopping_ && idle && batches_.empty() && unsubscribes_.empty() && answers_.empty()) return;
  }
}

bool EngineThread::commit() {
  auto began = std::chrono::steady_clock::now();
  auto turn = engine_->commit();
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  {
    std::lock_guard lock(mutex_);
    ++status_.commits;
    status_.commit_seconds += took.count();
    if (!turn) status_.failure = turn.error().message;
  }
  if (!turn) {
    on_failure_(turn.error().message);
    return false;
  }
  if (!turn->attempts.empty()) on_attempts_(std::move(turn->attempts));
  return true;
}

// What is due comes before what came in, so that each step sees its due time; a bounded number a
// commit. False: the store failed.
bool EngineThread::fire_timers() {
  while (engine_->advance(clock_.now()))
    if (!commit()) return false;
  return true;
}

bool EngineThread::turn(Work work) {
  bool good = fire_timers();
  if (good) {
    Instant now = clock_.now();
    for (const Answer& answer : work.answers) {
      std::optional<Instant> retry_at;
      if (answer.retry_after) retry_at = now + *answer.retry_after;
      engine_->answer(answer.message, answer.attempt, answer.report, retry_at, answer.note, now);
    }
    for (const Unsubscribe& unsubscribe : work.unsubscribes)
      engine_->unsubscribe(unsubscribe.request, now);
    for (Batch& batch : work.batches)
      for (Envelope& envelope : batch.envelopes) engine_->take(std::move(envelope), now);
    good = commit();
  }
  Receipt receipt;
  if (!good) receipt.kind = ReceiptKind::kFailed;
  for (Batch& batch : work.batches) batch.done(receipt);
  for (Unsubscribe& unsubscribe : work.unsubscribes) unsubscribe.done(receipt);
  // Between the turns, a bounded piece each time, so that what comes in never waits for long.
  if (good && engine_->filling()) {
    engine_->fill_history(clock_.now());
    good = commit();
  }
  if (good) {
    publish_status();
    return true;
  }
  // Whatever still waits is refused: the store has to be opened again first.
  std::deque<Batch> refused;
  std::vector<Unsubscribe> refused_unsubscribes;
  {
    std::lock_guard lock(mutex_);
    refused.swap(batches_);
    refused_unsubscribes.swap(unsubscribes_);
    waiting_events_ = 0;
    waiting_bytes_ = 0;
  }
  for (Batch& batch : refused) batch.done(receipt);
  for (Unsubscribe& unsubscribe : refused_unsubscribes) unsubscribe.done(receipt);
  return false;
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
