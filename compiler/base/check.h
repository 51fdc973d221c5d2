// Assertions about our own code. A user's mistake is a Diagnostic and the outside world's failure
// is a Result; TRIG_CHECK is for what can only be a bug in trig, and it stays on in release builds.
#pragma once

namespace trig {

// Prints the place and the broken condition to stderr and aborts.
[[noreturn]] void check_failed(const char* file, int line, const char* condition,
                               const char* explanation);

}  // namespace trig

// TRIG_CHECK(timer.due >= now, "a timer fired early");
#define TRIG_CHECK(condition, explanation)                               \
  do {                                                                   \
    if (!(condition)) [[unlikely]]                                       \
      ::trig::check_failed(__FILE__, __LINE__, #condition, explanation); \
  } while (false)
