// policy NAME { … }
#include "compiler/base/check.h"
#include "compiler/parse/builder.h"

namespace trig::parse {

ast::PolicyDecl Builder::policy_decl(Grammar::PolicyDeclContext* tree) {
  ast::PolicyDecl decl{name(tree->name()), {}};
  for (auto* one : tree->policyRule()) decl.rules.push_back(policy_rule(one));
  return decl;
}

ast::PolicyRule Builder::policy_rule(Grammar::PolicyRuleContext* tree) {
  TextRange place = range(tree);
  if (auto* one = tree->consentRule()) return {place, consent_rule(one)};
  if (auto* one = tree->capRule()) return {place, cap_rule(one)};
  if (auto* one = tree->quietRule()) return {place, quiet_rule(one)};
  if (auto* one = tree->rateRule()) return {place, rate_rule(one)};
  TRIG_CHECK(tree->whenCappedRule(),
             "the grammar has a policy rule that the builder does not know");
  return {place, when_capped_rule(tree->whenCappedRule())};
}

ast::ConsentRule Builder::consent_rule(Grammar::ConsentRuleContext* tree) {
  ast::ConsentRule rule{tree->REQUIRED() != nullptr, std::nullopt};
  if (tree->name()) rule.topic = name(tree->name());
  return rule;
}

ast::CapRule Builder::cap_rule(Grammar::CapRuleContext* tree) {
  ast::CapRule rule;
  for (auto* one : tree->cap())
    rule.caps.push_back({count(one->NUMBER()), unit(one->unit()), range(one)});
  return rule;
}

ast::QuietRule Builder::quiet_rule(Grammar::QuietRuleContext* tree) {
  return {time(tree->TIME(0)), time(tree->TIME(1))};
}

ast::RateRule Builder::rate_rule(Grammar::RateRuleContext* tree) {
  return {count(tree->NUMBER()), unit(tree->unit())};
}

ast::WhenCappedRule Builder::when_capped_rule(Grammar::WhenCappedRuleContext* tree) {
  return {span_if(tree->span())};
}

}  // namespace trig::parse
