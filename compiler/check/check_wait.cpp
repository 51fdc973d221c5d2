// Waits for something the person does, or stops doing.
#include <algorithm>

#include "compiler/check/campaign.h"

namespace trig::check {

using ir::Kind;

// A name that a step gives: to the event it waited for, or to the mail it sends.
bool CampaignChecker::refuse_taken_binding(const ast::Name& name) {
  if (name.text == "trigger" || name.text == "person") {
    context_
        .report(Code::kReservedName, name.range,
                {name.text, name.text == "person" ? "how conditions reach the person"
                                                  : "how conditions reach the journey"})
        .hint("choose another name");
    return true;
  }
  for (const Binding& known : scope_.bindings) {
    if (known.name != name.text) continue;
    context_.report(Code::kDuplicateName, name.range, {"binding", name.text})
        .label(known.range, "the first is here")
        .hint("choose another name after `as`");
    return true;
  }
  return false;
}

// The slot that the event is bound in, and where each alternative has the slot's fields.
void CampaignChecker::bind_awaited(const ast::Name& name, ir::WaitForEvent& step) {
  bool taken = refuse_taken_binding(name);
  std::vector<ir::Type> records;
  for (const ir::Watch::Alternative& one : campaign_.watches[step.watch].alternatives)
    records.push_back(context_.program.events[one.event].record);
  ir::Type record;
  if (!records.empty()) record = records.size() == 1 ? records[0] : common_record(records);
  auto slot = static_cast<std::uint32_t>(campaign_.slots.size());
  if (!taken) scope_.bindings.push_back({name.text, name.range, slot, record});
  if (!record.valid()) return;
  const std::vector<ir::Field>& fields = context_.record(record).fields;
  campaign_.slots.push_back({name.text, record, std::vector<bool>(fields.size())});
  step.slot = slot;
  for (ir::Type given : records) {
    std::vector<int>& sources = step.slot_fields.emplace_back();
    for (const ir::Field& field : fields)
      sources.push_back(context_.record(given).find(field.name));
  }
}

bool CampaignChecker::check(const ast::WaitForEvent& wait) {
  ir::WaitForEvent step;
  step.watch = static_cast<std::uint32_t>(campaign_.watches.size());
  campaign_.watches.push_back(check_watch(wait.event));
  step.up_to = wait.up_to.span.exact();
  std::size_t bindings = scope_.bindings.size();
  if (wait.event.as) bind_awaited(*wait.event.as, step);
  std::uint32_t at = emit_step(std::move(step));
  after_wait();
  std::set<std::string> before = scope_.present;
  bool goes_on = check_block(wait.arrived);
  if (wait.event.as && scope_.bindings.size() > bindings &&
      scope_.bindings[bindings].name == wait.event.as->text)
    scope_.bindings.erase(scope_.bindings.begin() + static_cast<std::ptrdiff_t>(bindings));
  std::optional<std::uint32_t> to_end;
  if (goes_on && wait.otherwise) to_end = emit_step(ir::Jump{});
  std::get<ir::WaitForEvent>(campaign_.steps[at].node).otherwise =
      static_cast<std::uint32_t>(campaign_.steps.size());
  scope_.present = before;
  goes_on = (wait.otherwise ? check_block(*wait.otherwise) : true) || goes_on;
  if (to_end)
    std::get<ir::Jump>(campaign_.steps[*to_end].node).to =
        static_cast<std::uint32_t>(campaign_.steps.size());
  after_branches(before);
  return goes_on;
}

bool CampaignChecker::check(const ast::WaitForSilence& wait) {
  ir::WaitForSilence step;
  step.silence = wait.silence.span.exact();
  if (wait.up_to) step.up_to = wait.up_to->span.exact();
  if (step.up_to && *step.up_to < step.silence)
    context_.report(Code::kSilenceNeverReached, wait.up_to->range, {duration_text(step.silence)})
        .label(wait.silence.range, "so long a silence is waited for")
        .hint("wait up to a longer time, or for a shorter silence");
  step.unless = check_unless(wait.unless);
  emit_step(std::move(step));
  after_wait();
  return true;
}

}  // namespace trig::check
