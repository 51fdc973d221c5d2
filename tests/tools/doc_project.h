// The project that files shown in a document make, together with what the page leaves out: its
// vocabulary, a mail for each declared template, settings.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "compiler/project/project.h"

namespace trig::golden {

// The page's own, or that of the page named in `<!-- vocabulary of language.md -->`, by its path
// from `reference`.
std::string whole_vocabulary_of(const std::string& page, const std::filesystem::path& reference);

// Compiled as of 2026-01-01 in Paris. Templates under templates/service are transactional.
std::shared_ptr<const project::Project> project_beside(const std::string& vocabulary,
                                                       project::Files files);

}  // namespace trig::golden
