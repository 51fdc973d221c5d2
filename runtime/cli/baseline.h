// A baseline: the lints a project had when it was taken, so that only new ones are told. A JSON
// file:
// {"version":1,"findings":[{"fingerprint","code","path","message"}]}. Errors are never part of one.
#pragma once

#include <set>
#include <string>

#include "compiler/base/result.h"
#include "compiler/diagnostics/diagnostic.h"

namespace trig::cli {

struct Baseline {
  std::set<std::string, std::less<>> fingerprints;
};

Result<Baseline> read_baseline(const std::string& path);
Status write_baseline(const std::string& path, const Diagnostics& diagnostics,
                      const SourceMap& sources);

struct Known {
  std::size_t left_out = 0;  // findings of the baseline that are still there
  std::size_t gone = 0;      // and those that are not
};
// Takes what the baseline holds away from the diagnostics.
Known leave_out_known(const Baseline& baseline, Diagnostics& diagnostics, const SourceMap& sources);

}  // namespace trig::cli
