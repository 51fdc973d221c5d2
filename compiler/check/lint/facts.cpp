#include "compiler/check/lint/facts.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/check/lint/domain.h"

namespace trig::check {

using ir::Kind;
using ir::Node;
using ir::NodeId;
using ir::Op;
using ir::Value;

namespace {

bool is_comparison(Op op) {
  return op == Op::kEqual || op == Op::kNotEqual || op == Op::kLess || op == Op::kLessOrEqual ||
         op == Op::kGreater || op == Op::kGreaterOrEqual;
}

// a op b as b mirrored(op) a.
Op mirrored(Op op) {
  if (op == Op::kLess) return Op::kGreater;
  if (op == Op::kLessOrEqual) return Op::kGreaterOrEqual;
  if (op == Op::kGreater) return Op::kLess;
  if (op == Op::kGreaterOrEqual) return Op::kLessOrEqual;
  return op;
}

// What holds for two present, comparable values where op does not.
Op opposite(Op op) {
  if (op == Op::kEqual) return Op::kNotEqual;
  if (op == Op::kNotEqual) return Op::kEqual;
  if (op == Op::kLess) return Op::kGreaterOrEqual;
  if (op == Op::kLessOrEqual) return Op::kGreater;
  if (op == Op::kGreater) return Op::kLessOrEqual;
  return Op::kLess;
}

void narrow(Domain& domain, Op op, const Value& value) {
  if (op == Op::kEqual) narrow_to(domain, {value});
  if (op == Op::kNotEqual) narrow_without(domain, value);
  if (op == Op::kLess || op == Op::kLessOrEqual)
    narrow_high(domain, {value, op == Op::kLessOrEqual});
  if (op == Op::kGreater || op == Op::kGreaterOrEqual)
    narrow_low(domain, {value, op == Op::kGreaterOrEqual});
}

// Zero compares with every currency; anything else only with its own.
bool excludes_zero(Op op, const Decimal& amount) {
  if (op == Op::kEqual) return amount != Decimal();
  if (op == Op::kGreater) return amount >= Decimal();
  if (op == Op::kGreaterOrEqual) return amount > Decimal();
  if (op == Op::kLess) return amount <= Decimal();
  return op == Op::kLessOrEqual && amount < Decimal();
}

}  // namespace

bool Facts::assume(NodeId id, bool truth) {
  const Node& node = program_->node(id);
  if (node.op == Op::kNot) return assume(node.a, !truth);
  if (node.op == Op::kAnd)
    return truth ? assume_all(chain(id), true) : assume_any(chain(id), false);
  if (node.op == Op::kOr) return truth ? assume_any(chain(id), true) : assume_all(chain(id), false);
  if (const Value* value = constant(id)) {
    const bool* known = value->get<bool>();
    return (known != nullptr && *known) == truth;
  }
  if (is_comparison(node.op)) return assume_comparison(id, node, truth);
  if (node.op == Op::kIsPresent) return assume_present(node.a, truth, node.range);
  if (node.op == Op::kBetween) return assume_between(node, truth);
  if (node.op == Op::kIn) return assume_in(id, node, truth);
  if (node.op == Op::kStartsWith) return assume_prefix(id, node, truth);
  return assume_term(id, truth);
}

bool Facts::assume_all(const std::vector<NodeId>& conditions, bool truth) {
  return std::all_of(conditions.begin(), conditions.end(),
                     [&](NodeId condition) { return assume(condition, truth); });
}

bool Facts::assume_any(const std::vector<NodeId>& conditions, bool truth) {
  std::optional<Facts> all;
  for (NodeId condition : conditions) {
    Facts one = *this;
    if (!one.assume(condition, truth)) continue;
    if (all)
      all->join(one);
    else
      all = std::move(one);
  }
  if (!all) return false;
  *this = std::move(*all);
  return true;
}

bool Facts::assume_comparison(NodeId id, const Node& node, bool truth) {
  if (const Value* right = constant(node.b))
    return compare_with(node.a, node.op, *right, truth, node.range);
  if (const Value* left = constant(node.a))
    return compare_with(node.b, mirrored(node.op), *left, truth, node.range);
  if (truth && !(assume_present(node.a, true, {}) && assume_present(node.b, true, {})))
    return false;
  const bool never = node.op == Op::kNotEqual || node.op == Op::kLess || node.op == Op::kGreater;
  if (truth && never && key_of(node.a) == key_of(node.b)) return false;
  return assume_term(id, truth);
}

bool Facts::compare_with(NodeId term, Op op, const Value& constant, bool truth, TextRange range) {
  Domain domain = domain_of(term);
  const Value value = scalar_of(constant);
  const auto* money = constant.get<ir::Money>();
  if (truth) {
    domain.may_be_missing = false;
    if (!domain.may_be_present || constant.missing()) return false;
    const bool fixed = money != nullptr && money->amount != Decimal();
    if (fixed && domain.currency && *domain.currency != money->currency) return false;
    if (fixed && excludes_zero(op, money->amount)) domain.currency = money->currency;
    narrow(domain, op, value);
  } else if (money == nullptr || money->amount == Decimal() || domain.currency == money->currency) {
    narrow(domain, opposite(op), value);
  }
  return set(term, std::move(domain), range);
}

bool Facts::assume_between(const Node& node, bool truth) {
  const Value* low = constant(node.b);
  const Value* high = constant(node.c);
  if (low == nullptr || high == nullptr) return true;
  if (truth)
    return compare_with(node.a, Op::kGreaterOrEqual, *low, true, node.range) &&
           compare_with(node.a, Op::kLessOrEqual, *high, true, node.range);
  Facts below = *this;
  const bool can_be_below =
      below.compare_with(node.a, Op::kGreaterOrEqual, *low, false, node.range);
  const bool can_be_above = compare_with(node.a, Op::kLessOrEqual, *high, false, node.range);
  if (can_be_below && can_be_above)
    join(below);
  else if (can_be_below)
    *this = std::move(below);
  return can_be_below || can_be_above;
}

bool Facts::assume_in(NodeId id, const Node& node, bool truth) {
  const Node& list = program_->node(node.b);
  std::vector<Value> values;
  bool plain = list.op == Op::kList && program_->node(node.a).type.kind != Kind::kMoney;
  for (NodeId operand : list.operands) {
    const Value* value = constant(operand);
    plain = plain && value != nullptr;
    if (plain) values.push_back(scalar_of(*value));
  }
  if (!plain) {
    if (truth && !assume_present(node.a, true, {})) return false;
    return assume_term(id, truth);
  }
  Domain domain = domain_of(node.a);
  if (truth) {
    domain.may_be_missing = false;
    narrow_to(domain, values);
  } else {
    for (const Value& value : values) narrow_without(domain, value);
  }
  return set(node.a, std::move(domain), node.range);
}

bool Facts::assume_prefix(NodeId id, const Node& node, bool truth) {
  Domain domain = domain_of(node.a);
  const Value* prefix = constant(node.b);
  const auto* start = prefix == nullptr ? nullptr : prefix->get<std::string>();
  if (truth) domain.may_be_missing = false;
  if (start != nullptr && domain.allowed) {
    std::erase_if(*domain.allowed, [&](const Value& value) {
      const auto* text = value.get<std::string>();
      return text != nullptr && text->starts_with(*start) != truth;
    });
    narrow_to(domain, std::vector<Value>(*domain.allowed));
  }
  return set(node.a, std::move(domain), node.range) && assume_term(id, truth);
}

// A condition that nothing more is known about: it is what it is, and missing counts as false.
bool Facts::assume_term(NodeId id, bool truth) {
  Domain domain = domain_of(id);
  if (truth) domain.may_be_missing = false;
  if (truth)
    narrow_to(domain, {Value(true)});
  else
    narrow_without(domain, Value(true));
  return set(id, std::move(domain), program_->node(id).range);
}

bool Facts::assume_present(NodeId id, bool present, TextRange range) {
  if (constant(id) != nullptr) return !constant(id)->missing() == present;
  Domain domain = domain_of(id);
  (present ? domain.may_be_missing : domain.may_be_present) = false;
  return set(id, std::move(domain), range);
}

// ------------------------------------------------------------------------------------------
// domains

Domain Facts::domain_of(NodeId id) const {
  auto known = domains_.find(key_of(id));
  if (known != domains_.end()) return known->second;
  const Node& node = program_->node(id);
  Domain domain;
  const bool field = node.op == Op::kEventField || node.op == Op::kSlotField ||
                     node.op == Op::kPersonField || node.op == Op::kField;
  if (field) domain.may_be_missing = node.type.optional;
  domain.whole = node.type.kind == Kind::kInteger;
  if (node.type.kind == Kind::kBoolean) domain.allowed = {Value(true), Value(false)};
  if (node.type.kind == Kind::kOneOf) {
    domain.allowed.emplace();
    for (const std::string& choice : program_->types.choices(node.type))
      domain.allowed->emplace_back(choice);
  }
  if (node.op != Op::kAggregate) return domain;
  const ir::Aggregate& aggregate = program_->aggregates[node.index];
  if (aggregate.op != ir::AggregateOp::kCount) return domain;
  domain.may_be_missing = false;
  const bool counts_itself =
      handled_event_ == aggregate.event && !aggregate.window && aggregate.where == NodeId::kNone;
  domain.low = Bound{counts_itself ? Decimal::from_millionths(Decimal::kScale) : Decimal(), true};
  return domain;
}

bool Facts::set(NodeId id, Domain domain, TextRange range) {
  if (!domain.possible()) return false;
  const std::string key = key_of(id);
  auto known = domains_.find(key);
  const bool new_to_us = known == domains_.end() || !same(known->second, domain);
  if (range.valid() && new_to_us) domain.from = range;
  domains_[key] = std::move(domain);
  return true;
}

const Value* Facts::constant(NodeId id) const {
  const Node* node = &program_->node(id);
  while (node->op == Op::kToNumber) node = &program_->node(node->a);
  return node->op == Op::kConstant ? &node->value : nullptr;
}

// Equal for two terms that read the same.
std::string Facts::key_of(NodeId id) const {
  if (id == NodeId::kNone) return "-";
  const Node& node = program_->node(id);
  switch (node.op) {
    case Op::kEventField: return fmt::format("e{}", node.index);
    case Op::kSlotField: return fmt::format("s{}.{}", node.slot, node.index);
    case Op::kPersonField: return fmt::format("p{}", node.index);
    case Op::kToNumber: return key_of(node.a);
    case Op::kAggregate: {
      const ir::Aggregate& it = program_->aggregates[node.index];
      return fmt::format("aggregate({} {} {} {} {} {})", static_cast<int>(it.op), it.event,
                         it.field, it.window ? it.window->count() : -1, key_of(it.where),
                         it.currency ? it.currency->code : 0);
    }
    default: break;
  }
  std::string key = fmt::format("{}({} {} {} {}", ir::name_of(node.op), node.index, node.slot,
                                ir::to_string(node.value), key_of(node.a));
  if (node.b != NodeId::kNone) key += " " + key_of(node.b);
  if (node.c != NodeId::kNone) key += " " + key_of(node.c);
  for (NodeId operand : node.operands) key += " " + key_of(operand);
  return key + ")";
}

std::vector<NodeId> Facts::chain(NodeId id) const {
  const Op op = program_->node(id).op;
  std::vector<NodeId> operands;
  std::vector<NodeId> todo = {id};
  while (!todo.empty()) {
    const NodeId next = todo.back();
    todo.pop_back();
    const Node& node = program_->node(next);
    if (node.op == op) {
      todo.push_back(node.b);
      todo.push_back(node.a);
    } else {
      operands.push_back(next);
    }
  }
  return operands;
}

// ------------------------------------------------------------------------------------------
// journeys

Truth Facts::truth_of(NodeId condition) const {
  Facts held = *this;
  if (!held.assume(condition, true)) return Truth::kNever;
  Facts failed = *this;
  return failed.assume(condition, false) ? Truth::kUnknown : Truth::kAlways;
}

void Facts::join(const Facts& other) {
  for (auto place = domains_.begin(); place != domains_.end();) {
    auto match = other.domains_.find(place->first);
    if (match == other.domains_.end()) {
      place = domains_.erase(place);
    } else {
      place->second = united(place->second, match->second);
      ++place;
    }
  }
}

std::optional<TextRange> Facts::source_of(NodeId condition) const {
  if (condition == NodeId::kNone) return std::nullopt;
  auto known = domains_.find(key_of(condition));
  if (known != domains_.end() && known->second.from.valid()) return known->second.from;
  const Node& node = program_->node(condition);
  for (NodeId operand : {node.a, node.b, node.c})
    if (auto found = source_of(operand)) return found;
  return std::nullopt;
}

void Facts::bind_event(const std::vector<int>& slot_fields) {
  std::map<std::string, Domain> bound;
  for (std::size_t i = 0; i < slot_fields.size(); ++i)
    if (auto known = domains_.find(fmt::format("e{}", slot_fields[i])); known != domains_.end())
      bound.emplace(fmt::format("s0.{}", i), known->second);
  for (const auto& [key, domain] : domains_)
    if (key.front() == 'p' && key.find('(') == key.npos) bound.emplace(key, domain);
  domains_ = std::move(bound);
  handled_event_.reset();
}

void Facts::forget_changing() {
  std::erase_if(domains_, [](const auto& entry) {
    const std::string& key = entry.first;
    return key.front() != 's' || key.find('(') != key.npos;
  });
}

}  // namespace trig::check
