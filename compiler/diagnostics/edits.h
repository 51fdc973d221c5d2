// The edits of diagnostics, applied to texts: those of one diagnostic all or not at all, and none
// that overlaps another.
//
//   Edited edited = apply_certain_edits(diagnostics, sources);
//   for (const auto& [source, text] : edited.texts) …
#pragma once

#include <map>
#include <string>

#include "compiler/base/source.h"
#include "compiler/diagnostics/diagnostic.h"

namespace trig {

struct Edited {
  std::map<SourceId, std::string> texts;  // of the sources that changed
  std::size_t diagnostics = 0;            // whose edits were applied
};

// The edits of the diagnostics that are certain. What overlaps an earlier one is left for another
// round.
Edited apply_certain_edits(const Diagnostics& diagnostics, const SourceMap& sources);

}  // namespace trig
