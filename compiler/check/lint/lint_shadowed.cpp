// W0113: an `as` name that something else is called already: an event, or an outer `as`.
#include "compiler/check/lint/lint.h"

namespace trig::check {
namespace {

class ShadowLint {
 public:
  explicit ShadowLint(Context& context) : context_(context) {}

  void look_at(const ast::CampaignDecl& campaign) {
    outer_.clear();
    if (campaign.trigger) {
      if (const auto* on = std::get_if<ast::EventTrigger>(&campaign.trigger->node)) bind(on->as);
      if (const auto* on = std::get_if<ast::CountTrigger>(&campaign.trigger->node)) bind(on->as);
      if (const auto* on = std::get_if<ast::SequenceTrigger>(&campaign.trigger->node))
        for (const ast::SequenceTrigger::Part& part : on->parts) bind(part.as);
      if (const auto* on = std::get_if<ast::DateTrigger>(&campaign.trigger->node)) bind(on->as);
    }
    for_each_step(campaign.steps, [&](const ast::Step& step) {
      if (const auto* wait = std::get_if<ast::WaitForEvent>(&step.node)) bind(wait->event.as);
      if (const auto* send = std::get_if<ast::Send>(&step.node)) bind(send->as);
    });
  }

 private:
  void bind(const std::optional<ast::Name>& as) {
    if (!as) return;
    if (const Symbol* event = context_.symbols.find(SymbolKind::kEvent, as->text)) {
      context_.report(Code::kShadowed, as->range, {as->text, "event"})
          .label(event->range, "the event is declared here")
          .hint("choose a name that only this has");
    }
    for (const ast::Name& other : outer_) {
      if (other.text != as->text) continue;
      context_.report(Code::kShadowed, as->range, {as->text, "binding"})
          .label(other.range, "the first is here")
          .hint("choose a name that only this has");
      break;
    }
    outer_.push_back(*as);
  }

  Context& context_;
  std::vector<ast::Name> outer_;
};

}  // namespace

void lint_shadowed(Context& context) {
  ShadowLint lint(context);
  for (const CampaignPair& pair : own_campaigns(context)) lint.look_at(*pair.written);
}

}  // namespace trig::check
