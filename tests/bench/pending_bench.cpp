// Many journeys that wait, one a person, on disk: what each takes there, what memory a server needs
// that has them, and how soon after its start it serves the first event.
//
//   pending_bench [--journeys N] [--dir FOLDER]
//
// The bindings are a cart's id and its value. The bytes on disk are those by which the store with
// the journeys, compacted, is larger than with the same people and none; neither events as received
// nor lines of `why` are kept. Memory and the first event are those of a process of its own,
// started on that store: --resume, which this program calls.
#include <fmt/format.h>
#include <rocksdb/db.h>
#include <rocksdb/utilities/options_util.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <filesystem>

#include "compiler/base/check.h"
#include "runtime/drive/deployed.h"
#include "runtime/engine/engine.h"
#include "runtime/store/data_directory.h"
#include "runtime/store/rocksdb_store.h"
#include "tests/bench/readings.h"

namespace trig {
namespace {

constexpr std::size_t kEventsPerTurn = 5'000;
constexpr double kGiB = 1024.0 * 1024 * 1024;
const Instant kStart = *parse_instant("2026-03-01T00:00:00Z");

constexpr std::string_view kRules = R"(
event cart_updated { cart_id: text  value: number }
event order_completed { cart_id: text }
person { email: email key }
template reminder(value: number) from "templates/transactional.html.liquid"
policy service { consent not needed }
campaign cart {
  policy service
  on cart_updated as cart
  wait 7 days unless order_completed where cart_id == cart.cart_id
  send reminder(value: cart.value)
}
)";

std::unique_ptr<engine::Engine> opened(Store& store, Instant now) {
  std::shared_ptr<const project::Project> project = project::compile(
      {{"trig.toml",
        "name = \"bench\"\ntimezone = \"UTC\"\n[[senders]]\nname = \"shop\"\ndisplay = \"Shop\"\n"
        "address = \"shop@example.com\"\npostal_address = \"1 Street\"\n"},
       {"templates/transactional.html.liquid",
        "---\nsubject: Your cart\nclass: transactional\n---\n{{ value }}\n"},
       {"rules.trig", std::string(kRules)}});
  engine::EngineSettings settings;
  settings.workspace_secret = std::string(16, 's');
  settings.virtual_time = true;
  settings.keep_events = false;
  settings.keep_decisions = false;
  auto engine =
      engine::Engine::open(store, drive::deployed(project), drive::compile_files(), settings, now);
  TRIG_CHECK(engine.has_value(), "the store opens");
  return std::move(*engine);
}

std::unique_ptr<Store> open_store(const std::string& folder) {
  auto store = store::open(folder);
  TRIG_CHECK(store.has_value(), "the folder of the measurement can be written");
  return std::move(*store);
}

Envelope envelope_of(std::size_t person, EnvelopeKind kind, Instant at) {
  Envelope envelope;
  envelope.kind = kind;
  envelope.source = "shop";
  envelope.user_id = fmt::format("user-{}", person);
  envelope.occurred_at = at;
  return envelope;
}

Envelope cart_of(std::size_t person, Instant at) {
  Envelope envelope = envelope_of(person, EnvelopeKind::kTrack, at);
  envelope.event = "cart_updated";
  envelope.payload =
      fmt::format(R"({{"cart_id":"cart-{:012}","value":{}.5}})", person, person % 1000);
  return envelope;
}

// As the store itself would: by the settings that it has left beside its files.
void compact(const std::string& path) {
  rocksdb::DBOptions options;
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  rocksdb::ConfigOptions known;
  known.ignore_unsupported_options = true;
  TRIG_CHECK(rocksdb::LoadLatestOptions(known, path, &options, &families).ok(),
             "the store has left its settings");
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  TRIG_CHECK(rocksdb::DB::Open(options, path, families, &handles, &db).ok(), "the store opens");
  for (rocksdb::ColumnFamilyHandle* handle : handles) {
    rocksdb::CompactRangeOptions all;
    all.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
    TRIG_CHECK(db->CompactRange(all, handle, nullptr, nullptr).ok(), "the store is compacted");
    db->DestroyColumnFamilyHandle(handle);
  }
  delete db;
}

// `make` for everybody, committed in turns; then the bytes of the store, compacted.
template <typename Make>
double bytes_after(const std::string& folder, std::size_t people, Instant from, Make&& make) {
  {
    auto store = open_store(folder);
    auto engine = opened(*store, from);
    for (std::size_t person = 0; person < people; ++person) {
      const Instant at = from + std::chrono::microseconds(person);
      engine->take(make(person, at), at);
      if (person % kEventsPerTurn == 0)
        TRIG_CHECK(engine->commit().has_value(), "the store can be written");
    }
    TRIG_CHECK(engine->commit().has_value(), "the store can be written");
  }
  compact(store::rows_path(folder));
  double bytes = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.path().extension() == ".sst") bytes += static_cast<double>(entry.file_size());
  return bytes;
}

int resume(std::size_t journeys, const std::string& folder) {
  const auto began = std::chrono::steady_clock::now();
  auto store = open_store(folder);
  const Instant now = kStart + std::chrono::hours(24);
  auto engine = opened(*store, now);
  engine->take(cart_of(journeys / 2, now), now);
  TRIG_CHECK(engine->commit().has_value(), "the store can be written");
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  // Then events of people all over, so that caches fill.
  for (std::size_t i = 0; i < 100'000; ++i) {
    const Instant at = now + std::chrono::milliseconds(i);
    engine->take(cart_of(i * 7919 % journeys, at), at);
    if (i % kEventsPerTurn == 0)
      TRIG_CHECK(engine->commit().has_value(), "the store can be written");
  }
  const double resident = resident_bytes() / kGiB;
  fmt::print(
      R"({{"name":"pending {0}, resident","value":{1:.3f},"unit":"GiB","target":2,"reached":{2}}})"
      "\n"
      R"({{"name":"pending {0}, first event","value":{3:.3f},"unit":"s","target":10,)"
      R"("reached":{4}}})"
      "\n",
      journeys, resident, resident <= 2, seconds, seconds <= 10);
  return 0;
}

int run(std::size_t journeys, const std::string& folder, const std::string& self) {
  const double none = bytes_after(folder, journeys, kStart, [](std::size_t person, Instant at) {
    Envelope envelope = envelope_of(person, EnvelopeKind::kIdentify, at);
    envelope.payload = fmt::format(R"({{"email":"p{}@example.com"}})", person);
    return envelope;
  });
  const double all = bytes_after(folder, journeys, kStart + std::chrono::hours(1), cart_of);
  const double each = (all - none) / static_cast<double>(journeys);
  fmt::print(R"({{"name":"pending {0}, on disk each","value":{1:.1f},"unit":"bytes","target":200,)"
             R"("reached":{2},"person_bytes":{3:.1f}}})"
             "\n",
             journeys, each, each <= 200, none / static_cast<double>(journeys));
  std::fflush(stdout);
  const std::string command =
      fmt::format("{} --resume --journeys {} --data {}", self, journeys, folder);
  return std::system(command.c_str()) == 0 ? 0 : 1;
}

}  // namespace
}  // namespace trig

int main(int argc, char** argv) {
  std::size_t journeys = 10'000'000;
  std::string parent = std::filesystem::temp_directory_path().string();
  std::string data;
  bool resume = false;
  CLI::App app("many journeys that wait");
  app.add_option("--journeys", journeys)->check(CLI::Range(1'000, 100'000'000));
  app.add_option("--dir", parent, "where the data goes");
  app.add_option("--data", data, "of --resume: the store");
  app.add_flag("--resume", resume, "serve a store that was made");
  CLI11_PARSE(app, argc, argv);
  if (resume) return trig::resume(journeys, data);
  const std::string folder = fmt::format("{}/pending_bench.{}", parent, getpid());
  int code = trig::run(journeys, folder, std::filesystem::read_symlink("/proc/self/exe"));
  std::filesystem::remove_all(folder);
  return code;
}
