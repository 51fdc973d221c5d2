// The tokens of one Source without comments, and the comments. Mistakes of single tokens (an
// unclosed text, an unknown character) are reported here and mended, so that each is reported once
// and the parser can go on; `mended` says where.
#pragma once

#include <antlr4-runtime.h>

#include <memory>
#include <vector>

#include "compiler/ast/ast.h"
#include "compiler/base/source.h"
#include "compiler/diagnostics/diagnostic.h"

namespace trig::parse {

struct TokenList {
  std::vector<std::unique_ptr<antlr4::Token>> tokens;  // the last one is the end of the file
  std::vector<ast::Comment> comments;
  std::vector<std::size_t> mended;  // indices into tokens, ascending
};

TokenList read_tokens(SourceId id, const Source& source, Diagnostics& diagnostics);

// Replaces the type of each bracket, `not`, `-` or `list of` that stands deeper than kMaxNesting by
// kTooDeepToken, which no rule accepts: so the recursion of the parser is bounded.
void bound_nesting(TokenList& list, const Source& source);

// Beyond every token type of the grammar.
constexpr std::size_t kTooDeepToken = 100'000;

inline TextRange range_of(SourceId id, const antlr4::Token& token) {
  auto begin = static_cast<std::uint32_t>(token.getStartIndex());
  // The end of the file has its stop before its start.
  auto end = static_cast<std::uint32_t>(token.getStopIndex() + 1);
  return {id, begin, end < begin ? begin : end};
}

std::string_view text_of(const Source& source, const antlr4::Token& token);

// A declaration begins here for sure: its word stands at column 0 and what follows fits.
bool begins_declaration(const TokenList& list, std::size_t index, const Source& source);

}  // namespace trig::parse
