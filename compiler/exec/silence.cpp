#include "compiler/exec/silence.h"

#include <algorithm>

#include "compiler/exec/operators.h"
#include "compiler/exec/payload.h"
#include "compiler/exec/running.h"

namespace trig::exec {
namespace {

// When the newest row occurred, as the person's state knows it; absent where it does not, or where
// the question is about an earlier instant.
std::optional<Instant> newest_row(NameHash event, const Frame& frame) {
  if (frame.state == nullptr) return std::nullopt;
  for (const KeptEvents& kept : frame.state->kept_events)
    if (kept.event == event)
      return kept.newest <= frame.now ? std::optional(kept.newest) : std::nullopt;
  return Instant::min();
}

// When the silence that holds or runs at frame.now began, as far as its span looks back.
Instant silent_since(const ir::Program& program, const ir::Silence& silence, const Frame& frame) {
  Instant since = frame.known_since;
  if (frame.history == nullptr) return since;
  for (std::uint32_t event : silence.events) {
    NameHash hash = program.events[event].hash;
    if (auto known = newest_row(hash, frame)) {
      if (*known > frame.now - silence.span) since = std::max(since, *known);
      continue;
    }
    frame.history->scan(hash, frame.now - silence.span + Duration(1), frame.now,
                        [&](const Moment& moment, std::string_view) {
                          since = std::max(since, moment.occurred_at);
                          return true;
                        });
  }
  return since;
}

class Changes {
 public:
  Changes(const Executor& executor, Instant now) : executor_(executor), now_(now) {}

  void look(ir::NodeId id, const Frame& frame) {
    if (id == ir::NodeId::kNone) return;
    const ir::Program& program = executor_.program();
    const ir::Node& node = program.node(id);
    if (node.op == ir::Op::kAggregate) {
      if (auto expiry = running_expiry(executor_, node.index, frame)) return note(*expiry);
      return look(program.aggregates[node.index], frame);
    }
    if (node.op == ir::Op::kInSegment) return look(program.segments[node.index].condition, frame);
    if (node.op == ir::Op::kSilence) {
      const ir::Silence& silence = program.silences[node.index];
      note(silent_since(program, silence, frame) + silence.span);
    }
    if (node.op == ir::Op::kSince) look_since(node, frame);
    look(node.a, frame);
    look(node.b, frame);
    look(node.c, frame);
    for (ir::NodeId operand : node.operands) look(operand, frame);
  }

  std::optional<Instant> first() const { return first_; }

 private:
  void note(Instant instant) {
    if (instant > now_ && (!first_ || instant < *first_)) first_ = instant;
  }

  // The first row that counts leaves the window first; whether a row counts may depend on time too.
  void look(const ir::Aggregate& aggregate, const Frame& frame) {
    const ir::Program& program = executor_.program();
    const ir::EventType& event = program.events[aggregate.event];
    bool by_time = aggregate.where != ir::NodeId::kNone && reads_time(aggregate.where);
    if ((!aggregate.window && !by_time) || frame.history == nullptr) return;
    Instant from = aggregate.window ? now_ - *aggregate.window + Duration(1) : Instant::min();
    frame.history->scan(event.hash, from, now_, [&](const Moment& moment, std::string_view bytes) {
      ir::Items row = decode_history_row(program, event, bytes);
      Frame row_frame = frame;
      row_frame.event = &row;
      if (by_time) look(aggregate.where, row_frame);
      bool counts = aggregate.where == ir::NodeId::kNone ||
                    holds(executor_.evaluate(aggregate.where, row_frame));
      if (aggregate.window && (counts || by_time)) note(moment.occurred_at + *aggregate.window);
      return by_time || !counts;
    });
  }

  void look_since(const ir::Node& node, const Frame& frame) {
    auto unit = static_cast<CalendarUnit>(node.index);
    ir::Value from = executor_.evaluate(node.a, frame);
    const Date* date = from.get<Date>();
    const Instant* instant = from.get<Instant>();
    if (date == nullptr && instant == nullptr) return;
    Instant start = date ? at_local(*date, TimeOfDay{0}, frame.zone) : *instant;
    ir::Value whole = whole_units_since(unit, from, now_, frame.zone);
    std::int64_t count = *whole.get<std::int64_t>();
    if (start > now_ && count < 0) {  // counted down to the start, by whole units that are left
      for (std::int64_t left : {-count, -count - 1, std::int64_t{0}})
        note(add_span(start, {-left, unit}, frame.zone) + Duration(1));
      return;
    }
    note(add_span(start, {count + 1, unit}, frame.zone));
  }

  bool reads_time(ir::NodeId id) const {
    if (id == ir::NodeId::kNone) return false;
    const ir::Node& node = executor_.program().node(id);
    return node.op == ir::Op::kSince || node.op == ir::Op::kInSegment ||
           node.op == ir::Op::kSilence || reads_time(node.a) || reads_time(node.b) ||
           reads_time(node.c) ||
           std::any_of(node.operands.begin(), node.operands.end(),
                       [&](ir::NodeId operand) { return reads_time(operand); });
  }

  const Executor& executor_;
  Instant now_;
  std::optional<Instant> first_;
};

}  // namespace

bool is_silent(const ir::Program& program, const ir::Silence& silence, const Frame& frame) {
  return silent_since(program, silence, frame) + silence.span <= frame.now;
}

Instant silent_since(const PlannedStart& planned) {
  return std::max(planned.counts_from, planned.last_event.value_or(Instant::min()));
}

std::optional<Instant> next_change(const Executor& executor, ir::NodeId node, const Frame& frame) {
  Changes changes(executor, frame.now);
  changes.look(node, frame);
  return changes.first();
}

}  // namespace trig::exec
