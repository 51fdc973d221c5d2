// When a mail is tried again.
#include <gtest/gtest.h>

#include <set>

#include "runtime/delivery/retry.h"
#include "runtime/ports/limits.h"

namespace trig::delivery {
namespace {

using namespace std::chrono_literals;

const Instant kNow = Instant(std::chrono::seconds(1'774'699'200));
const MessageId kMessage{7};

SendReply deferred() { return {SendOutcome::kDeferred, 450, "", "later", {}}; }

TEST(Retry, DelaysDoubleUpToTheirBound) {
  Duration usual = kFirstRetryDelay;
  for (std::uint32_t attempt = 1; attempt < kMaxAttempts; ++attempt) {
    auto delay = next_attempt(kMessage, attempt, deferred(), kNow, kNow);
    ASSERT_TRUE(delay) << attempt;
    EXPECT_LE(*delay, usual) << attempt;
    EXPECT_GT(*delay, usual - usual / 4) << attempt;
    usual = std::min<Duration>(usual * 2, kMaxRetryDelay);
  }
  EXPECT_EQ(usual, Duration(kMaxRetryDelay));
}

TEST(Retry, AttemptsAreBounded) {
  EXPECT_TRUE(next_attempt(kMessage, kMaxAttempts - 1, deferred(), kNow, kNow));
  EXPECT_FALSE(next_attempt(kMessage, kMaxAttempts, deferred(), kNow, kNow));
  EXPECT_FALSE(next_attempt(kMessage, 4'000'000'000u, deferred(), kNow, kNow));
}

TEST(Retry, AgeIsBounded) {
  EXPECT_TRUE(next_attempt(kMessage, 1, deferred(), kNow, kNow + kMaxMailAge - 1min));
  EXPECT_FALSE(next_attempt(kMessage, 1, deferred(), kNow, kNow + kMaxMailAge - 20s));
  EXPECT_FALSE(next_attempt(kMessage, 1, deferred(), kNow, kNow + 10 * kMaxMailAge));
}

TEST(Retry, TheWholeScheduleFitsTheAge) {
  Instant now = kNow;
  for (std::uint32_t attempt = 1; attempt < kMaxAttempts; ++attempt) {
    auto delay = next_attempt(kMessage, attempt, deferred(), kNow, now);
    ASSERT_TRUE(delay) << attempt;
    now += *delay;
  }
}

TEST(Retry, OutcomesThatEndTheMatter) {
  for (SendOutcome outcome : {SendOutcome::kAccepted, SendOutcome::kRefused}) {
    EXPECT_FALSE(next_attempt(kMessage, 1, {outcome, 0, "", "", 5s}, kNow, kNow));
  }
  for (SendOutcome outcome :
       {SendOutcome::kDeferred, SendOutcome::kInDoubt, SendOutcome::kBlocked}) {
    EXPECT_TRUE(next_attempt(kMessage, 1, {outcome, 0, "", "", {}}, kNow, kNow));
  }
}

TEST(Retry, WhatThePeerAskedForIsNotUndercut) {
  SendReply reply = deferred();
  reply.retry_after = 2h;
  EXPECT_EQ(next_attempt(kMessage, 1, reply, kNow, kNow), Duration(2h));
  reply.retry_after = 1s;  // sooner than we would: then the usual delay
  EXPECT_GT(next_attempt(kMessage, 1, reply, kNow, kNow), Duration(20s));
  reply.retry_after = kMaxMailAge + 1s;
  EXPECT_FALSE(next_attempt(kMessage, 1, reply, kNow, kNow));
  reply.retry_after = -1h;
  EXPECT_GT(next_attempt(kMessage, 1, reply, kNow, kNow), Duration(20s));
}

TEST(Retry, TheSameAlwaysGivesTheSameAndOthersSpread) {
  std::set<Duration> delays;
  for (std::uint64_t message = 1; message <= 1'000; ++message) {
    auto delay = next_attempt(MessageId{message}, 3, deferred(), kNow, kNow);
    EXPECT_EQ(delay, next_attempt(MessageId{message}, 3, deferred(), kNow, kNow));
    delays.insert(*delay);
  }
  EXPECT_GT(delays.size(), 990u);
}

}  // namespace
}  // namespace trig::delivery
