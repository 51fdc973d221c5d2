#include "compiler/jit/jit.h"

#include <algorithm>
#include <condition_variable>
#include <csignal>
#include <deque>
#include <mutex>
#include <thread>

#include "compiler/base/limits.h"
#include "compiler/exec/event_rules.h"
#include "compiler/exec/executor_around.h"
#include "compiler/exec/payload_reader.h"
#include "compiler/jit/matcher.h"
#include "compiler/jit/object_cache.h"

namespace trig::jit {
namespace {

using Patterns = std::vector<std::shared_ptr<const RE2>>;

// Those of `known` stand first.
Patterns compiled_patterns(const ir::Program& program, Patterns known = {}) {
  for (std::size_t i = known.size(); i < program.patterns.size(); ++i)
    known.push_back(std::make_shared<const RE2>(program.patterns[i], RE2::Quiet));
  return known;
}

bool by_rule(const exec::Executor::Match& a, const exec::Executor::Match& b) {
  return std::pair(a.campaign, a.alternative) < std::pair(b.campaign, b.alternative);
}

const std::atomic<bool> kNeverStop = false;

class JitExecutor : public exec::ExecutorAround {  // the interpreter
 public:
  JitExecutor(const ir::Program& program, When when, KeptCode kept)
      : ExecutorAround(exec::make_interpreter(program)),
        payloads_(program),
        patterns_(compiled_patterns(program)),
        kept_(std::move(kept)) {
    auto base = std::make_shared<const ir::Program>(program);
    for (std::uint32_t event = 0; event < program.events.size(); ++event)
      events_.push_back(std::make_shared<PerEvent>(base));
    if (when == When::kWhenBusy) {
      if (kept_.objects != nullptr) start_worker();
      return;
    }
    for (std::uint32_t event = 0; event < events_.size(); ++event) {
      if (candidates(event).empty()) continue;
      events_[event]->asked = kMatchesBeforeNative;
      prepare(event, when == When::kBaselineNow ? Tier::kBaseline : Tier::kOptimised);
    }
  }

  // Code of rules that did not change is shared, also where it is still to be made.
  JitExecutor(const JitExecutor& before, std::unique_ptr<exec::Executor> interpreter)
      : ExecutorAround(std::move(interpreter)),
        payloads_(program()),
        patterns_(compiled_patterns(program(), before.patterns_)),
        events_(before.events_) {
    std::shared_ptr<const ir::Program> base;
    for (std::uint32_t event = 0; event < events_.size(); ++event) {
      if (rules(event)->index() != before.rules(event)->index()) {
        if (base == nullptr) base = std::make_shared<const ir::Program>(program());
        events_[event] = std::make_shared<PerEvent>(base);
      } else if (events_[event]->asked >= kMatchesBeforeNative && !events_[event]->optimised) {
        ask_for(event, events_[event]->ready == nullptr ? Tier::kBaseline : Tier::kOptimised);
      }
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

  std::unique_ptr<exec::Executor> next(const ir::Program& program) const override {
    auto interpreter = inner().next(program);
    if (interpreter == nullptr) return nullptr;
    return std::make_unique<JitExecutor>(*this, std::move(interpreter));
  }
  void decode(std::uint32_t event, std::string_view payload,
              exec::Decoded& decoded) const override {
    if (events_[event]->ready.load(std::memory_order_acquire) == nullptr)
      return inner().decode(event, payload, decoded);
    decoded.read_native(payloads_, program().events[event].record, payload);
  }

  void match(std::uint32_t event, const exec::Frame& frame,
             std::vector<Match>& matches) const override {
    PerEvent& of = *events_[event];
    const Matcher* matcher = of.ready.load(std::memory_order_acquire);
    thread_local NativeRecord record;
    if (matcher == nullptr) count(event);
    const std::uint64_t* native =
        matcher == nullptr ? nullptr : matcher->native_form(frame.event, record);
    if (native == nullptr) return inner().match(event, frame, matches);
    const std::size_t before = matches.size();
    MatchCall call;
    call.record = native;
    call.report = [](MatchCall* from, std::uint32_t campaign, std::uint32_t alternative) {
      static_cast<std::vector<Match>*>(from->user)->push_back({campaign, alternative});
    };
    call.user = &matches;
    call.event = event;
    call.interpreter = &inner();
    call.frame = &frame;
    call.patterns = &patterns_;
    const exec::EventRules& filed = *rules(event);
    // What a campaign that is replaced says of the person may be of no use to others: its
    // aggregates are gone.
    if (filed.has_changed()) call.remember = 0;
    matcher->match(call);
    if (call.failure) std::rethrow_exception(call.failure);
    if (filed.has_changed()) match_changed(filed, frame, before, matches);
    std::sort(matches.begin() + static_cast<std::ptrdiff_t>(before), matches.end(), by_rule);
  }

 private:
  // Shared by the executors of programs that share the rules it was made of.
  struct PerEvent {
    explicit PerEvent(std::shared_ptr<const ir::Program> base) : program(std::move(base)) {}

    const std::shared_ptr<const ir::Program> program;
    std::mutex making;
    std::atomic<bool> optimised = false;
    std::atomic<std::uint32_t> asked = 0;
    std::unique_ptr<Matcher> matcher;
    std::atomic<const Matcher*> ready = nullptr;
  };

  // Native code knows the rules as they were; those that changed are few, and interpreted.
  void match_changed(const exec::EventRules& rules, const exec::Frame& frame, std::size_t before,
                     std::vector<Match>& matches) const {
    auto begin = matches.begin() + static_cast<std::ptrdiff_t>(before);
    auto gone = [&](const Match& match) { return rules.is_replaced(match.campaign); };
    matches.erase(std::remove_if(begin, matches.end(), gone), matches.end());
    rules.find_changed(*frame.event, [&](const exec::PredicateIndex::Entry& entry) {
      if (entry.may_match(*frame.event) && rest_holds(inner(), entry, frame))
        matches.push_back({entry.rule.campaign, entry.rule.alternative});
    });
  }

  // Most programs are small and short-lived: code is made for events that keep coming.
  void count(std::uint32_t event) const {
    PerEvent& of = *events_[event];
    if (of.asked.load(std::memory_order_relaxed) >= kMatchesBeforeNative) return;
    if (of.asked.fetch_add(1, std::memory_order_relaxed) + 1 != kMatchesBeforeNative) return;
    if (!candidates(event).empty()) ask_for(event, Tier::kBaseline);
  }

  void ask_for(std::uint32_t event, Tier tier) const {
    std::lock_guard lock(mutex_);
    waiting_.push_back({event, tier});
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
    PerEvent& of = *events_[event];
    std::lock_guard one_at_a_time(of.making);
    if (of.optimised) return true;
    if (of.matcher == nullptr) of.matcher = std::make_unique<Matcher>(*of.program, event);
    if (cache_ == nullptr && kept_.objects != nullptr)
      cache_ = std::make_unique<ObjectCache>(kept_.objects, program());
    Objects objects{tier == Tier::kOptimised ? cache_.get() : nullptr, only_known};
    bool done = of.matcher->compile(tier, objects, stop_);
    // An object that does not link is as good as none.
    if (!done && !only_known && objects.cache != nullptr)
      done = of.matcher->compile(tier, {}, stop_);
    if (done) of.ready.store(of.matcher.get(), std::memory_order_release);
    // Made again when the event turns out to be busy.
    if (!done && only_known && of.ready == nullptr) of.matcher.reset();
    if (done && tier == Tier::kOptimised) of.optimised = true;
    return done;
  }

  void restore() const {
    KeptCode::Report report;
    for (std::uint32_t event = 0; event < events_.size() && !stop_; ++event)
      if (!candidates(event).empty() && prepare(event, Tier::kOptimised, true))
        ++report.event_types;
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

  exec::PayloadReader payloads_;
  Patterns patterns_;
  std::vector<std::shared_ptr<PerEvent>> events_;
  KeptCode kept_;  // of the first executor: those that go on from it make what is new themselves
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
