// The inbox in front of the engine is bounded, by events and by bytes, and a commit takes no more
// than its share of it (Q31).
#include "runtime/server/engine_thread.h"

#include <gtest/gtest.h>

#include <atomic>

#include "runtime/ports/limits.h"
#include "tests/sim/engine_fixture.h"

namespace trig::server {
namespace {

constexpr std::size_t kBatch = 2'500;
static_assert(kMaxInboxEvents % kBatch == 0);

class EngineInbox : public testing::Test {
 protected:
  EngineInbox() {
    engine::EngineSettings settings;
    settings.workspace_secret = "0123456789abcdef";
    auto engine = engine::Engine::open(store_, engine::deploy_text(engine::kVocabulary),
                                       drive::compile_files(), settings, clock_.now());
    EXPECT_TRUE(engine);
    thread_ = std::make_unique<EngineThread>(
        std::move(*engine), clock_, [](auto) {}, [](const std::string& why) { FAIL() << why; });
  }

  // Events without an id: each is told at once what becomes of it, or later that it is durable.
  void submit(std::size_t events, std::size_t bytes_each = 0) {
    std::vector<Envelope> batch(events);
    for (Envelope& one : batch) {
      one.source = "web";
      one.event = "nothing";
      one.user_id = "ana";
      one.payload.assign(bytes_each, ' ');
    }
    thread_->submit(std::move(batch), [this](Receipt receipt) {
      ++(receipt.kind == ReceiptKind::kDurable      ? durable_
         : receipt.kind == ReceiptKind::kOverloaded ? refused_
                                                    : failed_);
    });
  }

  store::MemoryStore store_;
  RealClock clock_{1};
  std::unique_ptr<EngineThread> thread_;
  std::atomic<int> durable_ = 0;
  std::atomic<int> refused_ = 0;
  std::atomic<int> failed_ = 0;
};

TEST_F(EngineInbox, TakesABoundedNumberOfEventsAndCommitsThemInShares) {
  constexpr int kBatches = kMaxInboxEvents / kBatch;
  for (int i = 0; i < kBatches; ++i) submit(kBatch);
  EXPECT_EQ(refused_, 0);
  submit(1);
  EXPECT_EQ(refused_, 1) << "beyond kMaxInboxEvents";
  EXPECT_EQ(thread_->status().inbox_events, kMaxInboxEvents);
  thread_->start();
  thread_->stop();
  EXPECT_EQ(durable_, kBatches);
  EXPECT_EQ(failed_, 0);
  EXPECT_GE(thread_->status().commits, kMaxInboxEvents / kMaxGroupCommitEvents)
      << "no commit takes more than kMaxGroupCommitEvents";
}

TEST_F(EngineInbox, TakesABoundedNumberOfBytes) {
  constexpr std::size_t kEach = 1024 * 1024;
  std::size_t taken = 0;
  for (; refused_ == 0 && taken < 2 * kMaxInboxBytes; taken += kEach) submit(1, kEach);
  EXPECT_EQ(refused_, 1) << "beyond kMaxInboxBytes";
  EXPECT_LE(taken, kMaxInboxBytes);
  thread_->start();
  thread_->stop();
  EXPECT_EQ(static_cast<std::size_t>(durable_), taken / kEach - 1);
}

}  // namespace
}  // namespace trig::server
