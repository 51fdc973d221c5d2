// The interpreter walks the nodes. It is the definition: every other executor is tested against it.
#include <re2/re2.h>

#include <algorithm>

#include "compiler/exec/aggregate.h"
#include "compiler/exec/call.h"
#include "compiler/exec/event_rules.h"
#include "compiler/exec/executor.h"
#include "compiler/exec/operators.h"
#include "compiler/exec/payload_reader.h"
#include "compiler/exec/program_change.h"
#include "compiler/exec/silence.h"
#include "compiler/exec/trigger_slots.h"

namespace trig::exec {
namespace {

using ir::Missing;
using ir::Node;
using ir::NodeId;
using ir::Op;
using ir::Value;

class Interpreter : public Executor {
 public:
  explicit Interpreter(const ir::Program& program)
      : program_(program),
        payloads_(program),
        triggers_(std::make_shared<const TriggerIndex>(index_triggers(program))),
        aggregates_(std::make_shared<const AggregateIndex>(index_aggregates(program))) {
    std::vector<std::vector<Match>> candidates(program.events.size());
    for (std::uint32_t c = 0; c < program.campaigns.size(); ++c) {
      // The parts of a sequence are matched against what came before.
      if (std::holds_alternative<ir::OnSequence>(program.campaigns[c].trigger.kind)) continue;
      const auto& alternatives = program.campaigns[c].trigger.alternatives;
      for (std::uint32_t a = 0; a < alternatives.size(); ++a)
        candidates[alternatives[a].event].push_back(candidate(program, c, a));
    }
    for (std::uint32_t event = 0; event < program.events.size(); ++event) {
      rules_.push_back(candidates[event].empty() ? EventRules() : EventRules(program, event));
      rules_filed_ += rules_.back().filed();
      candidates_.push_back(
          std::make_shared<const std::vector<Match>>(std::move(candidates[event])));
    }
    compile_patterns();
  }

  Interpreter(const Interpreter& before, const ir::Program& program)
      : program_(program),
        payloads_(program),
        triggers_(before.triggers_),
        aggregates_(before.aggregates_),
        candidates_(before.candidates_),
        rules_(before.rules_),
        patterns_(before.patterns_) {
    const ir::Program& was = before.program_;
    const std::vector<std::uint32_t> changed = changed_campaigns(was, program);
    if (!same_triggers(was, program, changed))
      triggers_ = std::make_shared<const TriggerIndex>(index_triggers(program));
    if (auto aggregates = index_aggregates(*aggregates_, was, program))
      aggregates_ = std::make_shared<const AggregateIndex>(std::move(*aggregates));
    for (const auto& [event, campaigns] : events_of(was, program, changed)) {
      rules_[event] = EventRules(before.rules_[event], was, program, event, campaigns);
      rules_filed_ += rules_[event].filed();
      candidates_[event] = std::make_shared<const std::vector<Match>>(
          candidates_with(program, event, *candidates_[event], campaigns));
    }
    compile_patterns();
  }

  const ir::Program& program() const override { return program_; }
  std::unique_ptr<Executor> next(const ir::Program& program) const override {
    if (!goes_on_from(program, program_)) return nullptr;
    return std::make_unique<Interpreter>(*this, program);
  }
  std::size_t rules_filed() const override { return rules_filed_; }
  const EventRules* rules(std::uint32_t event) const override { return &rules_[event]; }

  const TriggerIndex& triggers() const override { return *triggers_; }
  const AggregateIndex& aggregates() const override { return *aggregates_; }

  const std::vector<Match>& candidates(std::uint32_t event) const override {
    return *candidates_[event];
  }

  void match(std::uint32_t event, const Frame& frame, std::vector<Match>& matches) const override {
    const std::size_t before = matches.size();
    rules_[event].find(*frame.event, [&](const PredicateIndex::Entry& entry) {
      if (entry.may_match(*frame.event) && rest_holds(*this, entry, frame))
        matches.push_back({entry.rule.campaign, entry.rule.alternative});
    });
    if (matches.size() - before < 2) return;
    std::sort(matches.begin() + static_cast<std::ptrdiff_t>(before), matches.end(),
              [](const Match& a, const Match& b) {
                return std::pair(a.campaign, a.alternative) < std::pair(b.campaign, b.alternative);
              });
  }

  void decode(std::uint32_t event, std::string_view payload, Decoded& decoded) const override {
    decoded.read_values(payloads_, program_.events[event].record, payload);
  }

  Value evaluate(NodeId id, const Frame& frame) const override {
    if (id == NodeId::kNone) return {};  // an optional argument that was not given
    const Node& node = program_.node(id);
    switch (node.op) {
      case Op::kConstant: return node.value;
      case Op::kEventField: return frame.event ? (*frame.event)[node.index] : Value();
      case Op::kSlot: return slot(node, frame);
      case Op::kSlotField: return field(slot(node, frame), node.index);
      case Op::kPersonField: return frame.person ? frame.person[node.index] : Value();
      case Op::kField: return field(evaluate(node.a, frame), node.index);
      case Op::kIsPresent: return !evaluate(node.a, frame).missing();
      case Op::kOrElse: {
        Value value = evaluate(node.a, frame);
        return value.missing() ? evaluate(node.b, frame) : value;
      }
      case Op::kNot: return !holds(evaluate(node.a, frame));
      case Op::kAnd: return holds(evaluate(node.a, frame)) && holds(evaluate(node.b, frame));
      case Op::kOr: return holds(evaluate(node.a, frame)) || holds(evaluate(node.b, frame));
      case Op::kEqual:
      case Op::kNotEqual:
      case Op::kLess:
      case Op::kLessOrEqual:
      case Op::kGreater:
      case Op::kGreaterOrEqual:
        return compare(node.op, *Read(*this, node.a, frame), *Read(*this, node.b, frame));
      case Op::kBetween: {
        const Read value(*this, node.a, frame);
        return compare(Op::kGreaterOrEqual, *value, *Read(*this, node.b, frame)) &&
               compare(Op::kLessOrEqual, *value, *Read(*this, node.c, frame));
      }
      case Op::kIn: return contains(*Read(*this, node.b, frame), *Read(*this, node.a, frame));
      case Op::kContains: return contains(*Read(*this, node.a, frame), *Read(*this, node.b, frame));
      case Op::kStartsWith:
        return starts_with(*Read(*this, node.a, frame), *Read(*this, node.b, frame));
      case Op::kMatches: return matches(evaluate(node.a, frame), *patterns_[node.index]);
      case Op::kNegate: return negate(evaluate(node.a, frame));
      case Op::kAdd:
      case Op::kSubtract:
      case Op::kMultiply:
      case Op::kDivide:
        return arithmetic(node.op, node.type, evaluate(node.a, frame), evaluate(node.b, frame));
      case Op::kToNumber: return to_number(evaluate(node.a, frame));
      case Op::kSince:
        return whole_units_since(static_cast<CalendarUnit>(node.index), evaluate(node.a, frame),
                                 frame.now, frame.zone);
      case Op::kAddMonths:
        return add_months(evaluate(node.a, frame), evaluate(node.b, frame), frame.zone);
      case Op::kPluck: return pluck(evaluate(node.a, frame), node.index);
      case Op::kInTable: return in_table(program_, node, evaluate(node.a, frame), frame);
      case Op::kAggregate: return aggregate(*this, node.index, frame);
      case Op::kInSegment: return in_segment(program_.segments[node.index], frame);
      case Op::kSilence: return is_silent(program_, program_.silences[node.index], frame);
      case Op::kList: return Value::list(operands(node, frame));
      case Op::kRecord: return Value::record(operands(node, frame));
      case Op::kCall: return call(program_, node, operands(node, frame), frame);
    }
    return {};
  }

 private:
  // An operand, copied only where it has to be made.
  class Read {
   public:
    Read(const Interpreter& interpreter, NodeId id, const Frame& frame) {
      if (id == NodeId::kNone) return;
      const Node& node = interpreter.program_.node(id);
      if (node.op == Op::kConstant)
        at_ = &node.value;
      else if (node.op == Op::kEventField && frame.event)
        at_ = &(*frame.event)[node.index];
      else
        made_ = interpreter.evaluate(id, frame);
    }
    Read(const Read&) = delete;
    Read& operator=(const Read&) = delete;
    const Value& operator*() const { return *at_; }

   private:
    Value made_;
    const Value* at_ = &made_;
  };

  void compile_patterns() {
    for (std::size_t i = patterns_.size(); i < program_.patterns.size(); ++i)
      patterns_.push_back(std::make_shared<const RE2>(program_.patterns[i], RE2::Quiet));
  }

  static Value slot(const Node& node, const Frame& frame) {
    if (frame.slots == nullptr || node.slot >= frame.slots->size()) return {};
    return (*frame.slots)[node.slot];
  }

  static Value field(const Value& record, std::uint32_t index) {
    const ir::Record* fields = record.get<ir::Record>();
    return fields == nullptr ? Value() : (*fields->fields)[index];
  }

  static bool matches(const Value& text, const RE2& pattern) {
    const std::string* subject = text.get<std::string>();
    return subject != nullptr && RE2::PartialMatch(*subject, pattern);
  }

  ir::Items operands(const Node& node, const Frame& frame) const {
    ir::Items items;
    for (NodeId operand : node.operands) items.push_back(evaluate(operand, frame));
    return items;
  }

  bool in_segment(const ir::Segment& own, const Frame& frame) const {
    const Executor& current = frame.current == nullptr ? *this : *frame.current;
    int index = current.triggers().find_segment(own.hash);
    bool gone = index < 0;  // the last definition there was goes on for who carries it
    const Executor& executor = gone ? *this : current;
    Frame inner = frame;
    inner.event = nullptr;
    inner.slots = nullptr;
    if (!gone && frame.current_person) inner.person = frame.current_person;
    const ir::Segment& segment =
        gone ? own : executor.program().segments[static_cast<std::size_t>(index)];
    return holds(executor.evaluate(segment.condition, inner));
  }

  const ir::Program& program_;
  PayloadReader payloads_;
  // Shared with the executors before and after.
  std::shared_ptr<const TriggerIndex> triggers_;
  std::shared_ptr<const AggregateIndex> aggregates_;
  std::vector<std::shared_ptr<const std::vector<Match>>> candidates_;  // by event
  std::vector<EventRules> rules_;                                      // parallel
  std::vector<std::shared_ptr<const RE2>> patterns_;
  std::size_t rules_filed_ = 0;
};

}  // namespace

std::unique_ptr<Executor> make_interpreter(const ir::Program& program) {
  return std::make_unique<Interpreter>(program);
}

bool holds(const Value& value) {
  const bool* boolean = value.get<bool>();
  return boolean != nullptr && *boolean;
}

}  // namespace trig::exec
