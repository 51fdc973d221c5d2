#include "compiler/project/field_reads.h"

#include "compiler/base/ascii.h"
#include "compiler/ir/ways.h"

namespace trig::project {
namespace {

using ir::NodeId;

bool is_word(char c) { return is_letter(c) || is_digit(c) || c == '_'; }

// Whether a template's text says `.field`, as it must to print or test it.
bool names_field(std::string_view text, const std::string& field) {
  const std::string wanted = "." + field;
  for (std::size_t at = text.find(wanted); at != text.npos; at = text.find(wanted, at + 1)) {
    const std::size_t end = at + wanted.size();
    if (end == text.size() || !is_word(text[end])) return true;
  }
  return false;
}

}  // namespace

FieldReads::FieldReads(const ir::Program& program, const std::map<std::string, std::string>& mails)
    : program_(program) {
  for (const ir::Campaign& campaign : program.campaigns) {
    campaign_ = campaign.name;
    read(campaign);
  }
  campaign_.clear();
  for (std::uint32_t i = 0; i < program.segments.size(); ++i) read_segment(i);
  for (const ir::MailTemplate& mail : program.templates)
    if (auto text = mails.find(mail.name); text != mails.end()) read_template(mail, text->second);
}

Readers FieldReads::readers(const std::string& event, const std::string& field) const {
  auto place = readers_.find({event, field});
  return place == readers_.end() ? Readers{} : place->second;
}

void FieldReads::read(const ir::Campaign& campaign) {
  read_trigger(campaign);
  for (const ir::Watch& watch : campaign.watches) read(watch);
  for (const ir::Watch& exit : campaign.exits) read(exit);
  for (const ir::Goal& goal : campaign.goals) {
    read(goal.watch);
    for (std::size_t i = 0; i < goal.value_fields.size(); ++i)
      if (goal.value_fields[i] >= 0)
        note(goal.watch.alternatives[i].event, static_cast<std::size_t>(goal.value_fields[i]));
  }
  for (const ir::Step& step : campaign.steps) {
    for (NodeId node : ir::nodes_of(step)) read(node, {});
    const auto* wait = std::get_if<ir::WaitForEvent>(&step.node);
    if (wait == nullptr || !wait->slot) continue;
    const auto& alternatives = campaign.watches[wait->watch].alternatives;
    for (std::size_t i = 0; i < wait->slot_fields.size(); ++i)
      read_slot(campaign.slots[*wait->slot], alternatives[i].event, wait->slot_fields[i]);
  }
}

void FieldReads::read_trigger(const ir::Campaign& campaign) {
  const ir::StartTrigger& trigger = campaign.trigger;
  const auto* sequence = std::get_if<ir::OnSequence>(&trigger.kind);
  for (std::size_t i = 0; i < trigger.alternatives.size(); ++i) {
    const ir::StartTrigger::Alternative& start = trigger.alternatives[i];
    read(start.where, start.event);
    read(start.key, start.event);
    const std::uint32_t slot = sequence != nullptr ? sequence->slots[i] : 0;
    read_slot(campaign.slots[slot], start.event, start.slot_fields);
  }
  read(trigger.where, {});
  if (const auto* on = std::get_if<ir::OnSegment>(&trigger.kind)) read_segment(on->segment);
  if (const auto* on = std::get_if<ir::OnRecurring>(&trigger.kind); on && on->segment)
    read_segment(*on->segment);
  if (const auto* on = std::get_if<ir::OnOnce>(&trigger.kind); on && on->segment)
    read_segment(*on->segment);
}

// What some step, of whatever kind, reads of a binding.
void FieldReads::read_slot(const ir::Slot& slot, std::uint32_t event,
                           const std::vector<int>& slot_fields) {
  for (std::size_t i = 0; i < slot_fields.size() && i < slot.read.size(); ++i)
    if (slot.read[i] && slot_fields[i] >= 0) note(event, static_cast<std::size_t>(slot_fields[i]));
}

void FieldReads::read(const ir::Watch& watch) {
  for (const ir::Watch::Alternative& alternative : watch.alternatives)
    read(alternative.where, alternative.event);
}

// Segments are made of segments, and never of themselves.
void FieldReads::read_segment(std::uint32_t segment) {
  const std::string outer = segment_;
  if (outer.empty() && campaign_.empty()) segment_ = program_.segments[segment].name;
  read(program_.segments[segment].condition, {});
  segment_ = outer;
}

void FieldReads::read(NodeId id, std::optional<std::uint32_t> event) {
  if (id == NodeId::kNone) return;
  const ir::Node& node = program_.node(id);
  if (node.op == ir::Op::kEventField && event) note(*event, node.index);
  if (node.op == ir::Op::kInSegment) read_segment(node.index);
  if (node.op == ir::Op::kAggregate) {
    const ir::Aggregate& aggregate = program_.aggregates[node.index];
    if (aggregate.field >= 0) note(aggregate.event, static_cast<std::size_t>(aggregate.field));
    read(aggregate.where, aggregate.event);
  }
  for (NodeId operand : {node.a, node.b, node.c}) read(operand, event);
  for (NodeId operand : node.operands) read(operand, event);
}

// The records that a template is given, however deep, and the fields of them that its text names.
void FieldReads::read_template(const ir::MailTemplate& mail, const std::string& text) {
  std::set<std::string> seen;
  std::vector<ir::Type> open;
  for (const ir::Field& parameter : mail.parameters) open.push_back(parameter.type);
  while (!open.empty()) {
    const ir::Type type = open.back();
    open.pop_back();
    if (type.kind == ir::Kind::kList) open.push_back(program_.types.element(type));
    if (type.kind != ir::Kind::kRecord) continue;
    const ir::RecordType& record = program_.types.record_at(type);
    if (!seen.insert(record.name).second) continue;
    for (const ir::Field& field : record.fields) {
      if (names_field(text, field.name))
        readers_[{record.name, field.name}].templates.insert(mail.name);
      open.push_back(field.type);
    }
  }
}

void FieldReads::note(std::uint32_t event, std::size_t field) {
  const ir::EventType& type = program_.events[event];
  const ir::RecordType& record = program_.types.record_at(type.record);
  Readers& readers = readers_[{type.name, record.fields[field].name}];
  if (!campaign_.empty()) readers.campaigns.insert(campaign_);
  if (!segment_.empty()) readers.segments.insert(segment_);
}

}  // namespace trig::project
