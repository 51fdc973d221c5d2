// What could stand at a place: all ways to read the tokens so far, followed in parallel through the
// grammar's state machine with full context. Exact where ANTLR's own answer depends on the decision
// it happened to be in. Used after a mistake only; a right text never comes here.
//
//   Expectation expectation(Grammar::RuleFile);
//   while (expectation.advance(next_type)) …        // false: the token fits nowhere
//   if (expectation.accepts(Grammar::CLOSE_BRACE)) …
#pragma once

#include <antlr4-runtime.h>

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <vector>

namespace trig::parse {

// Where in the grammar a token is accepted: the rule it stands in, then that rule's callers.
using Site = std::vector<std::size_t>;

class Expectation {
 public:
  explicit Expectation(std::size_t start_rule);

  // Follows one token. If it fits nowhere, nothing changes and the answer is false.
  bool advance(std::size_t type);
  bool accepts(std::size_t type) const;
  const std::set<std::size_t>& expected() const { return expected_; }
  std::vector<Site> sites(std::size_t type) const;

 private:
  struct Frame {  // where a rule goes on when the one it called has ended
    antlr4::atn::ATNState* follow;
    const Frame* caller;
  };
  struct Config {
    antlr4::atn::ATNState* state;
    const Frame* frame;
    auto operator<=>(const Config&) const = default;
  };

  const Frame* frame(antlr4::atn::ATNState* follow, const Frame* caller);
  void close(std::vector<Config> open);

  // Frames are shared by all that copy an Expectation.
  struct Frames {
    std::map<std::pair<antlr4::atn::ATNState*, const Frame*>, const Frame*> known;
    std::deque<Frame> all;
  };
  std::shared_ptr<Frames> frames_ = std::make_shared<Frames>();
  std::vector<Config> configs_;  // those whose state consumes a token
  std::set<std::size_t> expected_;
};

}  // namespace trig::parse
