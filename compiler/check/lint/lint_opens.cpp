// W0112: opens as a condition. Mail programs load images by themselves, so that many opens are made
// by machines. Absence of opens and clicks together is left alone: it is the usual way to find who
// is gone.
#include <algorithm>

#include "compiler/check/lint/lint.h"

namespace trig::check {
namespace {

constexpr std::string_view kOpened = "email_opened";
constexpr std::string_view kClicked = "email_clicked";

class OpensLint {
 public:
  explicit OpensLint(Context& context) : context_(context) {}

  void look_at(const ast::CampaignDecl& campaign) {
    if (campaign.trigger) look_at(*campaign.trigger);
    for_each_expression(campaign, [&](const ast::Expr& expr) { look_at(expr); });
    for_each_step(campaign.steps, [&](const ast::Step& step) {
      if (const auto* wait = std::get_if<ast::WaitSpan>(&step.node)) look_at(wait->unless);
      if (const auto* wait = std::get_if<ast::WaitUntil>(&step.node)) look_at(wait->unless);
      if (const auto* wait = std::get_if<ast::WaitForSilence>(&step.node)) look_at(wait->unless);
      if (const auto* wait = std::get_if<ast::WaitForEvent>(&step.node))
        look_at(wait->event.events);
    });
    look_at(campaign.exits);
  }

  void look_at(const ast::Expr& expr) {
    if (const auto* aggregate = std::get_if<ast::Aggregate>(&expr.node))
      look_at(std::vector{aggregate->event});
    if (const auto* silence = std::get_if<ast::Silence>(&expr.node))
      look_at_silence(silence->events);
  }

 private:
  void look_at(const ast::Trigger& trigger) {
    if (const auto* on = std::get_if<ast::EventTrigger>(&trigger.node)) look_at(on->events);
    if (const auto* on = std::get_if<ast::CountTrigger>(&trigger.node)) look_at(on->events);
    if (const auto* on = std::get_if<ast::SilenceTrigger>(&trigger.node))
      look_at_silence(on->events);
  }
  void look_at(const std::vector<ast::Occurrence>& occurrences) {
    for (const ast::Occurrence& occurrence : occurrences) look_at(occurrence.events);
  }
  void look_at_silence(const std::vector<ast::Name>& events) {
    const bool clicks = std::any_of(events.begin(), events.end(),
                                    [](const ast::Name& name) { return name.text == kClicked; });
    if (!clicks) look_at(events);
  }
  void look_at(const std::vector<ast::Name>& events) {
    for (const ast::Name& name : events)
      if (name.text == kOpened)
        context_.report(Code::kOpensCondition, name.range)
            .hint("ask for `email_clicked`, or for what people do on the site");
  }

  Context& context_;
};

}  // namespace

void lint_opens(Context& context) {
  OpensLint lint(context);
  for (const CampaignPair& pair : own_campaigns(context)) lint.look_at(*pair.written);
  for (const Declared& declared : context.declarations)
    if (const auto* segment = std::get_if<ast::SegmentDecl>(&declared.declaration->node))
      if (declared.own)
        for_each_expression(*segment->condition,
                            [&](const ast::Expr& expr) { lint.look_at(expr); });
}

}  // namespace trig::check
