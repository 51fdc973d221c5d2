// What a journey looks out for: `unless`, `exit on`, `goal`.
#include <algorithm>

#include "compiler/check/campaign.h"

namespace trig::check {

using ir::Kind;
using ir::NodeId;

namespace {

// The `unless` in front of what it looks out for.
TextRange with_word_before(const Context& context, TextRange range) {
  constexpr std::string_view kWord = "unless";
  std::string_view text = context.sources[range.source].text();
  const std::size_t word = text.substr(0, range.begin).rfind(kWord);
  if (word != text.npos) range.begin = static_cast<std::uint32_t>(word);
  return range;
}

}  // namespace

ir::Watch CampaignChecker::check_watch(const ast::Occurrence& occurrence) {
  ir::Watch watch;
  watch.range = occurrence.range;
  for (const ast::Name& name : occurrence.events) {
    const Symbol* event = context_.resolve(SymbolKind::kEvent, name);
    if (event == nullptr) continue;
    reach(event->index);
    bool twice = std::any_of(watch.alternatives.begin(), watch.alternatives.end(),
                             [&](const auto& known) { return known.event == event->index; });
    if (twice)
      context_.report(Code::kRepeated, name.range, {"event", name.text}).hint("remove one of them");
    else
      watch.alternatives.push_back({event->index, NodeId::kNone});
  }
  if (occurrence.where == nullptr || watch.alternatives.size() != occurrence.events.size())
    return watch;
  std::size_t errors = context_.diagnostics.error_count();
  for (ir::Watch::Alternative& alternative : watch.alternatives) {
    // One text for all events: its mistakes are told for the first that has them.
    if (context_.diagnostics.error_count() != errors) break;
    Scope scope = scope_;
    scope.tests_event = true;
    scope.tested = context_.program.events[alternative.event].record;
    refuse_hidden_fields(context_, scope, scope.tested);
    alternative.where = ExpressionChecker(context_, scope).condition(*occurrence.where);
  }
  return watch;
}

std::vector<std::uint32_t> CampaignChecker::check_unless(
    const std::vector<ast::Occurrence>& written) {
  std::vector<std::uint32_t> watches;
  std::vector<std::string> seen;
  for (const ast::Occurrence& occurrence : written) {
    std::string text = context_.quote(occurrence.range);
    if (std::find(seen.begin(), seen.end(), text) != seen.end())
      context_.report(Code::kRepeatedUnless, occurrence.range, {text})
          .hint("remove one of them")
          .fix(with_word_before(context_, occurrence.range), "");
    seen.push_back(text);
    watches.push_back(static_cast<std::uint32_t>(campaign_.watches.size()));
    refuse_binding(occurrence);
    campaign_.watches.push_back(check_watch(occurrence));
  }
  return watches;
}

// What ends the journey or only measures it is seen by no later step.
void CampaignChecker::refuse_binding(const ast::Occurrence& occurrence) {
  if (!occurrence.as) return;
  context_.report(Code::kBindingUnread, occurrence.as->range, {occurrence.as->text})
      .hint("leave out `as {}`", occurrence.as->text);
}

void CampaignChecker::check_goal(const ast::Goal& written) {
  refuse_binding(written.event);
  ir::Goal goal;
  goal.watch = check_watch(written.event);
  goal.within = written.within.span.exact();
  for (const ir::Watch::Alternative& alternative : goal.watch.alternatives)
    goal.value_fields.push_back(written.value ? goal_value_field(*written.value, alternative.event)
                                              : -1);
  campaign_.goals.push_back(std::move(goal));
}

int CampaignChecker::goal_value_field(const ast::Name& name, std::uint32_t event) {
  ir::Type record = context_.program.events[event].record;
  int field = context_.record(record).find(name.text);
  if (field < 0) {
    report_unknown_field(context_, name, record);
    return -1;
  }
  ir::Type type = context_.record(record).fields[field].type;
  bool adds_up = !type.valid() || type.kind == Kind::kMoney || type.kind == Kind::kInteger ||
                 type.kind == Kind::kNumber;
  if (adds_up) return field;
  context_.report(Code::kGoalValue, name.range, {name.text, context_.type_name(type.required())})
      .hint("the value of a goal is money or a number");
  return -1;
}

}  // namespace trig::check
