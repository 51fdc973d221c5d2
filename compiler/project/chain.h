// What both ways through the chain share. Internal to compiler/project.
#pragma once

#include "compiler/project/rewrite.h"

namespace trig::project {

// The project's own word about its lints, and the order in which diagnostics are read.
void finish_diagnostics(const Config& config, Diagnostics& diagnostics);

// Sources of `previous`, some of them changed and parsed.
struct Reparsed {
  SourceMap sources;
  std::vector<ast::File> trees;
  std::vector<Diagnostics> told_of;  // parallel: by parsing it
  Diagnostics told;                  // by what comes before the check
};
SourceId source_of(const SourceMap& sources, const std::string& path);
bool is_trig_source(const std::string& path);
// Null where all has to be compiled, or there are errors.
std::unique_ptr<Project> recompile_parsed(const Project& previous, const Files& changed,
                                          const Reparsed& parsed, const LoadOptions& options);

}  // namespace trig::project
