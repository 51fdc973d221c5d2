// Diagnostics for people and programs. Each renderer takes the same records, and each stands in a
// file of its own. docs/reference/formats.md describes what they write.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "compiler/diagnostics/diagnostic.h"

namespace trig {

struct TextStyle {
  bool color = false;
};

//   error[E0101]: no event is called `order_complete`
//     --> campaigns/cart.trig:12:30
//      |
//   12 |   wait 30 minutes unless order_complete where cart_id == cart.cart_id
//      |                          ^^^^^^^^^^^^^^
//      = hint: did you mean `order_completed`?
std::string render_text(const Diagnostics& diagnostics, const SourceMap& sources, TextStyle style);

// {"version":1,"diagnostics":[{"code","severity","message","fingerprint","range":{...},"labels",
//  "hint","edits","certain"}]}
std::string render_json(const Diagnostics& diagnostics, const SourceMap& sources);

// What the formats of CI services need to know about the place of the project.
struct Repository {
  // A path of a source → its path from the root of the repository; empty for a source that is no
  // file of it (the standard library).
  std::function<std::string(std::string_view path)> path_of;
  std::vector<std::string> files;  // paths of sources that were looked at
  std::string tool_version;
};

// SARIF 2.1.0 (OASIS), within what GitHub code scanning takes: at most kMaxSarifResults results,
// errors first, and a notification that says how many were left out.
std::string render_sarif(const Diagnostics& diagnostics, const SourceMap& sources,
                         const Repository& repository);

// Workflow commands of GitHub Actions. A step shows kMaxAnnotationsPerLevel errors and as many
// warnings: the rest stands in a group of the log, and a notice says so.
std::string render_github(const Diagnostics& diagnostics, const SourceMap& sources,
                          const Repository& repository);

// JUnit XML: a failed case for each finding, a passed one for each file without any.
std::string render_junit(const Diagnostics& diagnostics, const SourceMap& sources,
                         const Repository& repository);

// The long text of a code for `trig explain`, in Markdown; empty if the page is missing.
std::string_view explain_page(Code code);

}  // namespace trig
