// Every bound of the runtime, named, in one place. Each has a test that reaches it.
// The language's bounds are in compiler/base/limits.h.
#pragma once

#include <chrono>
#include <cstddef>

namespace trig {

// Ingest (the limits of Segment's HTTP API, which its SDKs keep to)
constexpr std::size_t kMaxEventBytes = 32 * 1024;
constexpr std::size_t kMaxBatchBytes = 500 * 1024;       // after decompression
constexpr std::size_t kMaxEventsPerBatch = 2'500;
constexpr std::size_t kMaxJsonDepth = 64;
constexpr std::size_t kMaxIdBytes = 512;                 // user ids, anonymous ids, message ids
constexpr std::size_t kMaxHeaderBytes = 16 * 1024;
constexpr std::chrono::seconds kReadTimeout{15};         // a whole request, from its first byte
constexpr std::chrono::seconds kIdleTimeout{75};         // between requests of one connection
constexpr std::size_t kMaxConnections = 4'096;
constexpr std::size_t kMaxInboxEvents = 50'000;          // accepted but not yet committed
constexpr std::size_t kMaxInboxBytes = 64 * 1024 * 1024;
constexpr std::size_t kMaxGroupCommitEvents = 5'000;

// Delivery
constexpr std::size_t kMaxMailBytes = 2 * 1024 * 1024;
constexpr std::size_t kMaxMailHeaders = 50;               // beyond those every mail has
constexpr std::size_t kMaxMailHeaderBytes = 8 * 1024;     // one header's value
constexpr std::size_t kMaxReplyLineBytes = 2'048;
constexpr std::size_t kMaxReplyLines = 100;
constexpr std::size_t kMaxConnectionsPerRelay = 20;
constexpr std::size_t kMaxMailsPerConnection = 1'000;    // then a fresh one
constexpr std::size_t kMaxHandoversInFlight = 1'000;     // attempts begun and not yet answered
constexpr int kMaxAttempts = 12;                         // then the mail has failed
constexpr std::chrono::seconds kFirstRetryDelay{30};     // doubles up to the next line
constexpr std::chrono::hours kMaxRetryDelay{4};
constexpr std::chrono::hours kMaxMailAge{24};            // no attempt begins later; also how long
                                                         // providers remember an idempotency key
constexpr std::size_t kMaxSameFileNames = 1'000;         // files of one message in a mail folder

// Links
constexpr std::size_t kMaxLinkTokenBytes = 1'024;

// Kept records
constexpr std::chrono::hours kDuplicateWindow{7 * 24};
constexpr std::size_t kMaxDecisionsPerPerson = 1'000;    // `why`; the oldest goes first

}  // namespace trig
