// W0114: a wait that is too short for anybody to do anything, or longer than a year. W0115: a
// comparison with no money at all that nearly everything passes or fails.
#include "compiler/check/lint/lint.h"

namespace trig::check {
namespace {

constexpr Duration kShortest = std::chrono::minutes(1);
constexpr Duration kLongest = std::chrono::days(366);

class AmountLint {
 public:
  explicit AmountLint(Context& context) : context_(context) {}

  void look_at(const ast::CampaignDecl& campaign) {
    const bool may_end = campaign.restart_while_waiting || !campaign.exits.empty();
    for_each_step(campaign.steps, [&](const ast::Step& step) {
      if (const auto* wait = std::get_if<ast::WaitSpan>(&step.node))
        look_at(wait->span, may_end || !wait->unless.empty());
      if (const auto* wait = std::get_if<ast::WaitForEvent>(&step.node))
        look_at(wait->up_to, false);
      if (const auto* wait = std::get_if<ast::WaitForSilence>(&step.node)) {
        look_at(wait->silence, true);
        if (wait->up_to) look_at(*wait->up_to, true);
      }
    });
    for_each_expression(campaign, [&](const ast::Expr& expr) { look_at(expr); });
  }

 private:
  // A few seconds are enough to let a system settle, and not for people to change their mind.
  void look_at(const ast::SpanLiteral& span, bool for_people) {
    const Duration length = span.span.exact();
    if (length == Duration{0} || (for_people && length < kShortest))
      context_.report(Code::kOddSpan, span.range, {to_string(span.span), "hardly a wait"})
          .hint("give people time: `30 minutes`");
    else if (length > kLongest)
      context_.report(Code::kOddSpan, span.range, {to_string(span.span), "longer than a year"})
          .hint("is the unit right?");
  }

  static bool is_no_money(const ast::ExprPtr& expr) {
    const auto* money = std::get_if<ast::MoneyLiteral>(&expr->node);
    return money != nullptr && money->digits.find_first_of("123456789") == std::string::npos;
  }

  void look_at(const ast::Expr& expr) {
    const auto* binary = std::get_if<ast::Binary>(&expr.node);
    if (binary == nullptr) return;
    using enum ast::BinaryOp;
    const bool right =
        is_no_money(binary->right) && (binary->op == kGreaterOrEqual || binary->op == kLess);
    const bool left =
        is_no_money(binary->left) && (binary->op == kLessOrEqual || binary->op == kGreater);
    if (!left && !right) return;
    const bool all = binary->op == kGreaterOrEqual || binary->op == kLessOrEqual;
    context_
        .report(Code::kZeroAmount, expr.range,
                {context_.quote(expr.range), all ? "everything" : "nothing"})
        .hint("compare with the amount that matters, or ask `> 0`");
  }

  Context& context_;
};

}  // namespace

void lint_amounts(Context& context) {
  AmountLint lint(context);
  for (const CampaignPair& pair : own_campaigns(context)) lint.look_at(*pair.written);
}

}  // namespace trig::check
