// Turns "the parser cannot go on in this declaration" into one diagnostic in the user's words, and
// says where to go on.
#pragma once

#include "compiler/base/source.h"
#include "compiler/diagnostics/diagnostic.h"
#include "compiler/parse/token_list.h"

namespace trig::parse {

struct Failure {
  std::size_t rule = 0;      // the grammar's start rule: file or loneExpression
  std::size_t previous = 0;  // index of the first token of the declaration before, or `first`
  std::size_t first = 0;     // of the declaration that failed
};

struct Reported {
  std::size_t at = 0;    // the first token that fits nowhere
  std::size_t next = 0;  // where the next declaration may begin; at last the end of the file
};

Reported report_syntax_error(const Failure& failure, const TokenList& list, SourceId id,
                             const Source& source, Diagnostics& diagnostics);

}  // namespace trig::parse
