// Executor: what a program means, one evaluation at a time. The interpreter defines it
// (make_interpreter); native code is a second implementation that always agrees. `step`
// (compiler/exec/step.h) is the same above either.
//
//   std::unique_ptr<Executor> executor = make_interpreter(program);
//   executor->decode(index, R"({"cart_id":"c1","total":40,"currency":"EUR"})", decoded);
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/exec/aggregate_index.h"
#include "compiler/exec/decoded.h"
#include "compiler/exec/person_record.h"
#include "compiler/exec/person_state.h"
#include "compiler/exec/trigger_index.h"
#include "compiler/ir/program.h"

namespace trig::exec {

// One person's kept events. Rows come in (occurred_at, sequence) order.
class History {
 public:
  virtual ~History() = default;
  // Rows of the event type with from <= occurred_at <= to, until `row` gives false.
  using RowVisitor = std::function<bool(const Moment& moment, std::string_view row)>;
  virtual void scan(NameHash event, Instant from, Instant to, const RowVisitor& row) const = 0;
};

// Secrets of the coupons in use, by the name of their pool. A pool without one (in tests, and where
// no server runs) has a key that everybody knows.
using CouponKeys = std::map<NameHash, std::string>;

// What an expression may read.
struct Frame {
  EventFields event;                              // fields of the event tested
  const std::vector<ir::Value>* slots = nullptr;  // records bound by the journey
  PersonRecord person;                            // as the program declares it
  const History* history = nullptr;
  // The person whose running aggregates and kept events say what the history would; evaluating
  // brings them up to date, which changes no result. Null: everything is read from the history.
  PersonState* state = nullptr;
  Instant now;
  Zone zone = Zone::utc();  // send zone
  Instant known_since;      // when the person became known
  // Segments, lists and catalogs are always the current ones, also for a journey of an older
  // program: the executor of the current program and the person as it declares them. Null: the
  // program's own.
  const class Executor* current = nullptr;
  PersonRecord current_person;
  const CouponKeys* coupon_keys = nullptr;
  JourneyId journey = JourneyId::kNone;  // whose coupons are asked for
};

class EventRules;

class Executor {
 public:
  virtual ~Executor() = default;
  virtual const ir::Program& program() const = 0;
  // An executor of the program that was made from this one's by changing a few campaigns
  // (ir::Program::parent): it shares what they do not touch and files only their rules anew, so
  // that its cost does not grow with what stays. This one goes on as before. Null: none can be made
  // so.
  virtual std::unique_ptr<Executor> next(const ir::Program& /*program*/) const { return nullptr; }
  // Rules that were put into indexes when this executor was made: a measure of that work.
  virtual std::size_t rules_filed() const { return 0; }
  virtual ir::Value evaluate(ir::NodeId node, const Frame& frame) const = 0;

  // Campaigns whose trigger takes this event and whose `where` holds, in their order; frame.event
  // is the event.
  struct Match {
    std::uint32_t campaign = 0;
    std::uint32_t alternative = 0;  // of its trigger
    bool reads_slots = false;       // a candidate whose `where` names the event by its binding
    // A candidate whose `where` begins with `FIELD == CONSTANT`, as nearly all do; -1: it does not.
    std::int32_t first_field = -1;
    ir::NodeId first_part = ir::NodeId::kNone;
  };
  virtual void match(std::uint32_t event, const Frame& frame,
                     std::vector<Match>& matches) const = 0;
  // What `match` goes by, for native code of the rules in its index. Null: nothing to go by.
  virtual const EventRules* rules(std::uint32_t /*event*/) const { return nullptr; }
  // All campaigns with a trigger on this event, whatever their `where` says.
  virtual const std::vector<Match>& candidates(std::uint32_t event) const = 0;

  // What else may start a journey, found once per program.
  virtual const TriggerIndex& triggers() const = 0;
  virtual const AggregateIndex& aggregates() const = 0;
  // What happens to journeys; test coverage listens here. Told of each step before a journey does
  // it; of the way it took from a step that has several; of the `unless` or `exit on` that ended
  // it. Ways: of a `when` 0 is true, 1 false; of a `wait for` 0 it came, 1 it did not; of a silence
  // with a bound 0 is silence, 1 the bound; of a split its arm.
  virtual void at_step(std::uint32_t /*campaign*/, std::uint32_t /*step*/) const {}
  virtual void took_way(std::uint32_t /*campaign*/, std::uint32_t /*step*/,
                        std::uint32_t /*way*/) const {}
  virtual void stopped_by(std::uint32_t /*campaign*/, const ir::Watch& /*watch*/) const {}

  // A payload as received → the typed record, over what was in `decoded`. Every declared field is
  // validated. The payload must outlive it.
  virtual void decode(std::uint32_t event, std::string_view payload, Decoded& decoded) const = 0;
};

// `program` must outlive the executor.
std::unique_ptr<Executor> make_interpreter(const ir::Program& program);

// True only for a present `true`.
bool holds(const ir::Value& value);

// The values an expression read, as `why` shows them: `total = 12.00 EUR, country is missing`. What
// the event's fields read is kept in `fields` for the next expression on the same event.
using FieldTexts = std::vector<std::string>;  // by field; empty: not asked for yet
std::string explain(const Executor& executor, ir::NodeId node, const Frame& frame);
std::string explain(const Executor& executor, ir::NodeId node, const Frame& frame,
                    FieldTexts& fields);
// Of a condition that does not hold: its first part that does not, of those that `and` joins.
ir::NodeId first_false(const Executor& executor, ir::NodeId node, const Frame& frame);
// The field of the event that is all an expression reads, as far as is seen at once, or -1: what is
// said of one such expression on an event holds for all of that field.
std::int32_t only_field(const ir::Program& program, ir::NodeId node);

}  // namespace trig::exec
