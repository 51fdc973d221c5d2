#include <map>

#include "compiler/check/context.h"

namespace trig::check {
namespace {

class PolicyChecker {
 public:
  PolicyChecker(Context& context, ir::Policy& policy) : context_(context), policy_(policy) {}

  void check(const ast::PolicyDecl& written) {
    for (const ast::PolicyRule& rule : written.rules) {
      range_ = rule.range;
      bool first = is_first(rule);
      if (first) std::visit([&](const auto& node) { check_rule(node); }, rule.node);
    }
    bool says_consent = seen_.contains(0);
    if (!says_consent)
      context_.report(Code::kConsentUnsaid, written.name.range, {written.name.text})
          .hint("say `consent required for TOPIC`, or `consent not needed`");
  }

 private:
  bool is_first(const ast::PolicyRule& rule) {
    auto [place, inserted] = seen_.try_emplace(rule.node.index(), rule.range);
    if (inserted) return true;
    context_.report(Code::kRuleTwice, rule.range)
        .label(place->second, "the first is here")
        .hint("keep one of them");
    return false;
  }

  void check_rule(const ast::ConsentRule& rule) {
    policy_.consent_required = rule.required;
    if (rule.required && !rule.topic) ask_for_topic();
    if (!rule.topic) return;
    if (const Symbol* topic = context_.resolve(SymbolKind::kTopic, *rule.topic))
      policy_.topic = topic->index;
  }
  void ask_for_topic() {
    Diagnostic& open = context_.report(Code::kConsentForWhat, range_);
    std::vector<std::string> topics = context_.symbols.names_of(SymbolKind::kTopic);
    if (topics.size() != 1) {
      open.hint("say `consent required for TOPIC`");
      return;
    }
    open.hint("add `for {}`", topics[0])
        .replace({range_.source, range_.end, range_.end}, " for " + topics[0]);
  }
  void refuse_zero(std::int64_t count, TextRange range) {
    if (count <= 0) context_.report(Code::kZeroLimit, range).hint("take a limit of 1 or more");
  }
  void check_rule(const ast::CapRule& rule) {
    for (const ast::Cap& cap : rule.caps) {
      refuse_zero(cap.count, cap.range);
      if (cap.unit == CalendarUnit::kDay || cap.unit == CalendarUnit::kWeek)
        policy_.caps.push_back({cap.count, cap.unit});
      else
        context_.report(Code::kCapUnit, cap.range, {to_string(Span{1, cap.unit}).substr(2)})
            .hint("caps count calendar days or ISO weeks: `per day`, `per week`");
    }
  }
  void check_rule(const ast::QuietRule& rule) {
    policy_.quiet = ir::QuietHours{rule.from, rule.to};
    if (rule.from == rule.to)
      context_.report(Code::kEmptyQuietHours, range_)
          .hint("write as in `quiet 21:00 to 08:00 local`");
  }
  void check_rule(const ast::RateRule& rule) {
    policy_.rate = ir::Rate{rule.count, rule.unit};
    refuse_zero(rule.count, range_);
    bool usual = rule.unit == CalendarUnit::kSecond || rule.unit == CalendarUnit::kMinute ||
                 rule.unit == CalendarUnit::kHour;
    if (!usual)
      context_.report(Code::kRateUnit, range_, {to_string(Span{1, rule.unit}).substr(2)})
          .hint("rates are per second, minute or hour");
  }
  void check_rule(const ast::WhenCappedRule& rule) {
    if (rule.wait_up_to) policy_.wait_when_capped = rule.wait_up_to->span;
  }

  Context& context_;
  ir::Policy& policy_;
  TextRange range_;
  std::map<std::size_t, TextRange> seen_;  // kind of rule → the first of it; 0 is consent
};

}  // namespace

void check_policies(Context& context) {
  for (const Declared& declared : context.declarations) {
    const auto* written = std::get_if<ast::PolicyDecl>(&declared.declaration->node);
    if (written == nullptr) continue;
    if (const Symbol* symbol = context.declared(SymbolKind::kPolicy, written->name))
      PolicyChecker(context, context.program.policies[symbol->index]).check(*written);
  }
}

}  // namespace trig::check
