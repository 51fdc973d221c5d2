// `trig check --fix`: applies the edits that are certain.
#pragma once

#include "compiler/project/project.h"

namespace trig::cli {

struct Fixed {
  std::size_t findings = 0;
  std::size_t files = 0;
};

// Edits the project's files, and puts the .trig files among them in the one format. Nothing is
// written if the outcome would have an error that was not there before. A fix may make another
// possible: kMaxFixRounds at most.
Result<Fixed> fix_files(const project::Project& project, const project::LoadOptions& options);

}  // namespace trig::cli
