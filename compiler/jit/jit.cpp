#include "compiler/jit/jit.h"

#include <algorithm>
#include <condition_variable>
#include <csignal>
#include <deque>
#include <mutex>
#include <thread>

#include "compiler/base/limits.h"
#include "compiler/exec/payload_reader.h"
#include "compiler/jit/matcher.h"
#include "compiler/jit/object_cache.h"

namespace trig::jit {
namespace {

using Patterns = std::vector<std::unique_ptr<RE2>>;

Patterns compiled_patterns(const ir::Program& program) {
  Patterns patterns;
  for (const std::string& pattern : program.patterns)
    patterns.push_back(std::make_unique<RE2>(pattern, RE2::Quiet));
  return patterns;
}

const std::atomic<bool> kNeverStop = false;

class JitExecutor : public exec::Executor {
 public:
  JitExecutor(const ir::Program& program, When when, KeptCode kept)
      : interpreter_(exec::make_interpreter(program)),
        payloads_(program),
        patterns_(compiled_patterns(program)),
        events_(program.events.size()),
        kept_(std::move(kept)) {
    if (when == When::kWhenBusy) {
      if (kept_.objects != nullptr) start_worker();
      return;
    }
    for (std::uint32_t event = 0; event < events_.size(); ++event) {
      if (candidates(event).empty()) continue;
      events_[event].asked = kMatchesBeforeNative;
      prepare(event, when == When::kBaselineNow ? Tier::kBaseline : Tier::kOptimised);
    }
  }

  ~JitExecutor() override {
    {
      std::lock_guard lock(mutex_);
      stop_ = true;
    }
    wake_.notify_all();
    if (worker_.joinable()) worker_.join();
  }

  const ir::Program& program() const override { return interpreter_->program(); }
  ir::Value evaluate(ir::NodeId node, const exec::Frame& frame) const override {
    return interpreter_->evaluate(node, frame);
  }
  const std::vector<Match>& candidates(std::uint32_t event) const override {
    return interpreter_->candidates(event);
  }
  const exec::TriggerIndex& triggers() const override { return interpreter_->triggers(); }
  const exec::AggregateIndex& aggregates() const override { return interpreter_->aggregates(); }
  void decode(std::uint32_t event, std::string_view payload,
              exec::Decoded& decoded) const override {
    if (events_[event].ready.load(std::memory_order_acquire) == nullptr)
      return interpreter_->decode(event, payload, decoded);
    decoded.read_native(payloads_, program().events[event].record, payload);
  }

  void match(std::uint32_t event, const exec::Frame& frame,
             std::vector<Match>& matches) const override {
    PerEvent& of = events_[event];
    const Matcher* matcher = of.ready.load(std::memory_order_acquire);
    thread_local NativeRecord record;
    if (matcher == nullptr) count(event);
    const std::uint64_t* native =
        matcher == nullptr ? nullptr : matcher->native_form(frame.event, record);
    if (native == nullptr) return interpreter_->match(event, frame, matches);
    const std::size_t before = matches.size();
    MatchCall call;
    call.record = native;
    call.report = [](MatchCall* from, std::uint32_t campaign, std::uint32_t alternative) {
      static_cast<std::vector<Match>*>(from->user)->push_back({campaign, alternative});
    };
    call.user = &matches;
    call.event = event;
    call.interpreter = interpreter_.get();
    call.frame = &frame;
    call.patterns = &patterns_;
    matcher->match(call);
    if (call.failure) std::rethrow_exception(call.failure);
    std::sort(matches.begin() + static_cast<std::ptrdiff_t>(before), matches.end(),
              [](const Match& a, const Match& b) {
                return std::pair(a.campaign, a.alternative) < std::pair(b.campaign, b.alternative);
              });
  }

 private:
  struct PerEvent {
    std::atomic<std::uint32_t> asked = 0;
    std::unique_ptr<Matcher> matcher;
    std::atomic<const Matcher*> ready = nullptr;
  };

  // Most programs are small and short-lived: code is made for events that keep coming.
  void count(std::uint32_t event) const {
    PerEvent& of = events_[event];
    if (of.asked.load(std::memory_order_relaxed) >= kMatchesBeforeNative) return;
    if (of.asked.fetch_add(1, std::memory_order_relaxed) + 1 != kMatchesBeforeNative) return;
    if (candidates(event).empty()) return;
    std::lock_guard lock(mutex_);
    waiting_.push_back({event, Tier::kBaseline});
    if (!worker_.joinable()) start_worker();
    wake_.notify_one();
  }

  // Signals are for whoever made the executor, also those that are not blocked yet.
  void start_worker() const {
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    worker_ = std::thread([this] { work(); });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }

  // True once it is in place. Code without optimisation is made in no time and not kept.
  bool prepare(std::uint32_t event, Tier tier, bool only_known = false) const {
    PerEvent& of = events_[event];
    if (of.matcher == nullptr) of.matcher = std::make_unique<Matcher>(program(), event);
    if (of.matcher->has(Tier::kOptimised)) return true;
    if (cache_ == nullptr && kept_.objects != nullptr)
      cache_ = std::make_unique<ObjectCache>(kept_.objects, program());
    Objects objects{tier == Tier::kOptimised ? cache_.get() : nullptr, only_known};
    bool done = of.matcher->compile(tier, objects, stop_);
    // An object that does not link is as good as none.
    if (!done && !only_known && objects.cache != nullptr)
      done = of.matcher->compile(tier, {}, stop_);
    if (done) of.ready.store(of.matcher.get(), std::memory_order_release);
    return done;
  }

  void restore() const {
    KeptCode::Report report;
    for (std::uint32_t event = 0; event < events_.size() && !stop_; ++event) {
      if (candidates(event).empty()) continue;
      if (prepare(event, Tier::kOptimised, true))
        ++report.event_types;
      else
        events_[event].matcher.reset();  // made again when the event turns out to be busy
    }
    if (stop_) return;
    report.found = cache_ == nullptr ? 0 : cache_->found();
    report.compiled = cache_ == nullptr ? 0 : cache_->compiled();
    if (kept_.in_place) kept_.in_place(report);
  }

  void work() const {
    if (kept_.objects != nullptr) restore();
    std::unique_lock lock(mutex_);
    for (;;) {
      wake_.wait(lock, [&] { return stop_ || !waiting_.empty(); });
      if (stop_) return;
      auto [event, tier] = waiting_.front();
      waiting_.pop_front();
      lock.unlock();
      prepare(event, tier);
      lock.lock();
      if (tier == Tier::kBaseline) waiting_.push_back({event, Tier::kOptimised});
    }
  }

  std::unique_ptr<exec::Executor> interpreter_;
  exec::PayloadReader payloads_;
  Patterns patterns_;
  mutable std::vector<PerEvent> events_;
  KeptCode kept_;
  mutable std::unique_ptr<ObjectCache> cache_;  // of whoever compiles: the worker, if there is one
  mutable std::mutex mutex_;
  mutable std::condition_variable wake_;
  mutable std::deque<std::pair<std::uint32_t, Tier>> waiting_;  // an event and tier once each
  mutable std::thread worker_;
  std::atomic<bool> stop_ = false;
};

class SingleMatcher : public NativeMatcher {
 public:
  SingleMatcher(const exec::Executor& interpreter, std::uint32_t event)
      : interpreter_(interpreter),
        event_(event),
        patterns_(compiled_patterns(interpreter.program())),
        matcher_(interpreter.program(), event) {}

  bool compile(Tier tier) { return matcher_.compile(tier, {}, kNeverStop); }
  const RecordLayout& layout() const override { return matcher_.layout(); }
  std::size_t rules() const override { return matcher_.rules(); }

  void match(const std::uint64_t* record, const exec::Frame& frame, Report report,
             void* user) const override {
    struct Receiver {
      Report report;
      void* user;
    } receiver{report, user};
    MatchCall call;
    call.record = record;
    call.report = [](MatchCall* from, std::uint32_t campaign, std::uint32_t alternative) {
      const auto* to = static_cast<const Receiver*>(from->user);
      to->report(to->user, from->event, campaign, alternative);
    };
    call.user = &receiver;
    call.event = event_;
    call.interpreter = &interpreter_;
    call.frame = &frame;
    call.patterns = &patterns_;
    matcher_.match(call);
    if (call.failure) std::rethrow_exception(call.failure);
  }

 private:
  const exec::Executor& interpreter_;
  std::uint32_t event_;
  Patterns patterns_;
  Matcher matcher_;
};

}  // namespace

std::unique_ptr<exec::Executor> make_jit(const ir::Program& program, When when, KeptCode kept) {
  return std::make_unique<JitExecutor>(program, when, std::move(kept));
}

std::unique_ptr<NativeMatcher> make_matcher(const exec::Executor& interpreter, std::uint32_t event,
                                            Tier tier) {
  auto matcher = std::make_unique<SingleMatcher>(interpreter, event);
  if (!matcher->compile(tier)) return nullptr;
  return matcher;
}

std::string dump_llvm(const ir::Program& program) {
  std::string text;
  for (std::uint32_t event = 0; event < program.events.size(); ++event) {
    Matcher matcher(program, event);
    if (matcher.rules() > 0)
      text += "; event " + program.events[event].name + "\n" + matcher.text();
  }
  return text;
}

}  // namespace trig::jit
