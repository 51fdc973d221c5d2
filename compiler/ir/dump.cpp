// The program as text. Hashes are left out, so that the text of a program changes only with what it
// does; expressions are printed in prefix form, each where it is used.
#include <fmt/format.h>

#include "compiler/base/check.h"
#include "compiler/ir/aggregate_text.h"
#include "compiler/ir/program.h"

namespace trig::ir {
namespace {

class Dumper {
 public:
  explicit Dumper(const Program& program) : program_(program) {}

  std::string run() {
    line("project {} zone {}", program_.project, program_.zone.name());
    for (const EventType& event : program_.events) dump_event(event);
    if (program_.person.kind == Kind::kRecord) dump_person();
    for (const Topic& topic : program_.topics) line("topic {} \"{}\"", topic.name, topic.title);
    for (const TableType& table : program_.tables) dump_table(table);
    for (const CouponPool& pool : program_.coupons)
      line("coupons {} \"{}\"", pool.name, pool.prefix);
    for (const MailTemplate& mail : program_.templates) dump_template(mail);
    for (const Policy& policy : program_.policies) dump_policy(policy);
    for (const Segment& segment : program_.segments)
      line("segment {}{}: {}", segment.name, segment.watched ? " watched" : "",
           expression(segment.condition, {}));
    for (const Campaign& campaign : program_.campaigns) dump_campaign(campaign);
    for (const Test& test : program_.tests) dump_test(test);
    return std::move(out_);
  }

 private:
  template <typename... Args>
  void line(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<Args>(args)...);
    out_ += '\n';
  }

  std::string type(Type type) const { return program_.types.name(type); }
  const std::vector<Field>& fields_of(Type record) const {
    return program_.types.record_at(record).fields;
  }
  const std::string& event_name(std::uint32_t event) const { return program_.events[event].name; }

  void dump_fields(Type record) {
    const RecordSource& source = program_.sources[record.detail];
    const std::vector<Field>& fields = fields_of(record);
    for (std::size_t i = 0; i < fields.size(); ++i) {
      std::string text = fmt::format("  {}: {}", fields[i].name, type(fields[i].type));
      if (i < source.defaults.size() && !source.defaults[i].missing())
        text += " = " + to_string(source.defaults[i]);
      if (i < source.fields.size()) {
        for (const std::string& name : source.fields[i].names) text += fmt::format(" \"{}\"", name);
        if (!source.fields[i].currency.empty())
          text += fmt::format(" in \"{}\"", source.fields[i].currency);
      }
      out_ += text + '\n';
    }
  }

  void dump_event(const EventType& event) {
    std::string text = "event " + event.name;
    if (event.about_mail) text += " about mail";
    for (const std::string& name : event.received_names) text += fmt::format(" \"{}\"", name);
    if (event.kept_in_history) {
      text += " history ";
      text += event.history_window ? duration_text(*event.history_window) : "ever";
      for (std::size_t i = 0; i < event.history_fields.size(); ++i)
        if (event.history_fields[i]) text += " " + fields_of(event.record)[i].name;
    }
    out_ += text + '\n';
    dump_fields(event.record);
  }

  void dump_person() {
    std::string text = "person";
    for (const PersonKey& key : program_.person_keys)
      text += " key " + fields_of(program_.person)[key.field].name;
    if (program_.person_email >= 0)
      text += " email " + fields_of(program_.person)[program_.person_email].name;
    if (program_.person_timezone >= 0)
      text += " timezone " + fields_of(program_.person)[program_.person_timezone].name;
    if (program_.person_language >= 0)
      text += " language " + fields_of(program_.person)[program_.person_language].name;
    out_ += text + '\n';
    dump_fields(program_.person);
  }

  void dump_table(const TableType& table) {
    line("{} {} \"{}\" by {}: {}", table.catalog ? "catalog" : "list", table.name, table.file,
         table.key_column, type(table.key));
    if (table.record.valid()) dump_fields(table.record);
  }

  void dump_template(const MailTemplate& mail) {
    std::string parameters;
    for (const Field& field : mail.parameters) {
      if (!parameters.empty()) parameters += ", ";
      parameters += field.name + ": " + type(field.type);
    }
    line("template {}({}) \"{}\" {}", mail.name, parameters, mail.file,
         mail.transactional ? "transactional" : "marketing");
  }

  void dump_policy(const Policy& policy) {
    std::string text = "policy " + policy.name;
    text += policy.consent_required ? " consent" : " no consent";
    if (policy.topic) text += " for " + program_.topics[*policy.topic].name;
    for (const Cap& cap : policy.caps)
      text += fmt::format(", at most {} per {}", cap.count, unit(cap.unit));
    if (policy.quiet)
      text += fmt::format(", quiet {} to {}", to_string(policy.quiet->from),
                          to_string(policy.quiet->to));
    if (policy.rate)
      text += fmt::format(", rate {} per {}", policy.rate->count, unit(policy.rate->unit));
    if (policy.wait_when_capped) text += ", capped waits " + to_string(*policy.wait_when_capped);
    out_ += text + '\n';
  }

  static std::string unit(CalendarUnit unit) { return to_string(Span{1, unit}).substr(2); }

  std::string aggregate_text(const Aggregate& aggregate) const {
    const EventType& event = program_.events[aggregate.event];
    std::string text = fmt::format("({} {}", word_of(aggregate.op), event.name);
    if (aggregate.field >= 0) text += "." + fields_of(event.record)[aggregate.field].name;
    text += aggregate.window ? " in " + duration_text(*aggregate.window) : " ever";
    if (aggregate.currency) text += " of " + aggregate.currency->to_string();
    if (aggregate.where != NodeId::kNone)
      text += " where " + expression(aggregate.where, event.record);
    return text + ")";
  }

  std::string silence_text(const Silence& silence) const {
    std::string text = "(no";
    for (std::uint32_t event : silence.events) text += " " + event_name(event);
    return text + " for " + duration_text(silence.span) + ")";
  }

  // `record` is the one kEventField counts in; `slots` are those of the campaign at hand.
  std::string expression(NodeId id, Type record) const {
    const Node& node = program_.node(id);
    auto part = [&](NodeId operand) {
      return operand == NodeId::kNone ? std::string() : " " + expression(operand, record);
    };
    if (node.op == Op::kConstant) return to_string(node.value);
    if (node.op == Op::kEventField) return "event." + fields_of(record)[node.index].name;
    if (node.op == Op::kSlot) return slot(node.slot).name;
    if (node.op == Op::kSlotField)
      return slot(node.slot).name + "." + fields_of(slot(node.slot).record)[node.index].name;
    if (node.op == Op::kPersonField) return "person." + fields_of(program_.person)[node.index].name;
    if (node.op == Op::kField)
      return expression(node.a, record) + "." +
             fields_of(program_.node(node.a).type)[node.index].name;
    if (node.op == Op::kAggregate) return aggregate_text(program_.aggregates[node.index]);
    if (node.op == Op::kInSegment) return "(is " + program_.segments[node.index].name + ")";
    if (node.op == Op::kSilence) return silence_text(program_.silences[node.index]);
    std::string text = "(" + std::string(name_of(node.op));
    if (node.op == Op::kSince) text += " " + unit(static_cast<CalendarUnit>(node.index));
    if (node.op == Op::kCall) text += " " + node.name;
    if (node.op == Op::kInTable) text += " " + program_.tables[node.index].name;
    if (node.op == Op::kPluck) text += fmt::format(" {}", node.index);
    if (node.op == Op::kMatches) text += fmt::format(" \"{}\"", program_.patterns[node.index]);
    text += part(node.a) + part(node.b) + part(node.c);
    for (NodeId operand : node.operands) text += part(operand);
    return text + ")";
  }

  const Slot& slot(std::uint32_t index) const { return campaign_->slots[index]; }

  std::string watch_text(const Watch& watch) const {
    std::string text;
    for (const Watch::Alternative& alternative : watch.alternatives) {
      text += (text.empty() ? "" : " or ") + event_name(alternative.event);
      if (alternative.where != NodeId::kNone)
        text +=
            " where " + expression(alternative.where, program_.events[alternative.event].record);
    }
    return text;
  }

  static std::string_view again_name(AgainMode mode) {
    switch (mode) {
      case AgainMode::kNever: return "never";
      case AgainMode::kWhenFinished: return "when finished";
      case AgainMode::kAfter: return "after ";
      case AgainMode::kAlways: return "always";
    }
    TRIG_CHECK(false, "an AgainMode outside its enumeration");
  }
  static std::string_view priority_name(Priority priority) {
    switch (priority) {
      case Priority::kHigh: return "high";
      case Priority::kMedium: return "medium";
      case Priority::kLow: return "low";
    }
    TRIG_CHECK(false, "a Priority outside its enumeration");
  }
  static std::string_view edits_name(Edits edits) {
    switch (edits) {
      case Edits::kPin: return "pin";
      case Edits::kMove: return "move";
      case Edits::kEnd: return "end";
    }
    TRIG_CHECK(false, "an Edits outside its enumeration");
  }

  void dump_campaign(const Campaign& campaign) {
    campaign_ = &campaign;
    line("campaign {} \"{}\"", campaign.name, campaign.title);
    line("  policy {} priority {} again {}{}{} edits {}", program_.policies[campaign.policy].name,
         priority_name(campaign.priority), again_name(campaign.again),
         campaign.again == AgainMode::kAfter ? to_string(campaign.again_after) : "",
         campaign.restart_while_waiting ? " restart while waiting" : "",
         edits_name(campaign.edits));
    for (const Slot& slot : campaign.slots) dump_slot(slot);
    dump_trigger(campaign.trigger);
    for (std::size_t i = 0; i < campaign.watches.size(); ++i)
      line("  watch {}: {}", i, watch_text(campaign.watches[i]));
    for (std::size_t i = 0; i < campaign.steps.size(); ++i)
      line("  {:>3} {}{}{}", i, campaign.steps[i].name, campaign.steps[i].name.empty() ? "" : ": ",
           step_text(campaign.steps[i]));
    for (const Watch& watch : campaign.exits) line("  exit {}", watch_text(watch));
    for (const Goal& goal : campaign.goals) dump_goal(goal);
    campaign_ = nullptr;
  }

  void dump_trigger(const StartTrigger& trigger) {
    bool on_event = std::holds_alternative<OnEvent>(trigger.kind);
    if (!on_event) {
      std::string text = "  on " + describe(program_, trigger);
      const OnDate::Rows* rows = rows_of(trigger);
      Type row = rows == nullptr ? Type{} : program_.tables[rows->table].record;
      if (trigger.where != NodeId::kNone) text += " where " + expression(trigger.where, row);
      if (rows != nullptr) text += " per " + expression(rows->key, row);
      out_ += text + '\n';
    }
    for (const StartTrigger::Alternative& start : trigger.alternatives) {
      Type record = program_.events[start.event].record;
      std::string text = (on_event ? "  on " : "    ") + event_name(start.event);
      if (start.where != NodeId::kNone) text += " where " + expression(start.where, record);
      if (start.key != NodeId::kNone) text += " per " + expression(start.key, record);
      out_ += text + '\n';
    }
  }

  void dump_slot(const Slot& slot) {
    std::string text = fmt::format("  slot {}: {} reads", slot.name, type(slot.record));
    for (std::size_t i = 0; i < slot.read.size(); ++i)
      if (slot.read[i]) text += " " + fields_of(slot.record)[i].name;
    out_ += text + '\n';
  }

  void dump_goal(const Goal& goal) {
    std::string text =
        fmt::format("  goal {} within {}", watch_text(goal.watch), duration_text(goal.within));
    for (std::size_t i = 0; i < goal.value_fields.size(); ++i)
      if (goal.value_fields[i] >= 0) {
        Type record = program_.events[goal.watch.alternatives[i].event].record;
        text += " value " + fields_of(record)[goal.value_fields[i]].name;
      }
    out_ += text + '\n';
  }

  static std::string unless_text(const std::vector<std::uint32_t>& watches) {
    std::string text;
    for (std::uint32_t watch : watches) text += fmt::format(" unless {}", watch);
    return text;
  }

  std::string step_text(const Step& step) const {
    return std::visit([&](const auto& node) { return text_of(node); }, step.node);
  }
  std::string text_of(const WaitSpan& wait) const {
    return "wait " + to_string(wait.span) + unless_text(wait.unless);
  }
  std::string text_of(const WaitUntil& wait) const {
    std::string text = "wait until";
    if (wait.base != NodeId::kNone) text += " " + expression(wait.base, {});
    if (wait.time) text += " at " + to_string(*wait.time);
    return text + unless_text(wait.unless);
  }
  std::string text_of(const WaitForEvent& wait) const {
    std::string text = fmt::format("wait for watch {}", wait.watch);
    if (wait.slot) text += " as " + slot(*wait.slot).name;
    return text + fmt::format(" up to {} else {}", duration_text(wait.up_to), wait.otherwise);
  }
  std::string text_of(const WaitForSilence& wait) const {
    std::string text = "wait " + duration_text(wait.silence) + " of silence";
    if (wait.up_to) text += " up to " + duration_text(*wait.up_to);
    return text + unless_text(wait.unless);
  }
  std::string text_of(const Split& split) const {
    std::string text = "split \"" + split.title + "\"";
    for (const Split::Arm& arm : split.arms)
      text += fmt::format(" {}% {} {}", Decimal::from_millionths(arm.share).to_string(), arm.name,
                          arm.first);
    return text;
  }
  std::string text_of(const Post& post) const {
    std::string text = "post \"" + post.url + "\"";
    for (const auto& [name, value] : post.fields) text += " " + name + ": " + expression(value, {});
    return text;
  }
  std::string text_of(const Emit& emit) const {
    return "emit " + event_name(emit.event) + " " + expression(emit.record, {});
  }
  std::string text_of(const Branch& branch) const {
    return fmt::format("when {} else {}", expression(branch.condition, {}), branch.otherwise);
  }
  std::string text_of(const Jump& jump) const { return fmt::format("jump {}", jump.to); }
  std::string text_of(const End&) const { return "end"; }
  std::string text_of(const Send& send) const {
    const MailTemplate& mail = program_.templates[send.mail_template];
    std::string arguments;
    for (std::size_t i = 0; i < send.arguments.size(); ++i) {
      if (i > 0) arguments += ", ";
      arguments += mail.parameters[i].name + ": ";
      arguments +=
          send.arguments[i] == NodeId::kNone ? "missing" : expression(send.arguments[i], {});
    }
    std::string text = fmt::format("send {}({})", mail.name, arguments);
    if (send.as) text += " as " + slot(*send.as).name;
    if (send.at_best_hour) text += " at best hour";
    if (send.within) text += " within " + duration_text(*send.within);
    if (send.skip_after) text += " or skip after " + duration_text(*send.skip_after);
    return text;
  }
  std::string text_of(const Subscribe& subscribe) const {
    return (subscribe.subscribe ? "subscribe " : "unsubscribe ") +
           program_.topics[subscribe.topic].name;
  }
  std::string text_of(const SetField& set) const {
    return fmt::format("set {} = {}", fields_of(program_.person)[set.field].name,
                       expression(set.value, {}));
  }

  void dump_test(const Test& test) {
    line("test \"{}\"", test.title);
    for (const TestStep& step : test.steps)
      line("  {}", std::visit([&](const auto& node) { return text_of(node); }, step.node));
  }
  std::string text_of(const TestPerson& person) const {
    std::string text = (person.anonymous ? "anonymous " : "person ") + person.name;
    if (!person.anonymous) text += " " + to_string(Value::record(person.fields));
    for (std::uint32_t topic : person.topics) text += " subscribed " + program_.topics[topic].name;
    return text;
  }
  std::string text_of(const TestAt& at) const { return "at " + to_string(at.at); }
  std::string text_of(const TestAfter& after) const { return "after " + to_string(after.span); }
  std::string text_of(const TestEvent& event) const {
    std::string text = fmt::format("{} {} {}", event.actor, event_name(event.event),
                                   to_string(Value::record(event.fields)));
    for (const auto& [field, mail] : event.mails)
      text += fmt::format(" {} of mail {}",
                          fields_of(program_.events[event.event].record)[field].name, mail);
    if (event.late.count() > 0) text += " late by " + duration_text(event.late);
    return text;
  }
  std::string text_of(const TestIdentifies& identifies) const {
    return identifies.actor + " identifies as " + identifies.as;
  }
  std::string text_of(const TestSubscription& change) const {
    return change.actor + (change.subscribes ? " subscribes" : " unsubscribes") +
           (change.topic ? " " + program_.topics[*change.topic].name : "");
  }
  std::string text_of(const ExpectSend& expect) const {
    std::string text = "expect";
    if (expect.at) text += " at " + to_string(*expect.at);
    if (expect.none) text += " no";
    if (expect.count) text += fmt::format(" {}", *expect.count);
    text += " send";
    if (expect.mail_template) text += " " + program_.templates[*expect.mail_template].name;
    text += " to " + expect.to;
    for (const auto& [name, value] : expect.with)
      text += fmt::format(" {}: {}", name, to_string(value));
    return text;
  }
  std::string text_of(const ExpectJourney& expect) const {
    std::string text =
        fmt::format("expect journey {} of {} {}", program_.campaigns[expect.campaign].name,
                    expect.of, expect.ended ? "ended" : "waiting");
    return expect.because ? text + fmt::format(" because \"{}\"", *expect.because) : text;
  }

  const Program& program_;
  const Campaign* campaign_ = nullptr;
  std::string out_;
};

}  // namespace

std::string dump(const Program& program) { return Dumper(program).run(); }

}  // namespace trig::ir
