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
  };
}

}  // namespace trig::lsp
