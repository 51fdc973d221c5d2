// When a mail that was not accepted is tried again. A pure function: the same mail, attempt and
// reply give the same answer on every machine and in every replay.
//
//   if (auto delay = next_attempt(mail.id, mail.attempt, reply, begun_at, now)) …
//
// The delay is kFirstRetryDelay after the first attempt and doubles up to kMaxRetryDelay, shortened
// by up to a quarter that depends on message and attempt, so that mails deferred together do not
// come back together. A peer's Retry-After is never undercut. nullopt, never again: accepted or
// refused; kMaxAttempts made; the next attempt would come later than kMaxMailAge after the
// first began. (Not after the decision: a policy may have held the mail back for days.)
//
// A blocked mail is tried again like a deferred one: an operator may put things right meanwhile.
// For one in doubt this is when to repeat it, if its class allows a repeat; that is the engine's to
// say.
#pragma once

#include <cstdint>
#include <optional>

#include "compiler/base/ids.h"
#include "compiler/base/time.h"
#include "runtime/ports/transport.h"

namespace trig::delivery {

// `attempt`: the one that `reply` answers, from 1. The delay counts from `now`.
std::optional<Duration> next_attempt(MessageId message, std::uint32_t attempt,
                                     const SendReply& reply, Instant begun_at, Instant now);

}  // namespace trig::delivery
