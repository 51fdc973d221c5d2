#include "runtime/delivery/retry.h"

#include <algorithm>

#include "compiler/base/codec.h"
#include "compiler/base/hash.h"
#include "runtime/ports/limits.h"

namespace trig::delivery {
namespace {

bool is_final(SendOutcome outcome) {
  switch (outcome) {
    case SendOutcome::kAccepted:
    case SendOutcome::kRefused: return true;
    case SendOutcome::kDeferred:
    case SendOutcome::kInDoubt:
    case SendOutcome::kBlocked: return false;
  }
  return true;
}

Duration backoff(std::uint32_t attempt) {
  Duration delay = kFirstRetryDelay;
  for (std::uint32_t i = 1; i < attempt && delay < kMaxRetryDelay; ++i) delay *= 2;
  return std::min<Duration>(delay, kMaxRetryDelay);
}

Duration jitter(MessageId message, std::uint32_t attempt, Duration at_most) {
  ByteWriter bytes;
  bytes.fixed64(raw(message));
  bytes.fixed32(attempt);
  std::uint64_t hash = hash128(bytes.bytes()).low;
  return Duration(static_cast<std::int64_t>(hash % static_cast<std::uint64_t>(at_most.count())));
}

}  // namespace

std::optional<Duration> next_attempt(MessageId message, std::uint32_t attempt,
                                     const SendReply& reply, Instant begun_at, Instant now) {
  if (is_final(reply.outcome) || attempt >= kMaxAttempts) return std::nullopt;
  Duration delay = backoff(attempt);
  delay -= jitter(message, attempt, delay / 4);
  if (reply.retry_after) delay = std::max(delay, *reply.retry_after);
  if (delay > begun_at + kMaxMailAge - now) return std::nullopt;
  return delay;
}

}  // namespace trig::delivery
