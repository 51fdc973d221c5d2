// The inbox in front of the engine is bounded, by events and by bytes, and a commit takes no more
// than its share of it (Q31).
#include "runtime/server/engine_thread.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "runtime/ports/limits.h"
#include "tests/sim/engine_fixture.h"
#include "tests/support/store_around.h"

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

// Commits so many times, then never again.
class FullDisk : public test::StoreAround {
 public:
  FullDisk(std::shared_ptr<Store> real, int commits)
      : StoreAround(std::move(real)), commits_(commits) {}
  Status commit(const Commit& commit) override {
    if (commits_-- <= 0) return fail("the disk is full");
    return StoreAround::commit(commit);
  }

 private:
  int commits_;
};

TEST(EngineThreadFailure, AnswersEveryBatchThoughTheStoreFailsBetweenThem) {
  constexpr int kSenders = 4;
  constexpr int kBatchesEach = 300;
  FullDisk store(std::make_shared<store::MemoryStore>(), 20);
  const RealClock clock(1);
  engine::EngineSettings settings;
  settings.workspace_secret = "0123456789abcdef";
  auto engine = engine::Engine::open(store, engine::deploy_text(engine::kVocabulary),
                                     drive::compile_files(), settings, clock.now());
  ASSERT_TRUE(engine);
  std::atomic<int> durable = 0;
  std::atomic<int> failed = 0;
  std::atomic<int> failures = 0;
  EngineThread thread(
      std::move(*engine), clock, [](auto) {}, [&](auto) { ++failures; });
  thread.start();
  std::vector<std::thread> senders;
  for (int sender = 0; sender < kSenders; ++sender)
    senders.emplace_back([&, sender] {
      for (int i = 0; i < kBatchesEach; ++i) {
        std::vector<Envelope> batch(1);
        batch[0].event = "nothing";
        batch[0].user_id = std::to_string(sender);
        thread.submit(std::move(batch), [&](Receipt receipt) {
          ++(receipt.kind == ReceiptKind::kDurable ? durable : failed);
        });
        std::this_thread::sleep_for(std::chrono::microseconds(50));
      }
    });
  for (std::thread& sender : senders) sender.join();
  thread.stop();
  EXPECT_GT(durable, 0);
  EXPECT_GT(failed, 0);
  EXPECT_EQ(durable + failed, kSenders * kBatchesEach) << "none waits for ever";
  EXPECT_EQ(failures, 1);
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
