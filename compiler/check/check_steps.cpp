#include <algorithm>

#include "compiler/check/campaign.h"

namespace trig::check {

using ir::Kind;
using ir::NodeId;

std::uint32_t CampaignChecker::emit_step(decltype(ir::Step::node) node) {
  bool takes_name =
      std::holds_alternative<ir::WaitSpan>(node) || std::holds_alternative<ir::WaitUntil>(node) ||
      std::holds_alternative<ir::WaitForEvent>(node) ||
      std::holds_alternative<ir::WaitForSilence>(node) || std::holds_alternative<ir::Send>(node);
  if (takes_name && !step_name_) require_step_name();
  ir::Step step{std::move(node), "", step_range_};
  if (takes_name && step_name_) {
    step.name = step_name_->text;
    step_name_.reset();
  }
  campaign_.steps.push_back(std::move(step));
  return static_cast<std::uint32_t>(campaign_.steps.size() - 1);
}

bool CampaignChecker::check_block(const ast::Block& block) {
  bool reached = true;
  bool told = false;
  for (const ast::Step& step : block) {
    if (!reached && !told) {
      context_.report(Code::kDeadStep, step.range).hint("remove it, or the `stop` before it");
      told = true;
    }
    bool goes_on = check_step(step);
    reached = reached && goes_on;
  }
  require_step_to_name();
  return reached;
}

bool CampaignChecker::check_step(const ast::Step& step) {
  TextRange outer = step_range_;
  step_range_ = step.range;
  bool may_be_named = std::holds_alternative<ast::WaitSpan>(step.node) ||
                      std::holds_alternative<ast::WaitUntil>(step.node) ||
                      std::holds_alternative<ast::WaitForEvent>(step.node) ||
                      std::holds_alternative<ast::WaitForSilence>(step.node) ||
                      std::holds_alternative<ast::Send>(step.node);
  if (!may_be_named) require_step_to_name();
  bool goes_on = std::visit([&](const auto& node) { return check(node); }, step.node);
  step_range_ = outer;
  return goes_on;
}

void CampaignChecker::require_step_to_name() {
  if (!step_name_) return;
  context_.report(Code::kStepNamesNothing, step_name_->range, {step_name_->text})
      .hint("put it right before a `wait` or a `send`");
  step_name_.reset();
}

// `edits move` finds a journey's step in the new text by its name.
void CampaignChecker::require_step_name() {
  if (written_.edits != ast::Edits::kMove) return;
  TextRange place{step_range_.source, step_range_.begin, step_range_.begin};
  context_.report(Code::kStepNeedsName, step_range_)
      .label(written_.edits_range, "journeys move by the names of steps")
      .hint("put `step NAME` before it")
      .replace(place, fmt::format("step part_{}\n  ", campaign_.steps.size() + 1));
}

bool CampaignChecker::check(const ast::StepName& step) {
  auto first = std::find_if(step_names_.begin(), step_names_.end(),
                            [&](const ast::Name& known) { return known.text == step.name.text; });
  if (first != step_names_.end())
    context_.report(Code::kDuplicateName, step.name.range, {"step", step.name.text})
        .label(first->range, "the first is here")
        .hint("give one of them another name");
  step_names_.push_back(step.name);
  step_name_ = step.name;
  return true;
}

// ------------------------------------------------------------------------------------------- waits

// What was known about the person before a wait may have changed after it.
void CampaignChecker::after_wait() {
  step_name_.reset();
  std::erase_if(scope_.present, [](const std::string& key) { return key.starts_with("person."); });
}

bool CampaignChecker::check(const ast::WaitSpan& wait) {
  Span span = wait.span.span;
  emit_step(ir::WaitSpan{span, check_unless(wait.unless)});
  after_wait();
  return true;
}

bool CampaignChecker::check(const ast::WaitUntil& wait) {
  ir::WaitUntil step;
  step.time = wait.moment.time;
  if (wait.moment.base != nullptr) {
    const ast::Expr& base = *wait.moment.base;
    ExpressionChecker checker(context_, scope_);
    ir::Type found = checker.type_of(step.base = checker.lower(base));
    Kind wanted = found.kind == Kind::kDate ? Kind::kDate : Kind::kDateTime;
    std::size_t errors = context_.diagnostics.error_count();
    if (found.valid() && found.kind != wanted)
      report_mismatch(context_, base, found, {Kind::kDateTime, false, 0});
    else if (found.optional)
      context_.report(Code::kMayBeMissing, base.range, {context_.quote(base.range)})
          .hint("ask for it before: `when …? {{ … }}`");
    bool bare_date = found.kind == Kind::kDate && !wait.moment.time;
    if (bare_date && errors == context_.diagnostics.error_count())
      context_.report(Code::kDateNeedsTime, base.range)
          .hint("say when on that day: `at 09:00 local`")
          .replace({base.range.source, base.range.end, base.range.end}, " at 09:00 local");
  }
  step.unless = check_unless(wait.unless);
  emit_step(std::move(step));
  after_wait();
  return true;
}

// ---------------------------------------------------------------------------------------- branches

bool CampaignChecker::check(const ast::When& when) {
  std::set<std::string> before = scope_.present;
  std::vector<std::uint32_t> to_end;  // jumps that go behind the whole `when`
  bool goes_on = !when.otherwise;
  for (std::size_t i = 0; i < when.branches.size(); ++i)
    goes_on = check_when_branch(when, i, to_end) || goes_on;
  if (when.otherwise) goes_on = check_block(*when.otherwise) || goes_on;
  auto end = static_cast<std::uint32_t>(campaign_.steps.size());
  for (std::uint32_t jump : to_end) std::get<ir::Jump>(campaign_.steps[jump].node).to = end;
  after_branches(before);
  return goes_on;
}

// Only what was known before and after every branch is still known.
void CampaignChecker::after_branches(const std::set<std::string>& before) {
  std::set<std::string> after;
  std::set_intersection(before.begin(), before.end(), scope_.present.begin(), scope_.present.end(),
                        std::inserter(after, after.begin()));
  scope_.present = std::move(after);
}

bool CampaignChecker::check_when_branch(const ast::When& when, std::size_t index,
                                        std::vector<std::uint32_t>& to_end) {
  const ast::When::Branch& branch = when.branches[index];
  ExpressionChecker checker(context_, scope_);
  NodeId condition = checker.condition(*branch.condition);
  std::uint32_t test = emit_step(ir::Branch{condition, 0});
  std::set<std::string> otherwise = scope_.present;
  checker.collect_present(*branch.condition, false, otherwise);
  checker.collect_present(*branch.condition, true, scope_.present);
  bool goes_on = check_block(branch.block);
  bool last = index + 1 == when.branches.size() && !when.otherwise;
  if (goes_on && !last) to_end.push_back(emit_step(ir::Jump{}));
  std::get<ir::Branch>(campaign_.steps[test].node).otherwise =
      static_cast<std::uint32_t>(campaign_.steps.size());
  scope_.present = std::move(otherwise);
  return goes_on;
}

bool CampaignChecker::check(const ast::Stop&) {
  emit_step(ir::End{});
  return false;
}

// ----------------------------------------------------------------------------------------- effects

// Consent is only taken from someone who gave it: what started the journey must carry the proof.
bool CampaignChecker::check(const ast::Subscribe& subscribe) {
  const Symbol* topic = context_.resolve(SymbolKind::kTopic, subscribe.topic);
  for (const Symbol* event : started_by_) {
    const ir::RecordType& record = context_.record(context_.program.events[event->index].record);
    int proof = record.find("proof");
    if (proof >= 0 && !record.fields[proof].type.optional) continue;
    context_.report(Code::kSubscribeWithoutProof, step_range_, {event->name})
        .label(event->range, "it has no field `proof`")
        .hint("start the campaign on `opt_in_confirmed` of `std.email`");
    break;
  }
  if (without_event_)
    context_.report(Code::kSubscribeWithoutProof, step_range_, {"this trigger"})
        .label(written_.trigger->range, "it has no field `proof`")
        .hint("start the campaign on `opt_in_confirmed` of `std.email`");
  if (topic != nullptr) emit_step(ir::Subscribe{topic->index, true});
  return true;
}

bool CampaignChecker::check(const ast::Unsubscribe& unsubscribe) {
  const Symbol* topic = context_.resolve(SymbolKind::kTopic, unsubscribe.topic);
  if (topic != nullptr) emit_step(ir::Subscribe{topic->index, false});
  return true;
}

bool CampaignChecker::check(const ast::SetField& set) {
  const ir::RecordType& person = context_.record(context_.program.person);
  int field = person.find(set.field.text);
  if (field < 0) {
    report_unknown_field(context_, set.field, context_.program.person);
    return true;
  }
  for (const ir::PersonKey& key : context_.program.person_keys)
    if (static_cast<int>(key.field) == field)
      context_.report(Code::kSetKey, set.field.range, {set.field.text})
          .hint("keys come from `identify` calls only");
  ir::Type wanted = person.fields[field].type;
  NodeId value = ExpressionChecker(context_, scope_).value(*set.value, wanted);
  emit_step(ir::SetField{static_cast<std::uint32_t>(field), value});
  return true;
}

}  // namespace trig::check
