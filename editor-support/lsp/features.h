// What the server can do, one function a request: Session × parameters → Answer, one file each.
#pragma once

#include "editor-support/lsp/session.h"

namespace trig::lsp {

// What is wrong in each file of a project, by URI: `textDocument/publishDiagnostics`.
std::map<std::string, json::array> diagnostics_by_uri(Session& session, LiveProject& project);

Answer code_actions(Session& session, const json::value& params);
Answer formatting(Session& session, const json::value& params);

}  // namespace trig::lsp
