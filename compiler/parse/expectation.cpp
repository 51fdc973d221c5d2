#include "compiler/parse/expectation.h"

#include <algorithm>
#include <cstdint>
#include <memory_resource>
#include <unordered_set>

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

bool waits_for(const ATNState& state, std::size_t type) {
  return std::any_of(state.transitions.begin(), state.transitions.end(),
                     [&](const Transition* transition) { return consumes(*transition, type); });
}

}  // namespace

Expectation::Expectation(std::size_t start_rule) {
  configs_ = close({{grammar_atn().ruleToStartState[start_rule], nullptr}});
}

std::size_t Expectation::Hash::operator()(const Config& config) const {
  auto state = reinterpret_cast<std::uintptr_t>(config.state);
  auto frame = reinterpret_cast<std::uintptr_t>(config.frame);
  return (state >> 4) * 0x9e3779b97f4a7c15u + (frame >> 3);
}

const Expectation::Frame* Expectation::frame(ATNState* follow, const Frame* caller) {
  const Frame*& known = memory_->frames[{follow, caller}];
  if (!known) known = &memory_->all_frames.emplace_back(Frame{follow, caller});
  return known;
}

// Follows everything that consumes nothing.
const Expectation::Configs* Expectation::close(std::vector<Config> open) {
  std::byte buffer[32 * 1024];  // enough for nearly every place; the heap serves the rest
  std::pmr::monotonic_buffer_resource memory(buffer, sizeof(buffer));
  std::pmr::unordered_set<Config, Hash> seen(open.begin(), open.end(), 256, &memory);
  Configs waiting;
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
      }
    }
    if (waits) waiting.push_back(config);
  }
  std::sort(waiting.begin(), waiting.end());
  return &*memory_->places.insert(std::move(waiting)).first;
}

bool Expectation::accepts(std::size_t type) const {
  return std::any_of(configs_->begin(), configs_->end(),
                     [&](const Config& config) { return waits_for(*config.state, type); });
}

std::set<std::size_t> Expectation::expected() const {
  std::set<std::size_t> types;
  for (const Config& config : *configs_)
    for (const Transition* transition : config.state->transitions)
      if (!transition->isEpsilon())
        for (ssize_t type : transition->label().toList())
          types.insert(static_cast<std::size_t>(type));
  return types;
}

bool Expectation::advance(std::size_t type) {
  const Configs*& known = memory_->steps[{configs_, type}];
  if (!known) {
    std::vector<Config> next;
    for (const Config& config : *configs_)
      for (const Transition* transition : config.state->transitions)
        if (consumes(*transition, type)) next.push_back({transition->target, config.frame});
    known = close(std::move(next));  // no configs: it fits nowhere
  }
  if (known->empty()) return false;
  configs_ = known;
  return true;
}

std::vector<Site> Expectation::sites(std::size_t type) const {
  std::vector<Site> all;
  for (const Config& config : *configs_) {
    if (!waits_for(*config.state, type)) continue;
    Site site = {config.state->ruleIndex};
    for (const Frame* frame = config.frame; frame; frame = frame->caller)
      site.push_back(frame->follow->ruleIndex);
    all.push_back(std::move(site));
  }
  return all;
}

}  // namespace trig::parse
