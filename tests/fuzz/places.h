// What every diagnostic owes its reader, whatever the input was.
#pragma once

#include <functional>

#include "compiler/base/check.h"
#include "compiler/diagnostics/diagnostic.h"

namespace trig {

// Stops the process if a diagnostic, a label or an edit stands where `inside` says there is
// nothing.
inline void check_places(const Diagnostics& diagnostics,
                         const std::function<bool(TextRange)>& inside) {
  for (const Diagnostic& one : diagnostics.all()) {
    TRIG_CHECK(inside(one.range), "a diagnostic points out of its source");
    for (const Label& label : one.labels)
      TRIG_CHECK(inside(label.range), "a label points out of its source");
    for (const Edit& edit : one.edits)
      TRIG_CHECK(inside(edit.range), "an edit points out of its source");
  }
}

// Of diagnostics that may have no place, about several sources.
inline void check_places(const Diagnostics& diagnostics, const SourceMap& sources) {
  check_places(diagnostics, [&](TextRange range) {
    return !range.valid() ||
           (range.begin <= range.end && range.end <= sources[range.source].text().size());
  });
}

}  // namespace trig
