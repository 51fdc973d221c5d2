#include "compiler/exec/trigger_index.h"

#include "compiler/base/codec.h"

namespace trig::exec {
namespace {

void write(ByteWriter& w, NameHash name, const Hash128& version) {
  w.fixed64(static_cast<std::uint64_t>(name));
  w.fixed64(version.high);
  w.fixed64(version.low);
}

void write(ByteWriter& w, const ir::TableType& table) {
  if (table.rows != nullptr) write(w, table.hash, table.rows->version());
}

// The rows that an expression may read. A call may look at any table.
void write_tables(ByteWriter& w, const ir::Program& program, ir::NodeId id) {
  if (id == ir::NodeId::kNone) return;
  const ir::Node& node = program.node(id);
  if (node.op == ir::Op::kInTable) write(w, program.tables[node.index]);
  if (node.op == ir::Op::kInSegment)
    write_tables(w, program, program.segments[node.index].condition);
  if (node.op == ir::Op::kCall)
    for (const ir::TableType& table : program.tables) write(w, table);
  for (ir::NodeId operand : {node.a, node.b, node.c}) write_tables(w, program, operand);
  for (ir::NodeId operand : node.operands) write_tables(w, program, operand);
}

int find_in(const std::unordered_map<NameHash, std::uint32_t>& places, NameHash hash) {
  const auto place = places.find(hash);
  return place == places.end() ? -1 : static_cast<int>(place->second);
}

}  // namespace

int TriggerIndex::find_campaign(NameHash hash) const { return find_in(campaign_places, hash); }
int TriggerIndex::find_segment(NameHash hash) const { return find_in(segment_places, hash); }

TriggerIndex index_triggers(const ir::Program& program) {
  TriggerIndex index;
  index.sequences.resize(program.events.size());
  index.silences.resize(program.events.size());
  index.segments.resize(program.events.size());
  index.entering.resize(program.segments.size());
  index.leaving.resize(program.segments.size());
  if (program.person.valid())
    for (const ir::Field& field : program.types.record_at(program.person).fields)
      index.person_fields.push_back(name_hash(field.name));
  ByteWriter prepared;
  for (std::uint32_t c = 0; c < program.campaigns.size(); ++c) {
    const ir::Campaign& campaign = program.campaigns[c];
    const ir::StartTrigger& trigger = campaign.trigger;
    index.campaign_places.emplace(campaign.hash, c);
    if (std::holds_alternative<ir::OnSequence>(trigger.kind))
      for (auto part = static_cast<std::uint32_t>(trigger.alternatives.size()); part-- > 0;)
        index.sequences[trigger.alternatives[part].event].push_back({c, part});
    if (const auto* on = std::get_if<ir::OnSilence>(&trigger.kind))
      for (std::uint32_t event : on->silence.events) index.silences[event].push_back(c);
    if (const auto* on = std::get_if<ir::OnSegment>(&trigger.kind))
      (on->entering ? index.entering : index.leaving)[on->segment].push_back(c);
    if (!ir::is_planned(trigger)) continue;
    index.planned.push_back(c);
    write(prepared, campaign.hash, trigger.version);
    if (const ir::OnDate::Rows* rows = ir::rows_of(trigger))
      write(prepared, program.tables[rows->table]);
  }
  for (std::uint32_t s = 0; s < program.segments.size(); ++s) {
    const ir::Segment& segment = program.segments[s];
    index.segment_places.emplace(segment.hash, s);
    ByteWriter version;
    write(version, segment.hash, segment.version);
    write_tables(version, program, segment.condition);
    index.versions.push_back(hash128(version.take()));
    if (!segment.watched) continue;
    index.watched.push_back(s);
    for (std::uint32_t event : segment.events) index.segments[event].push_back(s);
    write(prepared, segment.hash, index.versions[s]);
  }
  index.hash = hash128(prepared.take());
  return index;
}

}  // namespace trig::exec
