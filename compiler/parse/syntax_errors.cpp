#include "compiler/parse/syntax_errors.h"

#include <algorithm>

#include "compiler/base/limits.h"
#include "compiler/parse/expectation.h"
#include "compiler/parse/expected_words.h"
#include "compiler/parse/grammar_tables.h"
#include "compiler/parse/mistake.h"

namespace trig::parse {

namespace {

// The kinds of line a campaign is made of, by the rule and the word that begin one.
int rank_of(std::size_t type, const Site& site) {
  if (std::find(site.begin(), site.end(), Grammar::RuleBlock) != site.end()) return -1;
  switch (site[0]) {
    case Grammar::RulePolicyRef:
      return type == Grammar::POLICY ? kPolicyRank : -1;
    case Grammar::RulePriority:
      return type == Grammar::PRIORITY ? kPriorityRank : -1;
    case Grammar::RuleTrigger:
      return type == Grammar::ON ? kTriggerRank : -1;
    case Grammar::RuleAgain:
      return type == Grammar::AGAIN ? kAgainRank : -1;
    case Grammar::RuleRestart:
      return type == Grammar::RESTART ? kRestartRank : -1;
    case Grammar::RuleExitOn:
      return type == Grammar::EXIT ? kExitRank : -1;
    case Grammar::RuleGoal:
      return type == Grammar::GOAL ? kGoalRank : -1;
    case Grammar::RuleEdits:
      return type == Grammar::EDITS ? kEditsRank : -1;
  }
  bool step = site.size() > 1 && site[1] == Grammar::RuleStep && type != Grammar::UNLESS;
  return step && step_words().contains(type) ? kStepRank : -1;
}

bool opens(std::size_t type) {
  return type == Grammar::OPEN_BRACE || type == Grammar::OPEN_PAREN ||
         type == Grammar::OPEN_BRACKET;
}

bool closes(std::size_t type) {
  return type == Grammar::CLOSE_BRACE || type == Grammar::CLOSE_PAREN ||
         type == Grammar::CLOSE_BRACKET;
}

}  // namespace

const std::set<std::size_t>& step_words() {
  static const std::set<std::size_t> words = {
      Grammar::STEP,  Grammar::WAIT, Grammar::WHEN,      Grammar::STOP,
      Grammar::SPLIT, Grammar::SEND, Grammar::SUBSCRIBE, Grammar::UNSUBSCRIBE,
      Grammar::POST,  Grammar::SET,  Grammar::EMIT};
  return words;
}

// Reads the tokens up to the first that fits nowhere and gathers what the message may need.
Mistake find_mistake(const Failure& failure, const TokenList& list, const Source& source) {
  Mistake mistake{list, source, Expectation(failure.rule)};
  std::size_t last = list.tokens.size() - 1;
  std::size_t i = failure.previous;
  for (; i < last; ++i) {
    std::size_t type = list.tokens[i]->getType();
    // A declaration word at column 0 begins a declaration, even where it could be a name and the
    // declaration before was read as if it were one.
    bool cut_off = i > failure.previous && !mistake.here.accepts(antlr4::Token::EOF) &&
                   begins_declaration(list, i, source);
    if (cut_off || !mistake.here.accepts(type)) break;
    if (opens(type)) mistake.open.push_back(i);
    if (closes(type) && !mistake.open.empty()) {
      std::size_t begin = mistake.open.back();
      mistake.open.pop_back();
      // A `}` left of the line that opened it closes something else in the author's eyes.
      if (mistake.misplaced == 0 && mistake.first_on_line(i) &&
          mistake.column(i) < mistake.line_indent(begin))
        mistake.misplaced = begin;
    }
    if (mistake.open.empty()) mistake.misplaced = 0;
    for (const Site& site : mistake.here.sites(type)) {
      int rank = rank_of(type, site);
      if (rank < 0) continue;
      mistake.line_rank = rank;
      mistake.line_begin = i;
    }
    mistake.before = mistake.here;
    mistake.here.advance(type);
  }
  mistake.at = i;
  mistake.first = i < failure.first ? failure.previous : failure.first;
  return mistake;
}

Reported report_syntax_error(const Failure& failure, const TokenList& list, SourceId id,
                             const Source& source, Diagnostics& diagnostics) {
  Mistake mistake = find_mistake(failure, list, source);
  explain(mistake, id, diagnostics);
  // Go on at the mistake if a declaration begins there, but never where this one began.
  std::size_t next = std::max(mistake.at, mistake.first + 1);
  while (next + 1 < list.tokens.size() && !begins_declaration(list, next, source)) ++next;
  return {mistake.at, std::min(next, list.tokens.size() - 1)};
}

}  // namespace trig::parse
