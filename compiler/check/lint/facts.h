// Facts: what is known about values at some place of a campaign, because conditions on the way
// there held or did not. Each value a condition reads (a field, an aggregate) has the interval, the
// set and the presence it can still have. Reasoning is sound and not complete: what it says never
// happens never does; it does not find everything. Internal to compiler/check.
//
//   Facts facts(program);
//   bool possible = facts.assume(where, true);       // false: contradicts what was known
//   Truth truth = facts.truth_of(condition);
//
// Meaning of operators on missing values and money: compiler/exec/operators.cpp.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compiler/ir/program.h"

namespace trig::check {

enum class Truth : std::uint8_t { kUnknown, kNever, kAlways };

struct Bound {
  ir::Value value;
  bool inclusive = true;
};

// What one value can be. Bounds and sets are about it where it is present. Amounts stand for money:
// a comparison that holds tells about the amount, whatever the currency.
struct Domain {
  bool may_be_missing = true;
  bool may_be_present = true;
  bool whole = false;  // an integer
  std::optional<Bound> low;
  std::optional<Bound> high;
  std::optional<std::vector<ir::Value>> allowed;
  std::vector<ir::Value> excluded;
  std::optional<ir::Currency> currency;  // known to be in it
  TextRange from;                        // the condition that said so last

  bool possible() const { return may_be_missing || may_be_present; }
};

class Facts {
 public:
  explicit Facts(const ir::Program& program) : program_(&program) {}

  // Adds that `condition` is `truth`; false if it cannot be.
  bool assume(ir::NodeId condition, bool truth);
  Truth truth_of(ir::NodeId condition) const;
  // Keeps what holds on both ways here.
  void join(const Facts& other);
  // The condition that told about a value `condition` reads, if one did.
  std::optional<TextRange> source_of(ir::NodeId condition) const;

  // In the `where` of a trigger: the event at hand counts among those of its kind.
  void set_handled_event(std::uint32_t event) { handled_event_ = event; }
  // From the tested event to the journey it starts: its fields are those of slot 0 now.
  void bind_event(const std::vector<int>& slot_fields);
  // What time may change is forgotten; what the journey carries stays.
  void forget_changing();

 private:
  using Filter = bool (*)(const ir::Value& value, const ir::Value& constant);

  bool assume_all(const std::vector<ir::NodeId>& conditions, bool truth);
  bool assume_any(const std::vector<ir::NodeId>& conditions, bool truth);
  bool assume_comparison(ir::NodeId id, const ir::Node& node, bool truth);
  bool compare_with(ir::NodeId term, ir::Op op, const ir::Value& constant, bool truth,
                    TextRange range);
  bool assume_between(const ir::Node& node, bool truth);
  bool assume_in(ir::NodeId id, const ir::Node& node, bool truth);
  bool assume_prefix(ir::NodeId id, const ir::Node& node, bool truth);
  bool assume_term(ir::NodeId id, bool truth);
  bool assume_present(ir::NodeId id, bool present, TextRange range);

  Domain domain_of(ir::NodeId id) const;
  bool set(ir::NodeId id, Domain domain, TextRange range);
  std::string key_of(ir::NodeId id) const;
  std::vector<ir::NodeId> chain(ir::NodeId id) const;  // the operands of a row of `and` or `or`
  const ir::Value* constant(ir::NodeId id) const;

  const ir::Program* program_;
  std::map<std::string, Domain> domains_;
  std::optional<std::uint32_t> handled_event_;
};

}  // namespace trig::check
