// What the grammar makes hard: texts that can be read in two ways, and places where one token after
// the other in full context is needed to choose. A right grammar has none of the first, and none of
// the second in ordinary texts; tests keep it so.
#pragma once

#include <string>
#include <vector>

#include "compiler/base/source.h"

namespace trig::parse {

struct LookaheadReport {
  std::vector<std::string> ambiguities;    // "3:7 typeExpr"
  std::vector<std::string> full_contexts;  // the same, where SLL could not decide
};

// `source` must be free of syntax errors.
LookaheadReport lookahead_report(const Source& source);

}  // namespace trig::parse
