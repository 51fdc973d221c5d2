// Every bound of the compiler and the language, named, in one place. Each has a test that reaches
// it. The server's bounds are in runtime/ports/limits.h.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace trig {

// Source text
constexpr std::size_t kMaxSourceBytes = 4 * 1024 * 1024;  // one .trig or template file
constexpr std::size_t kMaxNesting = 200;                  // blocks, expressions, brackets
constexpr std::size_t kMaxDiagnosticsPerFile = 100;       // the rest is counted, not shown

constexpr std::int64_t kMaxSpanYears = 100;  // the longest duration

// Projects
constexpr std::size_t kMaxProjectFiles = 5'000;
constexpr std::size_t kMaxProjectBytes = 256 * 1024 * 1024;
constexpr std::size_t kMaxTableFileBytes = 64 * 1024 * 1024;  // one list or catalog
constexpr std::chrono::seconds kMaxMjmlTime{60};              // all templates of a project
constexpr std::size_t kMaxFolderDepth = 16;
constexpr std::size_t kMaxSecretBytes = 16 * 1024;
constexpr std::int64_t kMaxSmtpConnections = 20;

// Campaigns
constexpr std::size_t kMaxStepsPerCampaign = 500;
constexpr std::size_t kMaxCatchUpSteps = 1000;  // steps one input may run through for one person

constexpr std::int64_t kMaxTriggerCount = 1'000;  // on 1000 EVENT within …
constexpr std::size_t kMaxSegmentDepth = 16;      // segments that are made of segments
// What CI services take of one run (GitHub: 25,000 results; 10 annotations of a level in a step).
constexpr std::size_t kMaxSarifResults = 25'000;
constexpr std::size_t kMaxAnnotationsPerLevel = 10;
constexpr std::size_t kMaxRulesBesideAnIndex = 512;  // of an event, since their campaigns changed
constexpr std::size_t kMaxOverlapComparisons = 8;    // of one campaign with others on its event
constexpr std::size_t kMaxGitOutputBytes = 512 * 1024 * 1024;
constexpr std::size_t kMaxFixRounds = 10;  // a fix may make another one possible

// People
constexpr std::size_t kMaxHistoryPerPersonEvent = 10'000;  // rows; beyond it the oldest goes
constexpr std::size_t kMaxRunningAggregates = 200;    // of one person; the others are read anew
constexpr std::ptrdiff_t kMaxEmptyAggregates = 16;    // of these without a row; not stored
constexpr std::size_t kMaxRunningBytes = 4 * 1024;    // values of one; a larger one is read anew
constexpr std::size_t kMaxJourneysPerPerson = 1'000;  // live ones
constexpr std::size_t kMaxTriggerEventsPerPerson = 2'000;  // on the way to counts and sequences
constexpr std::size_t kMaxStartsAtOnce = 100;       // journeys one input may start for one person
constexpr std::size_t kMaxNegativesPerEvent = 16;   // campaigns it did not start and says why
constexpr std::size_t kMaxSplitsPerPerson = 1'000;  // whose arms are remembered; the oldest goes
constexpr std::uint32_t kMaxHourCount = 1'000;      // of a habit; then every hour's count is halved
constexpr std::size_t kMaxPostBytes = 64 * 1024;    // the body of one
constexpr std::size_t kMaxEmitDepth = 16;           // events emitted because of an emitted event
constexpr std::size_t kMaxValueDepth = 16;          // nesting of lists and records in data
constexpr std::size_t kMaxListItems = 1'000;        // items of a list in an event

// Lists and catalogs
constexpr std::size_t kMaxTableRows = 2'000'000;
constexpr std::size_t kMaxRowsPerPerson = 1'000;         // of one list
constexpr std::size_t kMaxTableErrors = 20;              // of one file; the rest is not read
constexpr std::size_t kMaxCellBytes = 16 * 1024;         // one value of a CSV file
constexpr std::int64_t kMaxRecommended = 20;             // rows one `recommend` gives
constexpr std::size_t kMaxRecommendCandidates = 10'000;  // rows of one category it looks at

// Native code
constexpr std::size_t kMaxRulesPerModule = 500;        // campaigns in one module of code
constexpr std::size_t kMaxSharedExpressions = 256;     // of one event type, computed once
constexpr std::uint32_t kMatchesBeforeNative = 1'000;  // of an event type, by the interpreter

// Restarts
constexpr std::size_t kMaxProgramCacheBytes = 256 * 1024 * 1024;  // checked programs kept
constexpr std::size_t kMaxObjectCacheBytes = 256 * 1024 * 1024;   // native code kept

// Liquid
constexpr std::size_t kMaxTemplateOutputBytes = 1024 * 1024;
constexpr std::size_t kMaxTemplateSteps = 200'000;  // nodes rendered, loop turns and filter calls
constexpr std::size_t kMaxRenderDepth = 20;         // {% render %} inside {% render %}

}  // namespace trig
