// W0105: an `unless` or `exit` that looks for the very event that started the journey. The starting
// event never counts, and another one with the same id does not come.
#include "compiler/check/lint/lint.h"
#include "compiler/check/lint/once_only.h"

namespace trig::check {
namespace {

using ir::NodeId;
using ir::Op;

// The field of the trigger that `where` wants to be the same in the event, or -1.
int same_id(const ir::Program& program, NodeId where, const std::string& event) {
  if (where == NodeId::kNone) return -1;
  const ir::Node& node = program.node(where);
  if (node.op == Op::kAnd) {
    const int left = same_id(program, node.a, event);
    return left >= 0 ? left : same_id(program, node.b, event);
  }
  if (node.op != Op::kEqual) return -1;
  const ir::Node* field = &program.node(node.a);
  const ir::Node* bound = &program.node(node.b);
  if (field->op != Op::kEventField) std::swap(field, bound);
  const bool pair = field->op == Op::kEventField && bound->op == Op::kSlotField && bound->slot == 0;
  if (!pair) return -1;
  const std::string_view name = bound->name;
  const std::string_view last = name.substr(name.rfind('.') + 1);  // npos + 1 is 0
  const bool same = field->name == last && comes_once(event, last);
  return same ? static_cast<int>(bound->index) : -1;
}

void look_at(Context& context, const CampaignPair& pair, const ir::Watch& watch) {
  const ir::Campaign& campaign = *pair.campaign;
  const auto& starts = campaign.trigger.alternatives;
  if (starts.size() != 1 || watch.alternatives.size() != 1) return;
  if (starts[0].event != watch.alternatives[0].event) return;
  const std::string& event = context.program.events[starts[0].event].name;
  const int field = same_id(context.program, watch.alternatives[0].where, event);
  if (field < 0) return;
  const ir::RecordType& record = context.record(campaign.slots[0].record);
  context.report(Code::kSameEventAgain, watch.range, {event, record.fields[field].name})
      .label(pair.written->trigger->range, "the event that started the journey does not count")
      .hint("look for another event, or leave it out");
}

}  // namespace

void lint_watches(Context& context) {
  for (const CampaignPair& pair : own_campaigns(context)) {
    for (const ir::Watch& watch : pair.campaign->watches) look_at(context, pair, watch);
    for (const ir::Watch& exit : pair.campaign->exits) look_at(context, pair, exit);
  }
}

}  // namespace trig::check
