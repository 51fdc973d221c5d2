// parse: Source → ast::File. The only folder that sees ANTLR.
//
// Mistakes are reported as E00 diagnostics, several per file where they are independent; after one
// the parser goes on at the next declaration word at column 0. The File holds what could be read.
//
//   ast::File file = parse::parse(id, sources[id], diagnostics);
#pragma once

#include <string>
#include <vector>

#include "compiler/ast/ast.h"
#include "compiler/base/source.h"
#include "compiler/diagnostics/diagnostic.h"

namespace trig::parse {

ast::File parse(SourceId id, const Source& source, Diagnostics& diagnostics);

// One expression, as the REPL reads it. Null after an error.
ast::ExprPtr parse_expression(SourceId id, const Source& source, Diagnostics& diagnostics);

// One line a token: kind, place and text, for `trig dump --stage tokens`.
std::string dump_tokens(const Source& source);

// The words of the language, for editors: reserved ones and those that are names elsewhere.
const std::vector<std::string>& reserved_words();
const std::vector<std::string>& soft_words();

}  // namespace trig::parse
