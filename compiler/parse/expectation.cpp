#include "compiler/parse/expectation.h"

#include "compiler/parse/grammar_tables.h"

namespace trig::parse {

namespace {

using antlr4::atn::ATNState;
using antlr4::atn::Transition;

constexpr std::size_t kLastType = grammar::TrigParser::UNKNOWN;

bool consumes(const Transition& transition, std::size_t type) {
  return !transition.isEpsilon() &&
         transition.matches(type, antlr4::Token::MIN_USER_TOKEN_TYPE, kLastType);
}

}  // namespace

Expectation::Expectation(std::size_t start_rule) {
  close({{grammar_atn().ruleToStartState[start_rule], nullptr}});
}

const Expectation::Frame* Expectation::frame(ATNState* follow, const Frame* caller) {
  const Frame*& known = frames_->known[{follow, caller}];
  if (!known) known = &frames_->all.emplace_back(Frame{follow, caller});
  return known;
}

// Follows everything that consumes nothing.
void Expectation::close(std::vector<Config> open) {
  std::set<Config> seen(open.begin(), open.end());
  configs_.clear();
  expected_.clear();
  auto reach = [&](Config next) {
    if (seen.insert(next).second) open.push_back(next);
  };
  while (!open.empty()) {
    Config config = open.back();
    open.pop_back();
    if (config.state->getStateType() == ATNState::RULE_STOP) {
      if (config.frame) reach({config.frame->follow, config.frame->caller});
      continue;
    }
    bool waits = false;
    for (const Transition* transition : config.state->transitions) {
      if (transition->getSerializationType() == Transition::RULE) {
        auto* call = static_cast<const antlr4::atn::RuleTransition*>(transition);
        reach({call->target, frame(call->followState, config.frame)});
      } else if (transition->isEpsilon()) {
        reach({transition->target, config.frame});
      } else {
        waits = true;
        for (ssize_t type : transition->label().toList())
          expected_.insert(static_cast<std::size_t>(type));
      }
    }
    if (waits) configs_.push_back(config);
  }
}

bool Expectation::accepts(std::size_t type) const { return expected_.contains(type); }

bool Expectation::advance(std::size_t type) {
  if (!accepts(type)) return false;
  std::vector<Config> next;
  for (const Config& config : configs_)
    for (const Transition* transition : config.state->transitions)
      if (consumes(*transition, type)) next.push_back({transition->target, config.frame});
  close(std::move(next));
  return true;
}

std::vector<Site> Expectation::sites(std::size_t type) const {
  std::vector<Site> all;
  for (const Config& config : configs_) {
    bool fits = false;
    for (const Transition* transition : config.state->transitions)
      fits = fits || consumes(*transition, type);
    if (!fits) continue;
    Site site = {config.state->ruleIndex};
    for (const Frame* frame = config.frame; frame; frame = frame->caller)
      site.push_back(frame->follow->ruleIndex);
    all.push_back(std::move(site));
  }
  return all;
}

}  // namespace trig::parse
