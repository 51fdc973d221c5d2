// The workload `cart` (plain_workloads.h) through the whole engine on the memory store, one core:
// identity, conditions, journeys, timers, cancels and mails, whose attempts are answered at once.
//
//   cart_bench [--campaigns N] [--events N] [--people N] [--why] [--bytes]
//
// Events a second of processor time; a turn is 1,000 events. Events are ready in memory as the
// engine takes them: an envelope with its JSON properties. Unless `--why` is given, neither the
// events as received nor the lines of `why` are kept, as the peers keep neither. `--bytes` measures
// what a waiting journey takes of the resident memory instead, with few people decoded in memory.
// The mails must be those that plain::expected tells.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "compiler/base/check.h"
#include "runtime/drive/deployed.h"
#include "runtime/engine/engine.h"
#include "runtime/store/memory_store.h"
#include "tests/bench/plain_workloads.h"
#include "tests/bench/readings.h"

namespace trig {
namespace {

constexpr std::size_t kEventsPerTurn = 1'000;
constexpr std::size_t kPeopleForBytes = 2'000;  // decoded in memory while bytes are measured

struct Options {
  int campaigns = 10;
  std::uint64_t events = 3'000'000;
  std::uint32_t people = plain::kPeople;
  bool why = false;
  bool bytes = false;
};

class Bench {
 public:
  explicit Bench(const Options& options)
      : options_(options),
        workload_(plain::cart_workload(options.campaigns, kDistinctEvents, 1, options.people)),
        project_(project::compile(
            {{"trig.toml",
              "name = \"bench\"\ntimezone = \"UTC\"\n[[senders]]\nname = \"shop\"\n"
              "display = \"Shop\"\naddress = \"shop@example.com\"\npostal_address = \"1 "
              "Street\"\n"},
             {"templates/transactional.html.liquid",
              "---\nsubject: Your cart\nclass: transactional\n---\nIt waits.\n"},
             {"cart.trig", plain::cart_project(workload_)}})) {
    for (const Diagnostic& diagnostic : project_->diagnostics.all())
      if (diagnostic.severity == Severity::kError)
        fmt::print(stderr, "cart_bench: {}\n", diagnostic.message);
    engine::EngineSettings settings;
    settings.workspace_secret = std::string(16, 's');
    settings.people_in_memory = options.bytes ? kPeopleForBytes : 2 * options.people;
    settings.max_in_flight = 100 * kEventsPerTurn;
    settings.virtual_time = true;
    settings.durable = options.why || options.bytes;
    settings.keep_events = options.why;
    settings.keep_decisions = options.why;
    auto engine = engine::Engine::open(store_, drive::deployed(project_), drive::compile_files(),
                                       settings, start_);
    TRIG_CHECK(engine.has_value(), "a memory store opens");
    engine_ = std::move(*engine);
    make_people();
  }

  int run() { return options_.bytes ? measure_bytes() : measure_speed(); }

 private:
  static constexpr std::size_t kDistinctEvents = 1'000'000;

  Envelope envelope_of(std::uint32_t person, EnvelopeKind kind, Instant at) const {
    Envelope envelope;
    envelope.kind = kind;
    envelope.source = "shop";
    envelope.user_id = fmt::format("user-{}", person);
    envelope.occurred_at = at;
    return envelope;
  }

  Envelope event(std::uint64_t number) const {
    const plain::CartEvent& one = workload_.events[number % workload_.events.size()];
    Envelope envelope =
        envelope_of(one.person, EnvelopeKind::kTrack,
                    start_ + std::chrono::milliseconds(plain::cart_time_ms(number)));
    envelope.event = one.kind == plain::CartKind::kCart ? "cart_updated" : "order_completed";
    envelope.payload =
        fmt::format(R"({{"cart_id":"{}","value":{}.{:02}}})", plain::cart_id(one.person),
                    one.value_cents / 100, one.value_cents % 100);
    return envelope;
  }

  void make_people() {
    for (std::uint32_t person = 0; person < options_.people; ++person) {
      Envelope envelope = envelope_of(person, EnvelopeKind::kIdentify, start_);
      envelope.payload = fmt::format(R"({{"email":"p{}@example.com"}})", person);
      engine_->take(std::move(envelope), start_);
      if (person % kEventsPerTurn == 0) commit();
    }
    commit();
  }

  void commit() {
    auto turn = engine_->commit();
    TRIG_CHECK(turn.has_value(), "a memory store does not fail");
    for (const engine::Handover& attempt : turn->attempts) {
      const exec::Message& message = attempt.message;
      const ir::Program& program = project_->program;
      const std::string& name =
          program
              .campaigns[static_cast<std::size_t>(program.find_campaign(message.campaign.campaign))]
              .name;
      mails_.add(static_cast<std::uint32_t>(std::stoul(name.substr(1))));
      engine_->answer(message.id, message.attempt, exec::SendReport::kSent, std::nullopt, "250",
                      engine_->clock());
    }
  }

  // Plays events `from` up to `to`; the processor time without making the envelopes.
  double play(std::uint64_t from, std::uint64_t to) {
    double took = 0;
    std::vector<Envelope> ready;
    for (std::uint64_t first = from; first < to; first += kEventsPerTurn) {
      ready.clear();
      for (std::uint64_t n = first; n < std::min(to, first + kEventsPerTurn); ++n)
        ready.push_back(event(n));
      const double begin = processor_seconds();
      for (std::span<Envelope> rest = ready; !rest.empty();) {
        const auto next = rest.first(std::min(rest.size(), engine::kExpectedTogether));
        rest = rest.subspan(next.size());
        engine_->expect(next);
        for (Envelope& envelope : next) {
          const Instant at = envelope.occurred_at;
          engine_->take(std::move(envelope), at);
        }
      }
      commit();
      took += processor_seconds() - begin;
    }
    return took;
  }

  int measure_speed() {
    const std::uint64_t warm_up = options_.events / 10;
    play(0, warm_up);
    const double took = play(warm_up, options_.events);
    const Instant end =
        start_ + std::chrono::milliseconds(plain::cart_time_ms(options_.events) + plain::kWaitMs);
    for (bool more = true; more;) {
      more = engine_->advance(end + std::chrono::seconds(1));
      commit();
    }
    const plain::Tally expected = plain::expected(workload_, options_.events);
    if (!(mails_ == expected))
      fmt::print(stderr, "cart_bench: {} mails, not {}\n", mails_.count, expected.count);
    const double rate = static_cast<double>(options_.events - warm_up) / took;
    fmt::print(R"({{"name":"cart {}, events{}","value":{:.4g},"unit":"events/s","mails":{})",
               options_.campaigns, options_.why ? ", with why" : "", rate, mails_.count);
    if (!options_.why)
      fmt::print(R"(,"target":2000000,"reached":{})", rate >= 2e6 && mails_ == expected);
    fmt::print("}}\n");
    return mails_ == expected ? 0 : 1;
  }

  // Everybody orders and has a cart of little value: the same people, none waiting. Then each has
  // a cart that two campaigns wait for.
  int measure_bytes() {
    Instant at = start_;
    auto everybody = [&](const char* name, const char* value) {
      for (std::uint32_t person = 0; person < options_.people; ++person) {
        at += std::chrono::milliseconds(1);
        Envelope envelope = envelope_of(person, EnvelopeKind::kTrack, at);
        envelope.event = name;
        envelope.payload =
            fmt::format(R"({{"cart_id":"{}","value":{}}})", plain::cart_id(person), value);
        engine_->take(std::move(envelope), at);
        if (person % kEventsPerTurn == 0) commit();
      }
      commit();
    };
    everybody("order_completed", "1");
    everybody("cart_updated", "1");
    const double before = resident_bytes();
    everybody("cart_updated", "20.5");
    const std::uint64_t waiting =
        engine_->totals().journeys_started - engine_->totals().journeys_ended;
    TRIG_CHECK(waiting == std::uint64_t{2} * options_.people, "every cart waits");
    const double bytes = (resident_bytes() - before) / static_cast<double>(waiting);
    fmt::print(R"({{"name":"cart {}, bytes per waiting journey","value":{:.1f},"unit":"bytes",)"
               R"("waiting":{},"target":100,"reached":{}}})"
               "\n",
               options_.campaigns, bytes, waiting, bytes <= 100);
    return 0;
  }

  Options options_;
  plain::CartWorkload workload_;
  std::shared_ptr<const project::Project> project_;
  store::MemoryStore store_;
  const Instant start_ = *parse_instant("2026-03-01T00:00:00Z");
  std::unique_ptr<engine::Engine> engine_;
  plain::Tally mails_;
};

}  // namespace
}  // namespace trig

int main(int argc, char** argv) {
  trig::Options options;
  CLI::App app("plays the workload `cart` through the engine");
  app.add_option("--campaigns", options.campaigns)->check(CLI::Range(1, 10'000));
  app.add_option("--events", options.events);
  app.add_option("--people", options.people)->check(CLI::Range(10, 10'000'000));
  app.add_flag("--why", options.why, "keep events and the lines of `why`");
  app.add_flag("--bytes", options.bytes, "measure the memory of waiting journeys");
  CLI11_PARSE(app, argc, argv);
  return trig::Bench(options).run();
}
