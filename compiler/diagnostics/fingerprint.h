// A name for each finding that stays the same while lines move: what baselines and code scanning
// recognise a finding by. It is made of the code, the file, the line's text without blanks, and a
// number for those that are alike.
//
//   std::vector<std::string> names = fingerprints(diagnostics, sources);  // parallel to all()
#pragma once

#include <string>
#include <vector>

#include "compiler/base/source.h"
#include "compiler/diagnostics/diagnostic.h"

namespace trig {

std::vector<std::string> fingerprints(const Diagnostics& diagnostics, const SourceMap& sources);

}  // namespace trig
