// What commands ask git. It is run without a shell, with arguments that cannot be taken for
// options, and without what a repository may have configured to be run.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "compiler/base/result.h"
#include "compiler/project/project.h"

namespace trig::cli {

// What `git -C folder arguments…` writes. Failure with git's own words if it does not exit with 0.
Result<std::string> run_git(const std::string& folder, const std::vector<std::string>& arguments,
                            const std::string& input = {});

// The commit that `revision` names.
Result<std::string> commit_of(const std::string& folder, const std::string& revision);

// Lines that a work tree has and `revision` has not, by path from `folder`; first and last. The
// revision stands for the commit where the history of HEAD left it.
using LineRanges = std::vector<std::pair<std::uint32_t, std::uint32_t>>;
Result<std::map<std::string, LineRanges>> changed_lines(const std::string& folder,
                                                        const std::string& revision);

// The files of the project in `folder` as `revision` has them.
Result<project::Files> files_at(const std::string& folder, const std::string& revision);

// The path from the root of the repository `folder` is in, "" or "examples/shop/"; from the current
// folder where there is none.
std::string path_in_repository(const std::string& folder);

}  // namespace trig::cli
