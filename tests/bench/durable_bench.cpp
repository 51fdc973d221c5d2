// How many events of the workload `mixed` are durable a second, beside bare RocksDB with the very
// same writes.
//
//   durable_bench [--events N] [--campaigns N] [--dir FOLDER]
//
// Whole HTTP bodies of 100 events are ready in memory; they go through Segment's API, the engine's
// thread and the committer into RocksDB, each group commit synced, with 64 calls under way. Then
// two threads replay every commit of that run, as the WriteBatch it was, each synced, into one
// empty store of the same settings: the limit.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <span>
#include <thread>

#include "compiler/base/check.h"
#include "runtime/drive/deployed.h"
#include "runtime/ingest/segment_api.h"
#include "runtime/server/engine_thread.h"
#include "runtime/store/rocksdb_store.h"
#include "tests/bench/workload.h"
#include "tests/support/store_around.h"

namespace trig {
namespace {

constexpr std::size_t kEventsPerCall = 100;
constexpr int kCallsUnderWay = 64;
constexpr std::size_t kEventsPerCommit = kEventsPerCall * kCallsUnderWay / 2;  // about
constexpr std::size_t kReplayThreads = 2;

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

// Hands everything on and keeps a copy of each commit.
class RecordingStore : public test::StoreAround {
 public:
  using StoreAround::StoreAround;

  Status commit(const Commit& commit) override {
    {
      std::lock_guard lock(mutex_);
      if (used_ == commits_.size()) commits_.emplace_back();
      commits_[used_++] = commit;
    }
    return StoreAround::commit(commit);
  }

  // Room for so many commits as large as the largest so far. Recording must not cost the run fresh
  // memory, page by page.
  void make_room(std::size_t count) {
    std::lock_guard lock(mutex_);
    Commit largest;
    for (const Commit& commit : commits_)
      if (commit.size() > largest.size()) largest = commit;
    commits_.assign(count, largest);
    for (Commit& commit : commits_) commit.clear();
    used_ = 0;
  }
  std::span<const Commit> commits() const { return {commits_.data(), used_}; }  // nobody commits

 private:
  std::mutex mutex_;
  std::vector<Commit> commits_;
  std::size_t used_ = 0;
};

std::unique_ptr<Store> opened(const std::string& folder) {
  auto store = store::open(folder);
  TRIG_CHECK(store.has_value(), "the folder of the measurement can be written");
  return std::move(*store);
}

// Bounds the calls under way and waits for the last.
class Calls {
 public:
  void begin() {
    std::unique_lock lock(mutex_);
    ended_.wait(lock, [&] { return under_way_ < kCallsUnderWay; });
    ++under_way_;
  }
  void end(int status) {
    std::lock_guard lock(mutex_);
    if (status != 200) ++refused_;
    --under_way_;
    ended_.notify_one();
  }
  void wait_for_all() {
    std::unique_lock lock(mutex_);
    ended_.wait(lock, [&] { return under_way_ == 0; });
  }
  int refused() const { return refused_; }

 private:
  std::mutex mutex_;
  std::condition_variable ended_;
  int under_way_ = 0;
  int refused_ = 0;
};

struct Options {
  std::size_t events = 300'000;
  std::uint32_t campaigns = 100;
  std::string folder;
};

class Bench {
 public:
  explicit Bench(const Options& options)
      : options_(options),
        workload_({.campaigns = options.campaigns, .timestamps = false}),
        project_(project::compile(workload_.project())),
        store_(opened(options.folder + "/trig")) {
    for (const Diagnostic& diagnostic : project_->diagnostics.all())
      if (diagnostic.severity == Severity::kError)
        fmt::print(stderr, "durable_bench: {}\n", diagnostic.message);
    engine::EngineSettings settings;
    settings.workspace_secret = std::string(16, 's');
    auto engine = engine::Engine::open(store_, drive::deployed(project_), drive::compile_files(),
                                       settings, clock_.now());
    TRIG_CHECK(engine.has_value(), "a new store opens");
    engine_ = std::make_unique<server::EngineThread>(
        std::move(*engine), clock_,
        [this](std::vector<engine::Handover> attempts) {
          for (const engine::Handover& attempt : attempts)
            engine_->answer({attempt.message.id, attempt.message.attempt, exec::SendReport::kSent,
                             std::nullopt, "250"});
        },
        [](const std::string& why) { fmt::print(stderr, "durable_bench: {}\n", why); });
    engine_->start();
  }
  ~Bench() { engine_->stop(); }

  int run() {
    post(options_.events / 10, nullptr);  // people appear, tables fill
    store_.make_room(2 * options_.events / kEventsPerCommit);
    const std::uint64_t before = engine_->status().totals.events;
    double seconds = 0;
    const int refused = post(options_.events, &seconds);
    engine_->stop();
    const server::EngineStatus status = engine_->status();
    const std::uint64_t events = status.totals.events - before;
    const double rate = static_cast<double>(events) / seconds;
    const double limit = static_cast<double>(events) / replay();
    fmt::print(R"({{"name":"durable, mixed {}","value":{:.4g},"unit":"events/s","limit":{:.4g},)"
               R"("ratio":{:.3f},"target":0.5,"reached":{},"commits":{},"journeys":{}}})"
               "\n",
               options_.campaigns, rate, limit, rate / limit, rate / limit >= 0.5,
               store_.commits().size(), status.totals.journeys_started);
    return refused == 0 && status.totals.events_rejected == 0 ? 0 : 1;
  }

 private:
  // How many calls were refused; `seconds` from the first to the last answer.
  int post(std::size_t events, double* seconds) {
    std::vector<std::string> bodies;
    for (std::size_t i = 0; i < events; i += kEventsPerCall)
      bodies.push_back(workload_.batch(kEventsPerCall));
    ingest::SegmentApi api({.write_keys = {{"shop", "bench-key"}}}, *engine_, clock_);
    Calls calls;
    const auto begin = Clock::now();
    for (std::string& body : bodies) {
      calls.begin();
      net::HttpRequest request;
      request.method = "POST";
      request.path = "/v1/batch";
      request.headers = {{"Content-Type", "application/json"},
                         {"Authorization", "Basic YmVuY2gta2V5Og=="}};
      request.body = std::move(body);
      api.handle(std::move(request), [&](net::HttpResponse answer) { calls.end(answer.status); });
    }
    calls.wait_for_all();
    if (seconds != nullptr) *seconds = seconds_since(begin);
    return calls.refused();
  }

  // Seconds for all commits of the run, nothing but RocksDB.
  double replay() {
    auto bare = opened(options_.folder + "/bare");
    const std::span<const Commit> commits = store_.commits();
    std::vector<std::thread> threads;
    const auto begin = Clock::now();
    for (std::size_t t = 0; t < kReplayThreads; ++t)
      threads.emplace_back([&, t] {
        for (std::size_t i = t; i < commits.size(); i += kReplayThreads)
          TRIG_CHECK(bare->commit(commits[i]).has_value(), "bare RocksDB can be written");
      });
    for (std::thread& thread : threads) thread.join();
    return seconds_since(begin);
  }

  Options options_;
  workload::Workload workload_;
  std::shared_ptr<const project::Project> project_;
  RecordingStore store_;
  server::RealClock clock_{1};
  std::unique_ptr<server::EngineThread> engine_;
};

}  // namespace
}  // namespace trig

int main(int argc, char** argv) {
  trig::Options options;
  std::string parent = std::filesystem::temp_directory_path().string();
  CLI::App app("how many events of a mixed workload are durable a second");
  app.add_option("--events", options.events);
  app.add_option("--campaigns", options.campaigns);
  app.add_option("--dir", parent, "where the data goes");
  CLI11_PARSE(app, argc, argv);
  options.folder = fmt::format("{}/durable_bench.{}", parent, getpid());
  std::filesystem::create_directories(options.folder);
  int code = trig::Bench(options).run();
  std::filesystem::remove_all(options.folder);
  return code;
}
