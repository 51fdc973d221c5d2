#include "compiler/exec/event_rules.h"

#include "compiler/base/limits.h"

namespace trig::exec {

std::vector<Rule> rules_of(const ir::Program& program, std::uint32_t campaign,
                           std::uint32_t event) {
  const ir::StartTrigger& trigger = program.campaigns[campaign].trigger;
  std::vector<Rule> rules;
  if (std::holds_alternative<ir::OnSequence>(trigger.kind)) return rules;
  for (std::uint32_t i = 0; i < trigger.alternatives.size(); ++i)
    if (trigger.alternatives[i].event == event) rules.push_back({campaign, i});
  return rules;
}

EventRules::EventRules(const ir::Program& program, std::uint32_t event)
    : index_(std::make_shared<const PredicateIndex>(program, event)), filed_(index_->size()) {}

EventRules::EventRules(const EventRules& before, const ir::Program& was, const ir::Program& program,
                       std::uint32_t event, const std::vector<std::uint32_t>& campaigns)
    : index_(before.index_), replaced_(before.replaced_) {
  auto changed = before.changed_ == nullptr ? std::make_shared<PredicateIndex>()
                                            : std::make_shared<PredicateIndex>(*before.changed_);
  if (index_ == nullptr) index_ = std::make_shared<const PredicateIndex>();
  replaced_.resize(program.campaigns.size());
  for (std::uint32_t campaign : campaigns) {
    if (replaced_[campaign])
      for (const Rule& rule : rules_of(was, campaign, event)) changed->remove(rule);
    replaced_[campaign] = true;
    for (const Rule& rule : rules_of(program, campaign, event)) {
      changed->add(program, rule);
      ++filed_;
    }
  }
  if (changed->size() > kMaxRulesBesideAnIndex)
    *this = EventRules(program, event);
  else
    changed_ = std::move(changed);
}

}  // namespace trig::exec
