// Every bound of the runtime, named, in one place. Each has a test that reaches it.
// The language's bounds are in compiler/base/limits.h.
#pragma once

#include <chrono>
#include <cstddef>

namespace trig {

// Ingest (the limits of Segment's HTTP API, which its SDKs keep to)
constexpr std::size_t kMaxEventBytes = 32 * 1024;
constexpr std::size_t kMaxBatchBytes = 500 * 1024;  // after decompression
constexpr std::size_t kMaxEventsPerBatch = 2'500;
constexpr std::size_t kMaxJsonDepth = 64;
constexpr std::size_t kMaxIdBytes = 512;  // user ids, anonymous ids, message ids
constexpr std::size_t kMaxHeaderBytes = 16 * 1024;
constexpr std::chrono::seconds kReadTimeout{15};  // a whole request, from its first byte
constexpr std::chrono::seconds kIdleTimeout{75};  // between requests of one connection
constexpr std::size_t kMaxConnections = 4'096;
constexpr std::size_t kMaxInboxEvents = 50'000;  // accepted but not yet committed
constexpr std::size_t kMaxInboxBytes = 64 * 1024 * 1024;
constexpr std::size_t kMaxGroupCommitEvents = 5'000;

// HTTP server and client
constexpr std::size_t kMaxBufferedBodyBytes =
    64 * 1024 * 1024;                              // bodies of all connections together
constexpr std::chrono::seconds kWriteTimeout{15};  // of one answer
constexpr std::chrono::seconds kLingerTimeout{
    2};  // after an early refusal, for the peer to read it
constexpr std::size_t kMaxLingerBytes = 4 * 1024 * 1024;  // read and thrown away meanwhile
constexpr std::chrono::seconds kConnectTimeout{10};     // client: name, connection and TLS together
constexpr std::chrono::seconds kCallTimeout{30};        // client: a whole call
constexpr std::size_t kMaxResponseBytes = 1024 * 1024;  // client: body of an answer
constexpr std::size_t kMaxConnectionsPerHost = 20;      // client
constexpr std::size_t kMaxWaitingCalls = 1'000;  // client: calls of one host without a connection
constexpr int kMaxInterimResponses = 8;          // client: 1xx before the answer proper

// Delivery
constexpr std::size_t kMaxMailBytes = 2 * 1024 * 1024;
constexpr std::size_t kMaxMailHeaders = 50;            // beyond those every mail has
constexpr std::size_t kMaxMailHeaderBytes = 8 * 1024;  // one header's value
constexpr std::size_t kMaxReplyLineBytes = 2'048;
constexpr std::size_t kMaxReplyLines = 100;
constexpr std::size_t kMaxConnectionsPerRelay = 20;
constexpr std::size_t kMaxMailsPerConnection = 1'000;  // then a fresh one
constexpr std::size_t kMaxHandoversInFlight = 1'000;   // attempts begun and not yet answered
constexpr std::size_t kHandoversPerConnection = 4;     // of these, for each SMTP connection
constexpr int kMaxAttempts = 12;                       // then the mail has failed
constexpr std::chrono::seconds kFirstRetryDelay{30};   // doubles up to the next line
constexpr std::chrono::hours kMaxRetryDelay{4};
constexpr std::chrono::hours kMaxMailAge{24};     // no attempt begins later; also how long
                                                  // providers remember an idempotency key
constexpr std::size_t kMaxSameFileNames = 1'000;  // files of one message in a mail folder

// Engine
constexpr std::size_t kMaxReplacedPrograms = 16;  // held for their journeys; older: from the store
constexpr std::size_t kMaxPeoplePerChunk =
    1'000;  // of a sweep over all people, each chunk a commit
constexpr std::size_t kMaxEventsPerChunk =
    1'000;  // stored ones, gone through to fill in the history, each chunk a commit

// Admin API
constexpr std::size_t kMaxAdminBodyBytes = 96 * 1024 * 1024;  // a bundle of a project's files
constexpr std::size_t kMaxAdminConnections = 16;
constexpr std::size_t kMaxAdminJobs = 8;  // plans and deploys that wait for the one under way
constexpr std::chrono::seconds kAdminReadTimeout{60};  // a whole request
constexpr std::size_t kMinAdminTokenBytes = 16;
constexpr std::size_t kMaxBundlePathBytes = 512;
constexpr std::size_t kMaxEventPageBytes =
    4 * 1024 * 1024;                          // of stored events, read for one answer
constexpr std::size_t kMaxKeptVersions = 20;  // of the project that was deployed; the oldest goes
constexpr std::size_t kMaxSamplePeople = 5;   // named for each step in a plan

// Links
constexpr std::size_t kMaxLinkTokenBytes = 1'024;

// The store on disk; together below 256 MiB under any load
constexpr std::size_t kStoreCacheBytes = 96 * 1024 * 1024;        // blocks read and write buffers
constexpr std::size_t kStoreWriteBufferBytes = 48 * 1024 * 1024;  // of these, not yet in tables
constexpr std::size_t kMaxStoreLogBytes = 64 * 1024 * 1024;       // then buffers are written out
constexpr int kMaxStoreOpenFiles = 512;

// Back-tests
constexpr std::chrono::hours kMaxRecordedSpan{24 * 366 * 3};  // from the first event to the last
constexpr std::chrono::hours kMaxWarmUp{24 * 400};            // played before what is counted
constexpr std::size_t kMaxShownUnreadable = 10;               // records that cannot be read
constexpr std::size_t kMaxTemporaryMemoryBytes = 32 * 1024 * 1024;  // of a copy of all events
constexpr std::size_t kMaxReasons = 10'000;                         // told apart in one count
constexpr std::size_t kMaxSamples = 100;     // people whose histories are shown
constexpr std::size_t kMaxWorstPeople = 10;  // shown with a finding
constexpr std::size_t kMaxFactors = 8;       // of one side of a condition

// Kept records
constexpr std::chrono::hours kDuplicateWindow{7 * 24};
constexpr std::size_t kMaxDecisionsPerPerson = 1'000;  // steps told by `why`; the oldest goes

// REPL
constexpr std::size_t kMaxReplInputBytes = 1024 * 1024;    // one input, over all its lines
constexpr std::size_t kMaxReplInputs = 2'000;              // kept for `:undo` and `:save-test`
constexpr std::size_t kMaxReplHistory = 1'000;             // inputs kept from day to day
constexpr std::size_t kMaxReplTakenEvents = 1'000;         // of one `:take`; the newest
constexpr std::size_t kMaxReplRecordedEvents = 1'000'000;  // of `--events`, in memory
constexpr std::size_t kMaxReplPlanTurns = 1'000;           // instants that `:plan` looks ahead

}  // namespace trig
