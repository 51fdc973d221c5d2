// The bounds of the command line, each with a test that reaches it.
#pragma once

#include <chrono>
#include <cstddef>

namespace trig::cli {

// Pictures by a browser
constexpr int kMaxPageHeight = 8'000;                    // pixels
constexpr std::size_t kMaxPageBytes = 64 * 1024 * 1024;  // what the browser says of a page
constexpr std::chrono::seconds kMaxPageTime{60};         // each of its runs

// Calls of a server's admin API
constexpr std::chrono::minutes kServerCallTimeout{10};
constexpr std::size_t kMaxServerAnswerBytes = 256 * 1024 * 1024;

// Completion in `trig repl`
constexpr std::size_t kMaxOffered = 60;  // candidates that are listed at once

}  // namespace trig::cli
