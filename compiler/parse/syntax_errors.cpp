#include "compiler/parse/syntax_errors.h"

namespace trig::parse {

std::size_t report_syntax_error(const Failure& failure, const TokenList& list, SourceId id,
                                const Source& source, Diagnostics& diagnostics) {
  const antlr4::Token& token = *list.tokens[failure.first];
  diagnostics.report(Code::kUnexpectedToken, range_of(id, token),
                     {text_of(source, token), "a declaration"});
  std::size_t next = failure.first + 1;
  while (next + 1 < list.tokens.size() && !begins_declaration(list, next, source)) ++next;
  return next;
}

}  // namespace trig::parse
