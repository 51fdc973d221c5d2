#include "compiler/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace trig {

void check_failed(const char* file, int line, const char* condition, const char* explanation) {
  std::fprintf(stderr, "trig: internal error at %s:%d: %s (%s)\n", file, line, explanation,
               condition);
  std::fflush(stderr);
  std::abort();
}

}  // namespace trig
