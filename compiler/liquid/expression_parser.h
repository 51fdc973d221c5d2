// The small language inside `{{ }}` and tags: words, and the expressions, filters and conditions
// made of them. A mistake is reported once (E0405 to E0409) and ends the tag it stands in: these
// functions throw SyntaxStop, which the template parser catches per tag.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/diagnostics/diagnostic.h"
#include "compiler/liquid/ast.h"
#include "compiler/liquid/scanner.h"
#include "compiler/liquid/template.h"

namespace trig::liquid {

struct SyntaxStop {};

enum class TokenKind : std::uint8_t {
  kName,
  kNumber,
  kText,  // quoted
  kComparison,
  kDot,
  kDotDot,
  kColon,
  kComma,
  kPipe,
  kAssign,
  kOpenSquare,
  kCloseSquare,
  kOpenRound,
  kCloseRound,
  kUnknown,
  kEnd,
};

struct Token {
  TokenKind kind;
  std::string_view text;  // of quoted text: what is inside
  TextRange range;
};

class ExpressionParser {
 public:
  // `closer` names the end in messages: "`}}`", "the end of the tag".
  ExpressionParser(Fragment input, Dialect dialect, Diagnostics& diagnostics,
                   std::string_view closer = "the end of the tag");

  const Token& peek(std::size_t ahead = 0) const;
  Token take();
  bool accept(TokenKind kind);
  bool accept_word(std::string_view word);
  Token expect(TokenKind kind, std::string_view expected);
  // The end of the tag. `tolerated` junk is skipped in the conformance dialect, as in the
  // reference.
  void expect_end(bool tolerated = false);
  [[noreturn]] void unexpected(std::string_view expected);

  Expression expression();
  Filtered filtered();
  Condition condition();
  // An operand of a comparison or `when`, where `empty` and `blank` are properties.
  Expression operand();
  // name: value, name: value …, with or without commas.
  std::vector<std::pair<std::string, Expression>> named_arguments();
  // The source text from `begin` to before the next token.
  std::string_view text_since(const Token& begin) const;
  TextRange range_since(const Token& begin) const;

 private:
  void tokenize();
  std::size_t token_at(std::size_t at);
  void add(TokenKind kind, std::size_t begin, std::size_t end);
  std::size_t add_quoted(std::size_t begin);
  Expression lookup();
  Expression range_expression();
  Segment bracket_segment();
  FilterCall filter_call();
  void filter_arguments(FilterCall& call);
  void check_filter(FilterCall& call, TextRange arguments);
  Term term();

  Fragment input_;
  Dialect dialect_;
  Diagnostics& diagnostics_;
  std::string_view closer_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
};

}  // namespace trig::liquid
