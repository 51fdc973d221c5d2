// An engine under a clock that the test moves, over either store. The project is text; its
// templates are one line each. Unlike the virtual driver, outages are outages and nobody answers a
// mail unless the test does.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <type_traits>

#include "compiler/diagnostics/render.h"
#include "compiler/project/project.h"
#include "runtime/drive/deployed.h"
#include "runtime/engine/engine.h"
#include "runtime/store/memory_store.h"
#include "runtime/store/rocksdb_store.h"
#include "tests/support/store_around.h"
#include "tests/support/temp_folder.h"

namespace trig::engine {

using namespace std::chrono_literals;

// `more` files take the place of those given here.
inline std::shared_ptr<const Deployed> deploy_text(const std::string& text,
                                                   const project::Files& more = {}) {
  project::Files files;
  files["trig.toml"] =
      "name = \"sim\"\ntimezone = \"UTC\"\n[[senders]]\nname = \"shop\"\n"
      "address = \"shop@example.com\"\npostal_address = \"1 Example Street\"\n";
  files["service.liquid"] = "---\nsubject: Hello\nclass: transactional\n---\n<p>Hello</p>\n";
  files["marketing.liquid"] =
      "---\nsubject: Hello\n---\n{{ postal_address }} <a href=\"{{ unsubscribe_url "
      "}}\">Leave</a>\n";
  files["campaigns.trig"] = text;
  for (const auto& [path, content] : more) files[path] = content;
  std::shared_ptr<const project::Project> project = project::compile(files);
  if (project->diagnostics.has_errors()) {
    ADD_FAILURE() << render_text(project->diagnostics, project->sources, {});
    return nullptr;
  }
  return drive::deployed(project);
}

// A campaign for many tests, and what its event carries.
inline const std::string kGreet = R"(
campaign greet {
  policy service
  on signed_up
  again always
  send welcome()
}
)";
inline constexpr const char* kFree = R"({"plan":"free"})";

inline Instant at(std::string_view time) { return *parse_instant(time); }

struct OnDisk {
  static constexpr bool kValue = true;
};
struct InMemory {
  static constexpr bool kValue = false;
};
using BothStores = ::testing::Types<InMemory, OnDisk>;
// Another program comes to the engine while it runs, not by a restart.
struct InMemoryLive : InMemory {};
struct OnDiskLive : OnDisk {};
using BothStoresAndWays = ::testing::Types<InMemory, OnDisk, InMemoryLive, OnDiskLive>;
template <typename Where>
constexpr bool kLive = std::is_same_v<Where, InMemoryLive> || std::is_same_v<Where, OnDiskLive>;

// A store that fails at the commit it is told to, and from then on; it counts what it is asked.
class FailingStore : public test::StoreAround {
 public:
  using StoreAround::StoreAround;
  int fail_after = -1;           // commits that still succeed; negative: all
  mutable std::size_t gets = 0;  // of one row or of many
  mutable std::size_t history_scans = 0;

  Result<std::optional<std::string>> get(Space space, std::string_view key) const override {
    ++gets;
    return StoreAround::get(space, key);
  }
  Result<std::vector<std::optional<std::string>>> get_many(
      Space space, const std::vector<std::string>& keys) const override {
    ++gets;
    return StoreAround::get_many(space, keys);
  }
  Status scan(Space space, std::string_view begin, std::string_view end,
              const RowVisitor& row) const override {
    if (space == Space::kHistory) ++history_scans;
    return StoreAround::scan(space, begin, end, row);
  }

  Status commit(const Commit& commit) override {
    if (fail_after == 0) return fail("the disk is full");
    if (fail_after > 0) --fail_after;
    return StoreAround::commit(commit);
  }
};

class EngineRun {
 public:
  explicit EngineRun(bool on_disk, bool live = false) : on_disk_(on_disk), live_(live) {}

  EngineSettings settings = default_settings();
  Instant now = at("2026-03-10T12:00:00Z");
  std::vector<Handover> mails;  // attempts begun, in order

  // Opens the store, or opens it again as a restart does. With another program a live one goes on.
  void open(std::shared_ptr<const Deployed> deployed) {
    if (live_ && engine_ != nullptr && deployed != nullptr) return deploy(std::move(deployed));
    close();
    deployed_ = deployed ? std::move(deployed) : deployed_;
    ASSERT_NE(deployed_, nullptr);
    if (on_disk_) {
      auto opened = store::open(folder_.path("data"));
      ASSERT_TRUE(opened) << opened.error().message;
      store_ = std::make_shared<FailingStore>(std::move(*opened));
    } else if (!store_) {
      store_ = std::make_shared<FailingStore>(std::make_shared<store::MemoryStore>());
    }
    auto engine = Engine::open(*store_, deployed_, drive::compile_files(), settings, now);
    ASSERT_TRUE(engine) << engine.error().message;
    engine_ = std::move(*engine);
  }
  void restart() { open(nullptr); }
  // What a kill leaves: everything since the last commit is gone.
  void close() {
    engine_.reset();
    if (on_disk_) store_.reset();
  }

  Engine& engine() { return *engine_; }
  FailingStore& store() { return *store_; }

  // The server's clock moves on; timers fire as it does.
  void advance(Duration by) {
    now += by;
    for (bool more = true; more;) {
      more = engine_->advance(now);
      commit();
    }
  }
  // Moves in steps shorter than an outage.
  void run_for(Duration time) {
    for (Instant end = now + time; now < end;) advance(std::min<Duration>(end - now, 30s));
  }

  Envelope track(const std::string& user, const std::string& event, const std::string& payload) {
    Envelope envelope;
    envelope.source = "web";
    envelope.event = event;
    envelope.user_id = user;
    envelope.payload = payload;
    envelope.occurred_at = now;
    return envelope;
  }
  void take(Envelope envelope) {
    engine_->take(std::move(envelope), now);
    commit();
  }
  void event(const std::string& user, const std::string& event, const std::string& payload = "{}") {
    take(track(user, event, payload));
  }
  void person(const std::string& user) {
    Envelope envelope = track(user, "", "{\"email\":\"" + user + "@example.com\"}");
    envelope.kind = EnvelopeKind::kIdentify;
    take(std::move(envelope));
  }
  void commit() {
    auto turn = engine_->commit();
    ASSERT_TRUE(turn) << turn.error().message;
    for (Handover& mail : turn->attempts) mails.push_back(std::move(mail));
    const Totals& totals = engine_->totals();
    std::uint64_t sum = 0;
    for (std::uint64_t count : totals.messages) sum += count;
    EXPECT_EQ(totals.decided, sum) << "P4";
  }
  void answer(const Handover& mail, exec::SendReport report,
              std::optional<Instant> retry_at = std::nullopt) {
    engine_->answer(mail.message.id, mail.message.attempt, report, retry_at, "", now);
    commit();
  }

  std::uint64_t count(exec::MessageState state) {
    return engine_->totals().messages[static_cast<std::size_t>(state)];
  }
  const exec::PersonState& state(const std::string& user) {
    auto person = engine_->find_user(user);
    EXPECT_TRUE(person) << user;
    return *engine_->person(*person);
  }
  // "campaign: kind, detail" of every line of `why`.
  std::string why(const std::string& user) {
    std::string text;
    for (const exec::Decision& decision : engine_->decisions(*engine_->find_user(user)))
      text += decision.campaign_name + ": " + std::string(exec::to_string(decision.kind)) + ", " +
              decision.detail + "\n";
    return text;
  }
  // Every row of the store, for comparisons.
  std::string dump() {
    std::string bytes;
    for (std::size_t s = 0; s < kSpaceCount; ++s) {
      Status done = store_->scan(static_cast<Space>(s), "", "", [&](auto key, auto value) {
        bytes += std::to_string(s) + ' ' + std::string(key) + '=' + std::string(value) + '\n';
        return true;
      });
      EXPECT_TRUE(done);
    }
    return bytes;
  }

 private:
  static EngineSettings default_settings() {
    EngineSettings settings;
    settings.workspace_secret = "0123456789abcdef";
    return settings;
  }

  // As `trig serve` does: compiled from the program before, but where the texts of tables are gone.
  void deploy(std::shared_ptr<const Deployed> next) {
    std::shared_ptr<const project::Project> project = next->project;
    if (project->table_files.empty())
      project = project::recompile(*deployed_->project, *next->files);
    ASSERT_EQ(project->program.hash, next->program->hash);
    deployed_ = drive::deployed(project, *deployed_, exec::make_interpreter);
    engine_->deploy(deployed_, now);
    commit();
  }

  bool on_disk_;
  bool live_;
  TempFolder folder_;
  std::shared_ptr<const Deployed> deployed_;
  std::shared_ptr<FailingStore> store_;
  std::unique_ptr<Engine> engine_;
};

inline const std::string kVocabulary = R"(
event cart_updated { cart_id: text  total: money }
event order_completed { cart_id: text  total: money }
event signed_up { plan: text  seats: integer = 1 }
person { email: email key  first_name: text?  timezone: timezone? }
topic offers "Offers"
policy service { consent not needed }
template reminder(total: money) from "service.liquid"
template welcome() from "service.liquid"
)";

template <typename Where>
class EngineTest : public ::testing::Test {
 protected:
  EngineRun run{Where::kValue, kLive<Where>};
  // Opens the vocabulary and what is added to it.
  void open(const std::string& campaigns) { run.open(deploy_text(kVocabulary + campaigns)); }
};

}  // namespace trig::engine
