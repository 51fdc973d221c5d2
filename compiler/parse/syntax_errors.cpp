#include "compiler/parse/syntax_errors.h"

#include <algorithm>

#include "compiler/base/limits.h"
#include "compiler/parse/expectation.h"
#include "compiler/parse/expected_words.h"
#include "compiler/parse/grammar_tables.h"
#include "compiler/parse/mistake.h"

namespace trig::parse {

namespace {

// Whether a word begins a line of a campaign there, rather than stand in one or in a block.
bool begins_line(std::size_t type, const Site& site) {
  static constexpr std::size_t kRules[] = {
      Grammar::RulePolicyRef, Grammar::RulePriority, Grammar::RuleTrigger,
      Grammar::RuleAgain,     Grammar::RuleRestart,  Grammar::RuleStep,
      Grammar::RuleExitOn,    Grammar::RuleGoal,     Grammar::RuleEdits};
  if (std::find(site.begin(), site.end(), Grammar::RuleBlock) != site.end()) return false;
  int rank = line_rank(type);
  std::size_t of_line = rank == kStepRank ? 1 : 0;  // the kinds of step have a rule each
  return site.size() > of_line && site[of_line] == kRules[rank];
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

int line_rank(std::size_t type) {
  switch (type) {
    case Grammar::POLICY: return kPolicyRank;
    case Grammar::PRIORITY: return kPriorityRank;
    case Grammar::ON: return kTriggerRank;
    case Grammar::AGAIN: return kAgainRank;
    case Grammar::RESTART: return kRestartRank;
    case Grammar::EXIT: return kExitRank;
    case Grammar::GOAL: return kGoalRank;
    case Grammar::EDITS: return kEditsRank;
    case Grammar::STEP:
    case Grammar::WAIT:
    case Grammar::WHEN:
    case Grammar::STOP:
    case Grammar::SPLIT:
    case Grammar::SEND:
    case Grammar::SUBSCRIBE:
    case Grammar::UNSUBSCRIBE:
    case Grammar::POST:
    case Grammar::SET:
    case Grammar::EMIT: return kStepRank;
  }
  return -1;
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
    if (line_rank(type) >= 0) {
      std::vector<Site> sites = mistake.here.sites(type);
      if (std::any_of(sites.begin(), sites.end(),
                      [&](const Site& site) { return begins_line(type, site); })) {
        mistake.line_rank = line_rank(type);
        mistake.line_begin = i;
      }
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
