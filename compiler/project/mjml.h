// The templates of a project that are written in MJML, through the npm module `mjml` that the
// project has installed, all in one run of node.
#pragma once

#include "compiler/project/project.h"

namespace trig::project {

// Adds the HTML of each to the project's files (liquid::mjml_output_path); one that has it keeps it
// where `folder` is empty, as a snapshot. E0163 if MJML cannot be run, E0164 for its own
// complaints.
void compile_mjml(Project& project, const std::string& folder);

}  // namespace trig::project
