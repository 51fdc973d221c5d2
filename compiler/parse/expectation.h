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
#include <unordered_map>
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
  std::set<std::size_t> expected() const;
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
  struct Hash {
    std::size_t operator()(const Config& config) const;
  };
  // Those whose state consumes a token: all that is known of a place.
  using Configs = std::vector<Config>;

  // What was followed before, shared by copies: texts repeat themselves, and so do the places.
  struct Memory {
    std::unordered_map<Config, const Frame*, Hash> frames;  // by follow state and caller
    std::deque<Frame> all_frames;
    std::set<Configs> places;
    std::map<std::pair<const Configs*, std::size_t>, const Configs*> steps;  // by place and token
  };

  const Frame* frame(antlr4::atn::ATNState* follow, const Frame* caller);
  const Configs* close(std::vector<Config> open);

  std::shared_ptr<Memory> memory_ = std::make_shared<Memory>();
  const Configs* configs_;
};

}  // namespace trig::parse
