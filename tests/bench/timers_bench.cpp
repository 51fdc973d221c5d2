// Many timers due in the same second, on disk: how long until all have fired and every mail they
// decide is durable, and how long events wait meanwhile for their answer.
//
//   timers_bench [--timers N] [--dir FOLDER]
//
// N people each have a journey that waits until one and the same instant, some time ahead. They are
// made in virtual time, half an hour before it; shortly before it the server's engine thread takes
// over with the real clock, and a client sends ten events every 20 ms.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <thread>

#include "compiler/base/check.h"
#include "runtime/drive/deployed.h"
#include "runtime/server/engine_thread.h"
#include "runtime/store/rocksdb_store.h"

namespace trig {
namespace {

constexpr std::size_t kEventsPerTurn = 5'000;
constexpr std::size_t kEventsPerBatch = 10;
constexpr std::chrono::milliseconds kBetweenBatches{20};
constexpr std::size_t kMadeInASecond = 2'000;  // at least
constexpr std::chrono::seconds kLead{3};       // from the opening to the instant

using Clock = std::chrono::steady_clock;

constexpr std::string_view kRules = R"(
event signed_up { plan: text }
event viewed { page: text }
person { email: email key }
template reminder() from "templates/transactional.html.liquid"
policy service { consent not needed }
campaign r { policy service  on signed_up  wait 30 minutes  send reminder() }
)";

std::shared_ptr<const project::Project> compiled() {
  return project::compile(
      {{"trig.toml",
        "name = \"bench\"\ntimezone = \"UTC\"\n[[senders]]\nname = \"shop\"\ndisplay = \"Shop\"\n"
        "address = \"shop@example.com\"\npostal_address = \"1 Street\"\n"},
       {"templates/transactional.html.liquid",
        "---\nsubject: Your cart\nclass: transactional\n---\nIt waits.\n"},
       {"rules.trig", std::string(kRules)}});
}

engine::EngineSettings settings_of(bool virtual_time) {
  engine::EngineSettings settings;
  settings.workspace_secret = std::string(16, 's');
  settings.virtual_time = virtual_time;
  return settings;
}

// The person's address and the event that makes them wait, both at `at`.
void take_two(engine::Engine& engine, std::size_t person, Instant at) {
  Envelope known;
  known.kind = EnvelopeKind::kIdentify;
  known.source = "shop";
  known.user_id = fmt::format("user-{}", person);
  known.payload = fmt::format(R"({{"email":"p{}@example.com"}})", person);
  Envelope event = known;
  event.kind = EnvelopeKind::kTrack;
  event.event = "signed_up";
  event.occurred_at = at;
  event.payload = R"({"plan":"free"})";
  engine.take(std::move(known), at);
  engine.take(std::move(event), at);
}

class Bench {
 public:
  Bench(std::size_t timers, const std::string& folder) : timers_(timers) {
    auto store = store::open(folder);
    TRIG_CHECK(store.has_value(), "the folder of the measurement can be written");
    store_ = std::move(*store);
    deployed_ = drive::deployed(compiled());
  }

  int run() {
    make();
    TRIG_CHECK(clock_.now() < due_ - kLead, "the people were made too slowly");
    std::this_thread::sleep_for(clock_.real(due_ - kLead - clock_.now()));
    auto engine = engine::Engine::open(*store_, deployed_, drive::compile_files(),
                                       settings_of(false), clock_.now());
    TRIG_CHECK(engine.has_value(), "the store opens again");
    thread_ = std::make_unique<server::EngineThread>(
        std::move(*engine), clock_,
        [this](std::vector<engine::Handover> attempts) {
          for (const engine::Handover& attempt : attempts)
            thread_->answer({attempt.message.id, attempt.message.attempt, exec::SendReport::kSent,
                             std::nullopt, "250"});
        },
        [](const std::string& why) { fmt::print(stderr, "timers_bench: {}\n", why); });
    thread_->start();
    const Clock::time_point due = Clock::now() + clock_.real(due_ - clock_.now());
    std::thread client([this] { send_events(); });
    while (thread_->status().totals.decided < timers_ && thread_->status().failure.empty())
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    const double seconds = std::chrono::duration<double>(Clock::now() - due).count();
    over_ = true;
    client.join();
    thread_->stop();
    print(seconds);
    return thread_->status().failure.empty() ? 0 : 1;
  }

 private:
  // Everybody waits until due_.
  void make() {
    due_ = clock_.now() + kLead + std::chrono::seconds(2 + timers_ / kMadeInASecond);
    const Instant start = due_ - std::chrono::minutes(30);
    auto engine =
        engine::Engine::open(*store_, deployed_, drive::compile_files(), settings_of(true), start);
    TRIG_CHECK(engine.has_value(), "a new store opens");
    for (std::size_t person = 0; person < timers_; ++person) {
      take_two(**engine, person, start);
      if (person % kEventsPerTurn == 0) {
        TRIG_CHECK((*engine)->commit().has_value(), "the store can be written");
      }
    }
    while ((*engine)->advance(due_ - kLead))
      TRIG_CHECK((*engine)->commit().has_value(), "the store can be written");
    TRIG_CHECK((*engine)->commit().has_value(), "the store can be written");
  }

  void send_events() {
    while (!over_) {
      std::vector<Envelope> batch(kEventsPerBatch);
      for (Envelope& envelope : batch) {
        envelope.source = "shop";
        envelope.event = "viewed";
        envelope.user_id = fmt::format("user-{}", sent_++ % timers_);
        envelope.payload = R"({"page":"start"})";
      }
      const auto began = Clock::now();
      std::atomic<bool> answered = false;
      thread_->submit(std::move(batch), [&](Receipt) {
        answered = true;
        answered.notify_one();
      });
      answered.wait(false);
      waits_.push_back(std::chrono::duration<double, std::milli>(Clock::now() - began).count());
      std::this_thread::sleep_until(began + kBetweenBatches);
    }
  }

  void print(double seconds) {
    std::sort(waits_.begin(), waits_.end());
    const double p99 = waits_[(waits_.size() - 1) * 99 / 100];
    fmt::print(R"({{"name":"timers {0}, all fired","value":{1:.2f},"unit":"s","target":30,)"
               R"("reached":{2}}})"
               "\n"
               R"({{"name":"timers {0}, ingest p99","value":{3:.1f},"unit":"ms","target":100,)"
               R"("reached":{4},"batches":{5},"longest_ms":{6:.1f}}})"
               "\n",
               timers_, seconds, seconds <= 30, p99, p99 < 100, waits_.size(), waits_.back());
  }

  const std::size_t timers_;
  std::unique_ptr<Store> store_;
  std::shared_ptr<const engine::Deployed> deployed_;
  server::RealClock clock_{1};
  std::unique_ptr<server::EngineThread> thread_;
  Instant due_;
  std::atomic<bool> over_ = false;
  std::size_t sent_ = 0;
  std::vector<double> waits_;  // milliseconds until a batch was answered
};

}  // namespace
}  // namespace trig

int main(int argc, char** argv) {
  std::size_t timers = 1'000'000;
  std::string parent = std::filesystem::temp_directory_path().string();
  CLI::App app("many timers due in the same second");
  app.add_option("--timers", timers)->check(CLI::Range(1'000, 10'000'000));
  app.add_option("--dir", parent, "where the data goes");
  CLI11_PARSE(app, argc, argv);
  const std::string folder = fmt::format("{}/timers_bench.{}", parent, getpid());
  int code = trig::Bench(timers, folder).run();
  std::filesystem::remove_all(folder);
  return code;
}
