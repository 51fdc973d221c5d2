// What the server can do, one function a request: Session × parameters → Answer, one file each.
#pragma once

#include "editor-support/lsp/session.h"

namespace trig::lsp {

// What is wrong in each file of a project, by URI: `textDocument/publishDiagnostics`.
std::map<std::string, json::array> diagnostics_by_uri(Session& session, LiveProject& project);

Answer code_actions(Session& session, const json::value& params);
Answer formatting(Session& session, const json::value& params);
Answer completion(Session& session, const json::value& params);
Answer definition(Session& session, const json::value& params);
Answer references(Session& session, const json::value& params);
Answer highlights(Session& session, const json::value& params);
Answer prepare_rename(Session& session, const json::value& params);
Answer rename(Session& session, const json::value& params);
Answer hover(Session& session, const json::value& params);
Answer document_symbols(Session& session, const json::value& params);
Answer workspace_symbols(Session& session, const json::value& params);
Answer folding(Session& session, const json::value& params);
Answer semantic_tokens(Session& session, const json::value& params);
json::object semantic_legend();
Answer inlay_hints(Session& session, const json::value& params);
Answer code_lenses(Session& session, const json::value& params);

}  // namespace trig::lsp
