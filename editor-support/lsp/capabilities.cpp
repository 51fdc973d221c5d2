#include "editor-support/lsp/features.h"
#include "editor-support/lsp/server.h"

namespace trig::lsp {

json::object capabilities(Encoding encoding) {
  constexpr int kIncremental = 2;
  return {
      {"positionEncoding", encoding == Encoding::kUtf8 ? "utf-8" : "utf-16"},
      {"textDocumentSync", json::object{{"openClose", true},
                                        {"change", kIncremental},
                                        {"save", json::object{{"includeText", false}}}}},
      {"codeActionProvider",
       json::object{{"codeActionKinds", json::array{"quickfix", "source.fixAll.trig"}}}},
      {"documentFormattingProvider", true},
      {"completionProvider", json::object{{"triggerCharacters", json::array{".", "(", "|", "{"}}}},
      {"definitionProvider", true},
      {"referencesProvider", true},
      {"documentHighlightProvider", true},
      {"renameProvider", json::object{{"prepareProvider", true}}},
      {"hoverProvider", true},
      {"documentSymbolProvider", true},
      {"workspaceSymbolProvider", true},
      {"foldingRangeProvider", true},
      {"semanticTokensProvider",
       json::object{{"legend", semantic_legend()}, {"full", true}, {"range", false}}},
      {"inlayHintProvider", true},
      {"codeLensProvider", json::object{{"resolveProvider", false}}},
  };
}

}  // namespace trig::lsp
