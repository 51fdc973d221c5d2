// One place where the parser cannot go on, and what is known about it.
#pragma once

#include <vector>

#include "TrigParser.h"
#include "compiler/base/source.h"
#include "compiler/diagnostics/diagnostic.h"
#include "compiler/parse/expectation.h"
#include "compiler/parse/token_list.h"

namespace trig::parse {

using Grammar = grammar::TrigParser;

// The lines of a campaign in their order.
enum Rank : int {
  kPolicyRank,
  kPriorityRank,
  kTriggerRank,
  kAgainRank,
  kRestartRank,
  kStepRank,
  kExitRank,
  kGoalRank,
  kEditsRank,
};

struct Mistake {
  const TokenList& list;
  const Source& source;
  Expectation here;                    // what could stand at `at`
  Expectation before = here;           // and at the token before
  std::size_t at = 0;                  // the first token that fits nowhere
  std::size_t first = 0;               // the first of its declaration
  std::vector<std::size_t> open = {};  // brackets not closed before `at`
  std::size_t misplaced = 0;           // an opening brace closed too far left, or 0
  int line_rank = -1;                  // of the last line of a campaign begun
  std::size_t line_begin = 0;

  const antlr4::Token& token(std::size_t index) const { return *list.tokens[index]; }
  std::size_t type() const { return token(at).getType(); }
  std::string_view text(std::size_t index) const { return text_of(source, token(index)); }
  std::string_view text() const { return text(at); }
  bool at_end() const { return type() == antlr4::Token::EOF; }

  LineColumn place(std::size_t index) const {
    return source.place_of(static_cast<std::uint32_t>(token(index).getStartIndex()));
  }
  std::uint32_t column(std::size_t index) const { return place(index).column; }
  bool first_on_line(std::size_t index) const {
    return index == 0 || place(index - 1).line != place(index).line;
  }
  bool same_line(std::size_t a, std::size_t b) const { return place(a).line == place(b).line; }
  // The column where the line of a token begins.
  std::uint32_t line_indent(std::size_t index) const {
    while (!first_on_line(index)) --index;
    return column(index);
  }
};

// The kind of line a word begins in a campaign, or -1.
int line_rank(std::size_t type);

// Reports one diagnostic.
void explain(const Mistake& mistake, SourceId id, Diagnostics& diagnostics);

}  // namespace trig::parse
