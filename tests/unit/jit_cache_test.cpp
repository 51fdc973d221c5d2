// Native code that an earlier executor left: found again, the same, and never trusted.
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

#include "compiler/base/limits.h"
#include "compiler/diagnostics/render.h"
#include "compiler/jit/jit.h"
#include "tests/support/temp_folder.h"
#include "tests/tools/random_rules.h"

namespace trig {
namespace {

namespace fs = std::filesystem;

using Matches = std::vector<exec::Executor::Match>;

class NoHistory : public exec::History {
 public:
  void scan(NameHash, Instant, Instant, const RowVisitor&) const override {}
};

// A random project, what its events match by the interpreter, and code kept in a folder.
class KeptCodeTest : public testing::Test {
 protected:
  explicit KeptCodeTest(std::size_t max_bytes = kMaxObjectCacheBytes)
      : bench_(random_.project(700)), max_bytes_(max_bytes) {
    EXPECT_FALSE(bench_.diagnostics.has_errors())
        << render_text(bench_.diagnostics, bench_.sources, {});
    interpreter_ = exec::make_interpreter(program());
    for (int i = 0; i < 200; ++i) {
      auto type = static_cast<std::uint32_t>(program().find_event(i % 3 == 0 ? "bought" : "seen"));
      events_.push_back({type, random_.event(program(), type), random_.person(program())});
    }
    for (const Event& event : events_) expected_ += matches_of(*interpreter_, event).size();
  }

  const ir::Program& program() const { return bench_.checked.program; }

  struct Event {
    std::uint32_t type = 0;
    ir::Items fields;
    ir::Items person;
  };
  Matches matches_of(const exec::Executor& executor, const Event& event) const {
    exec::Frame frame;
    frame.event = &event.fields;
    frame.person = exec::PersonRecord(event.person);
    frame.history = &history_;
    Matches matches;
    executor.match(event.type, frame, matches);
    return matches;
  }

  // Makes an executor that is native by optimised code, which is kept.
  void warm(const ir::Program& of) { jit::make_jit(of, jit::When::kOptimisedNow, {cache(), {}}); }
  void warm() { warm(program()); }

  // What a new executor finds; it must match what the interpreter matches.
  jit::KeptCode::Report restart(const ir::Program& of) {
    std::mutex mutex;
    std::condition_variable wake;
    std::optional<jit::KeptCode::Report> report;
    auto executor =
        jit::make_jit(of, jit::When::kWhenBusy, {cache(), [&](const jit::KeptCode::Report& found) {
                                                   std::lock_guard lock(mutex);
                                                   report = found;
                                                   wake.notify_one();
                                                 }});
    std::unique_lock lock(mutex);
    EXPECT_TRUE(wake.wait_for(lock, std::chrono::minutes(1), [&] { return report.has_value(); }));
    if (&of == &program()) {
      std::size_t matched = 0;
      for (const Event& event : events_) {
        const Matches native = matches_of(*executor, event);
        const Matches interpreted = matches_of(*interpreter_, event);
        matched += native.size();
        EXPECT_TRUE(std::equal(native.begin(), native.end(), interpreted.begin(), interpreted.end(),
                               [](const auto& a, const auto& b) {
                                 return a.campaign == b.campaign && a.alternative == b.alternative;
                               }));
      }
      EXPECT_EQ(matched, expected_);
    }
    return report.value_or(jit::KeptCode::Report{});
  }
  jit::KeptCode::Report restart() { return restart(program()); }

  std::shared_ptr<FileCache> cache() {
    return FileCache::open(folder_.path("objects"), max_bytes_);
  }
  std::vector<fs::path> files() const {
    std::vector<fs::path> all;
    for (const auto& entry : fs::directory_iterator(folder_.path("objects")))
      all.push_back(entry.path());
    return all;
  }

  TempFolder folder_;
  RandomRules random_{7};
  CheckBench bench_;
  std::size_t max_bytes_;
  std::unique_ptr<exec::Executor> interpreter_;
  std::vector<Event> events_;
  std::size_t expected_ = 0;
  NoHistory history_;
};

TEST_F(KeptCodeTest, IsFoundAgainAndCompiledNoMore) {
  EXPECT_GT(expected_, 0u);
  auto cold = restart();
  EXPECT_EQ(cold.event_types, 0u);
  EXPECT_EQ(cold.compiled, 0u) << "nobody asked for code yet";
  warm();
  EXPECT_GE(files().size(), 3u) << "one event type takes several";
  auto first = restart();
  EXPECT_EQ(first.event_types, 2u);
  EXPECT_EQ(first.found, files().size());
  EXPECT_EQ(first.compiled, 0u);
  EXPECT_EQ(restart().found, first.found);
}

TEST_F(KeptCodeTest, WhatIsMissingIsCompiled) {
  warm();
  const std::size_t modules = files().size();
  std::size_t first = 0;
  for (const fs::path& file : files()) {
    fs::remove(file);
    auto report = restart();
    // Without its first module an event type counts as one that was not busy.
    if (report.event_types == 1) ++first;
    EXPECT_EQ(report.compiled, report.event_types - 1);
    warm();
  }
  EXPECT_EQ(first, 2u);
  EXPECT_EQ(restart().found, modules);
}

TEST_F(KeptCodeTest, DamagedFilesAreCompiledAnew) {
  warm();
  const auto all = files();
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::string name = "objects/" + all[i].filename().string();
    std::string bytes = folder_.read(name);
    if (i % 2 == 0)
      bytes[bytes.size() / 2] = static_cast<char>(~bytes[bytes.size() / 2]);
    else
      bytes.resize(bytes.size() / 2);
    folder_.write(name, bytes);
  }
  EXPECT_EQ(restart().found, 0u);
  warm();
  EXPECT_EQ(restart().found, all.size());
}

// A file of the right name that holds another module's code, as long as the code is sound.
TEST_F(KeptCodeTest, CodeThatDoesNotLinkIsNoCode) {
  warm();
  for (const fs::path& file : files()) {
    const std::string hex = file.stem().string();
    Hash128 key;
    key.high = std::stoull(hex.substr(0, 16), nullptr, 16);
    key.low = std::stoull(hex.substr(16), nullptr, 16);
    ASSERT_EQ(to_hex(key), hex);
    ASSERT_TRUE(cache()->keep(key, "no object file"));
  }
  EXPECT_EQ(restart().event_types, 0u);
}

TEST_F(KeptCodeTest, AnotherProgramHasOtherCode) {
  warm();
  const std::size_t modules = files().size();
  ir::Program other = program();
  other.nodes.edit(0).range.begin += 1;  // what native code does not even look at
  EXPECT_EQ(restart(other).found, 0u);
  warm(other);
  EXPECT_EQ(files().size(), 2 * modules);
}

class SmallCacheTest : public KeptCodeTest {
 protected:
  SmallCacheTest() : KeptCodeTest(30'000) {}
};

TEST_F(SmallCacheTest, WhatFindsNoRoomIsCompiledEachTime) {
  warm();
  std::size_t bytes = 0;
  for (const fs::path& file : files()) bytes += fs::file_size(file);
  EXPECT_LE(bytes, max_bytes_);
  restart();
}

}  // namespace
}  // namespace trig
