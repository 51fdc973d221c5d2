// What must hold in every Program. A violation is a bug in the checker, never a user's mistake.
#include <fmt/format.h>

#include "compiler/base/limits.h"
#include "compiler/ir/program.h"

namespace trig::ir {
namespace {

class Verifier {
 public:
  explicit Verifier(const Program& program) : program_(program) {}

  std::vector<std::string> run() {
    for (std::size_t i = 0; i < program_.nodes.size(); ++i) verify_node(i);
    // Everything below follows operands, which must not lead in a circle.
    if (!violations_.empty()) return std::move(violations_);
    for (std::size_t i = 0; i < program_.aggregates.size(); ++i)
      if (!program_.aggregates[i].gone) verify_aggregate(i);
    if (!violations_.empty()) return std::move(violations_);
    require(program_.sources.size() >= record_count(), "program", "a record has no source");
    for (const EventType& event : program_.events) verify_event(event);
    verify_person();
    for (const Silence& silence : program_.silences)
      if (!silence.events.empty()) verify_silence(silence, "silence");
    for (const Segment& segment : program_.segments) verify_segment(segment);
    for (const TableType& table : program_.tables) verify_table(table);
    for (const Policy& policy : program_.policies)
      if (policy.topic) in_range(*policy.topic, program_.topics, policy.name, "topic");
    for (const Campaign& campaign : program_.campaigns) verify_campaign(campaign);
    for (const Test& test : program_.tests) verify_test(test);
    return std::move(violations_);
  }

 private:
  void require(bool holds, const std::string& where, std::string_view what) {
    if (!holds) violations_.push_back(fmt::format("{}: {}", where, what));
  }
  template <typename All>
  bool in_range(std::size_t index, const All& all, const std::string& where,
                std::string_view what) {
    if (index < all.size()) return true;
    require(false, where, fmt::format("{} {} is out of range", what, index));
    return false;
  }

  // Records are made one after the other, so the last event or the person has the highest index.
  std::size_t record_count() const {
    std::size_t count = 0;
    for (const EventType& event : program_.events)
      count = std::max<std::size_t>(count, event.record.detail + 1);
    for (const TableType& table : program_.tables)
      if (table.record.valid()) count = std::max<std::size_t>(count, table.record.detail + 1);
    if (program_.person.kind == Kind::kRecord)
      count = std::max<std::size_t>(count, program_.person.detail + 1);
    return count;
  }
  std::size_t field_count(Type record) const {
    return record.kind == Kind::kRecord ? program_.types.record_at(record).fields.size() : 0;
  }

  void verify_node(std::size_t index) {
    const Node& node = program_.nodes[index];
    auto wrong = [&](std::string_view what) {
      require(false, fmt::format("node {} ({})", index, name_of(node.op)), what);
    };
    if (!node.type.valid()) wrong("has no type");
    auto operand = [&](NodeId id) {
      if (id == NodeId::kNone) return;
      if (static_cast<std::size_t>(id) >= index) wrong("an operand does not stand before it");
    };
    operand(node.a);
    operand(node.b);
    operand(node.c);
    for (NodeId id : node.operands) operand(id);
    auto refer = [&](Op op, std::size_t size, std::string_view what) {
      if (node.op == op && node.index >= size)
        wrong(fmt::format("{} {} is out of range", what, node.index));
    };
    refer(Op::kAggregate, program_.aggregates.size(), "aggregate");
    refer(Op::kInSegment, program_.segments.size(), "segment");
    refer(Op::kSilence, program_.silences.size(), "silence");
    refer(Op::kMatches, program_.patterns.size(), "pattern");
    refer(Op::kInTable, program_.tables.size(), "table");
    if (node.op == Op::kPersonField && node.index >= field_count(program_.person))
      wrong("field is out of range");
    if (node.op == Op::kField && node.a != NodeId::kNone &&
        static_cast<std::size_t>(node.a) < index)
      if (node.index >= field_count(program_.node(node.a).type)) wrong("field is out of range");
  }

  void verify_aggregate(std::size_t index) {
    const Aggregate& aggregate = program_.aggregates[index];
    std::string where = fmt::format("aggregate {}", index);
    if (!in_range(aggregate.event, program_.events, where, "event")) return;
    const EventType& event = program_.events[aggregate.event];
    require(event.kept_in_history, where, "its event is not kept in history");
    bool known = aggregate.field < static_cast<int>(field_count(event.record));
    require(known, where, "field is out of range");
    std::size_t kept = event.history_fields.size();
    if (known && aggregate.field >= 0)
      require(static_cast<std::size_t>(aggregate.field) < kept &&
                  event.history_fields[static_cast<std::size_t>(aggregate.field)],
              where, "its field is not kept in history");
    bool long_enough =
        !event.history_window || (aggregate.window && *aggregate.window <= *event.history_window);
    require(long_enough, where, "its window is longer than the history");
    verify_expression(aggregate.where, event.record, nullptr, where);
  }

  void verify_event(const EventType& event) {
    require(event.record.kind == Kind::kRecord, event.name, "is not a record");
    require(event.history_fields.size() == field_count(event.record), event.name,
            "history_fields are not parallel to its fields");
    if (event.record.kind != Kind::kRecord || event.record.detail >= program_.sources.size())
      return;
    const RecordSource& source = program_.sources[event.record.detail];
    require(source.fields.size() == field_count(event.record), event.name,
            "its sources are not parallel to its fields");
    require(source.defaults.size() == source.fields.size(), event.name,
            "its defaults are not parallel to its fields");
  }

  void verify_person() {
    require(program_.person.kind == Kind::kRecord, "person", "is not a record");
    std::size_t count = field_count(program_.person);
    for (const PersonKey& key : program_.person_keys)
      require(key.field < count, "person", "a key is out of range");
    require(program_.person_email < static_cast<int>(count), "person", "email is out of range");
    require(program_.person_timezone < static_cast<int>(count), "person",
            "timezone is out of range");
    require(program_.person_language < static_cast<int>(count), "person",
            "language is out of range");
  }

  void verify_silence(const Silence& silence, const std::string& where) {
    require(!silence.events.empty(), where, "waits for nothing");
    require(silence.span > Duration{0}, where, "takes no time");
    for (std::uint32_t event : silence.events) in_range(event, program_.events, where, "event");
  }

  void verify_segment(const Segment& segment) {
    std::string where = "segment " + segment.name;
    require(segment.condition != NodeId::kNone, where, "has no condition");
    verify_expression(segment.condition, {}, nullptr, where);
    for (std::uint32_t event : segment.events) in_range(event, program_.events, where, "event");
  }

  void verify_table(const TableType& table) {
    require(table.key.valid(), table.name, "has no key");
    Type keyed = table.catalog ? table.record : program_.person;
    require(table.key_field < field_count(keyed), table.name, "its key is out of range");
    require(!table.catalog || table.record.valid(), table.name, "is a catalog without columns");
  }

  // Every node under `root`: event fields lie in `event`, slots in the campaign (null: not known
  // here, as in an aggregate, whose slots are verified where it is used).
  void verify_expression(NodeId root, Type event, const Campaign* campaign,
                         const std::string& where) {
    if (root == NodeId::kNone) return;
    if (!in_range(static_cast<std::size_t>(root), program_.nodes, where, "node")) return;
    const Node& node = program_.node(root);
    if (node.op == Op::kEventField)
      require(node.index < field_count(event), where, "event field is out of range");
    bool reads_slot = node.op == Op::kSlot || node.op == Op::kSlotField;
    if (reads_slot && campaign != nullptr) verify_slot(node, *campaign, where);
    verify_expression(node.a, event, campaign, where);
    verify_expression(node.b, event, campaign, where);
    verify_expression(node.c, event, campaign, where);
    for (NodeId operand : node.operands) verify_expression(operand, event, campaign, where);
    if (node.op != Op::kAggregate || campaign == nullptr) return;
    const Aggregate& aggregate = program_.aggregates[node.index];
    verify_expression(aggregate.where, program_.events[aggregate.event].record, campaign, where);
  }

  void verify_slot(const Node& node, const Campaign& campaign, const std::string& where) {
    if (!in_range(node.slot, campaign.slots, where, "slot")) return;
    const Slot& slot = campaign.slots[node.slot];
    require(slot.read.size() == field_count(slot.record), where,
            "read is not parallel to the slot's fields");
    if (node.op != Op::kSlotField || !in_range(node.index, slot.read, where, "slot field")) return;
    require(slot.read[node.index], where, "reads a field the slot does not keep");
  }

  void verify_watch(const Watch& watch, const Campaign& campaign, const std::string& where) {
    require(!watch.alternatives.empty(), where, "watches nothing");
    for (const Watch::Alternative& alternative : watch.alternatives) {
      if (!in_range(alternative.event, program_.events, where, "event")) continue;
      const EventType& event = program_.events[alternative.event];
      require(event.kept_in_history, where, event.name + " is not kept in history");
      verify_expression(alternative.where, event.record, &campaign, where);
    }
  }

  void verify_takes_events(const Campaign& campaign, const std::string& where) {
    require(!campaign.trigger.alternatives.empty(), where, "has no trigger");
  }
  void verify_audience(const std::optional<std::uint32_t>& segment, const std::string& where) {
    if (segment) in_range(*segment, program_.segments, where, "segment");
  }
  void verify_kind(const OnEvent&, const Campaign& campaign, const std::string& where) {
    verify_takes_events(campaign, where);
  }
  void verify_kind(const OnCount& on, const Campaign& campaign, const std::string& where) {
    verify_takes_events(campaign, where);
    require(on.count >= 2 && on.count <= kMaxTriggerCount, where, "counts to no good number");
    require(on.within > Duration{0}, where, "counts within no time");
  }
  void verify_kind(const OnSequence& on, const Campaign& campaign, const std::string& where) {
    std::size_t parts = campaign.trigger.alternatives.size();
    require(parts >= 2, where, "is a sequence of one");
    require(on.within.size() == parts && on.slots.size() == parts, where,
            "the sequence is not parallel to its parts");
    for (std::uint32_t slot : on.slots) in_range(slot, campaign.slots, where, "slot");
    require(!on.slots.empty() && on.slots.back() == 0, where, "its last part is not slot 0");
  }
  void verify_kind(const OnSilence& on, const Campaign&, const std::string& where) {
    verify_silence(on.silence, where);
  }
  void verify_kind(const OnDate& on, const Campaign& campaign, const std::string& where) {
    require(on.date != NodeId::kNone, where, "starts on no date");
    verify_expression(on.date, row_of(campaign.trigger), &campaign, where);
    if (!on.rows || !in_range(on.rows->table, program_.tables, where, "list")) return;
    Type row = program_.tables[on.rows->table].record;
    require(row.valid() && campaign.slots[0].record == row, where, "does not bind its row");
    require(on.rows->key != NodeId::kNone, where, "has rows without a key");
    verify_expression(on.rows->key, row, &campaign, where);
  }
  void verify_kind(const OnSegment& on, const Campaign&, const std::string& where) {
    if (in_range(on.segment, program_.segments, where, "segment"))
      require(program_.segments[on.segment].watched, where, "its segment is not watched");
  }
  void verify_kind(const OnRecurring& on, const Campaign&, const std::string& where) {
    verify_audience(on.segment, where);
    require(on.weekday >= -1 && on.weekday < 7, where, "its day is none");
  }
  void verify_kind(const OnOnce& on, const Campaign&, const std::string& where) {
    verify_audience(on.segment, where);
  }

  const Slot& slot_of(const Campaign& campaign, const StartTrigger::Alternative& start) const {
    const auto* sequence = std::get_if<OnSequence>(&campaign.trigger.kind);
    auto part = static_cast<std::size_t>(&start - campaign.trigger.alternatives.data());
    bool known = sequence != nullptr && part < sequence->slots.size() &&
                 sequence->slots[part] < campaign.slots.size();
    return campaign.slots[known ? sequence->slots[part] : 0];
  }

  Type row_of(const StartTrigger& trigger) const {
    const OnDate::Rows* rows = rows_of(trigger);
    bool known = rows != nullptr && rows->table < program_.tables.size();
    return known ? program_.tables[rows->table].record : Type{};
  }

  void verify_trigger(const Campaign& campaign, const std::string& where) {
    std::visit([&](const auto& kind) { verify_kind(kind, campaign, where); },
               campaign.trigger.kind);
    verify_expression(campaign.trigger.where, row_of(campaign.trigger), &campaign, where);
    for (const StartTrigger::Alternative& start : campaign.trigger.alternatives) {
      if (!in_range(start.event, program_.events, where, "event")) continue;
      Type record = program_.events[start.event].record;
      verify_expression(start.where, record, &campaign, where);
      verify_expression(start.key, record, &campaign, where);
      require(start.slot_fields.size() == field_count(slot_of(campaign, start).record), where,
              "slot_fields are not parallel to its slot");
      for (int field : start.slot_fields)
        require(field < static_cast<int>(field_count(record)), where, "slot field out of range");
    }
  }

  void verify_campaign(const Campaign& campaign) {
    std::string where = "campaign " + campaign.name;
    in_range(campaign.policy, program_.policies, where, "policy");
    require(!campaign.slots.empty(), where, "has no slot for its trigger");
    if (campaign.slots.empty()) return;
    verify_trigger(campaign, where);
    for (const Watch& watch : campaign.watches) verify_watch(watch, campaign, where);
    for (const Watch& watch : campaign.exits) verify_watch(watch, campaign, where);
    for (const Goal& goal : campaign.goals) {
      verify_watch(goal.watch, campaign, where);
      require(goal.value_fields.size() == goal.watch.alternatives.size(), where,
              "value_fields are not parallel to the goal's events");
    }
    require(campaign.steps.size() <= kMaxStepsPerCampaign, where, "has too many steps");
    require(!campaign.steps.empty() && std::holds_alternative<End>(campaign.steps.back().node),
            where, "does not end with End");
    for (std::size_t i = 0; i < campaign.steps.size(); ++i)
      std::visit([&](const auto& node) { verify_step(node, i, campaign, where); },
                 campaign.steps[i].node);
  }

  void verify_unless(const std::vector<std::uint32_t>& unless, const Campaign& campaign,
                     const std::string& where) {
    for (std::uint32_t watch : unless) in_range(watch, campaign.watches, where, "watch");
  }
  void verify_step(const WaitSpan& wait, std::size_t, const Campaign& campaign,
                   const std::string& where) {
    verify_unless(wait.unless, campaign, where);
  }
  void verify_step(const WaitUntil& wait, std::size_t, const Campaign& campaign,
                   const std::string& where) {
    verify_unless(wait.unless, campaign, where);
    require(wait.base != NodeId::kNone || wait.time, where, "waits until nothing");
    verify_expression(wait.base, {}, &campaign, where);
  }
  void verify_step(const WaitForEvent& wait, std::size_t index, const Campaign& campaign,
                   const std::string& where) {
    verify_target(wait.otherwise, index, campaign, where);
    if (!in_range(wait.watch, campaign.watches, where, "watch") || !wait.slot) return;
    if (!in_range(*wait.slot, campaign.slots, where, "slot")) return;
    const Watch& watch = campaign.watches[wait.watch];
    require(wait.slot_fields.size() == watch.alternatives.size(), where,
            "slot_fields are not parallel to the events waited for");
    std::size_t fields = field_count(campaign.slots[*wait.slot].record);
    for (const std::vector<int>& sources : wait.slot_fields)
      require(sources.size() == fields, where, "slot_fields are not parallel to the slot");
  }
  void verify_step(const WaitForSilence& wait, std::size_t, const Campaign& campaign,
                   const std::string& where) {
    verify_unless(wait.unless, campaign, where);
  }
  void verify_step(const Split& split, std::size_t index, const Campaign& campaign,
                   const std::string& where) {
    std::uint64_t sum = 0;
    for (const Split::Arm& arm : split.arms) {
      verify_target(arm.first, index, campaign, where);
      sum += arm.share;
    }
    require(sum == Split::kWhole, where, "the arms of a split are not the whole");
  }
  void verify_step(const Post& post, std::size_t, const Campaign& campaign,
                   const std::string& where) {
    for (const auto& [name, value] : post.fields) {
      require(value != NodeId::kNone, where, "posts nothing as " + name);
      verify_expression(value, {}, &campaign, where);
    }
  }
  void verify_step(const Emit& emit, std::size_t, const Campaign& campaign,
                   const std::string& where) {
    if (!in_range(emit.event, program_.events, where, "event")) return;
    const bool known = static_cast<std::size_t>(emit.record) < program_.nodes.size();
    require(known && program_.node(emit.record).op == Op::kRecord &&
                program_.node(emit.record).type.detail == program_.events[emit.event].record.detail,
            where, "emits something else than its event");
    verify_expression(emit.record, {}, &campaign, where);
  }
  void verify_step(const Branch& branch, std::size_t index, const Campaign& campaign,
                   const std::string& where) {
    require(branch.condition != NodeId::kNone, where, "branches on nothing");
    verify_expression(branch.condition, {}, &campaign, where);
    verify_target(branch.otherwise, index, campaign, where);
  }
  void verify_step(const Jump& jump, std::size_t index, const Campaign& campaign,
                   const std::string& where) {
    verify_target(jump.to, index, campaign, where);
  }
  void verify_step(const End&, std::size_t, const Campaign&, const std::string&) {}
  void verify_step(const Send& send, std::size_t, const Campaign& campaign,
                   const std::string& where) {
    if (!in_range(send.mail_template, program_.templates, where, "template")) return;
    require(send.arguments.size() == program_.templates[send.mail_template].parameters.size(),
            where, "arguments are not parallel to the template's parameters");
    for (NodeId argument : send.arguments) verify_expression(argument, {}, &campaign, where);
    if (send.as && in_range(*send.as, campaign.slots, where, "slot"))
      require(campaign.slots[*send.as].record.kind == Kind::kMessage, where,
              "names a mail by a slot of another type");
  }
  void verify_step(const Subscribe& subscribe, std::size_t, const Campaign&,
                   const std::string& where) {
    in_range(subscribe.topic, program_.topics, where, "topic");
  }
  void verify_step(const SetField& set, std::size_t, const Campaign& campaign,
                   const std::string& where) {
    require(set.field < field_count(program_.person), where, "sets a field out of range");
    require(set.value != NodeId::kNone, where, "sets nothing");
    verify_expression(set.value, {}, &campaign, where);
  }

  // Steps only ever go forward: this is why every journey ends.
  void verify_target(std::uint32_t target, std::size_t index, const Campaign& campaign,
                     const std::string& where) {
    in_range(target, campaign.steps, where, "target");
    require(target > index, where, "a jump goes back");
  }

  void verify_test(const Test& test) {
    std::string where = fmt::format("test \"{}\"", test.title);
    for (const TestStep& step : test.steps) {
      if (const auto* event = std::get_if<TestEvent>(&step.node)) {
        if (!in_range(event->event, program_.events, where, "event")) continue;
        require(event->fields.size() == field_count(program_.events[event->event].record), where,
                "an event's fields are not parallel to its record");
      }
      const auto* person = std::get_if<TestPerson>(&step.node);
      if (person != nullptr && !person->anonymous)
        require(person->fields.size() == field_count(program_.person), where,
                "a person's fields are not parallel to the person record");
      if (const auto* expect = std::get_if<ExpectSend>(&step.node); expect && expect->mail_template)
        in_range(*expect->mail_template, program_.templates, where, "template");
      if (const auto* expect = std::get_if<ExpectJourney>(&step.node))
        in_range(expect->campaign, program_.campaigns, where, "campaign");
    }
  }

  const Program& program_;
  std::vector<std::string> violations_;
};

}  // namespace

std::vector<std::string> verify(const Program& program) { return Verifier(program).run(); }

}  // namespace trig::ir
