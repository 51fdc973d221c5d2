// W0107: a day that is written out and over. What today is comes in with the settings; without it
// nothing is said.
#include "compiler/check/lint/lint.h"

namespace trig::check {
namespace {

class PastLint {
 public:
  PastLint(Context& context, Date today) : context_(context), today_(today) {}

  void look_at(const ast::CampaignDecl& campaign) {
    if (campaign.trigger)
      if (const auto* once = std::get_if<ast::OnceTrigger>(&campaign.trigger->node))
        look_at(once->date, campaign.trigger->range, "nobody starts any more");
    for_each_step(campaign.steps, [&](const ast::Step& step) {
      const auto* wait = std::get_if<ast::WaitUntil>(&step.node);
      if (wait == nullptr || wait->moment.base == nullptr) return;
      if (const auto* day = std::get_if<ast::DateLiteral>(&wait->moment.base->node))
        look_at(day->date, wait->moment.range, "nobody waits for it");
    });
  }

 private:
  // A day later it is over in every zone.
  void look_at(Date date, TextRange range, std::string_view consequence) {
    if (date + std::chrono::days(1) >= today_) return;
    context_.report(Code::kPastMoment, range, {to_string(date), consequence})
        .hint("take a later day, or one that comes with the event");
  }

  Context& context_;
  Date today_;
};

}  // namespace

void lint_past(Context& context) {
  if (!context.settings.today) return;
  PastLint lint(context, *context.settings.today);
  for (const CampaignPair& pair : own_campaigns(context)) lint.look_at(*pair.written);
}

}  // namespace trig::check
