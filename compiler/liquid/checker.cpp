#include "compiler/liquid/checker.h"

#include <algorithm>

#include "compiler/base/limits.h"

namespace trig::liquid {
namespace {

void collect_assigned(const Block& block, std::set<std::string>& names);

void collect_assigned(const Node& node, std::set<std::string>& names) {
  if (auto assign = std::get_if<Assign>(&node.kind)) names.insert(assign->name);
  if (auto counter = std::get_if<Counter>(&node.kind)) names.insert(counter->name);
  if (auto capture = std::get_if<Capture>(&node.kind)) {
    names.insert(capture->name);
    collect_assigned(capture->body, names);
  }
  if (auto branches = std::get_if<If>(&node.kind))
    for (const Branch& branch : branches->branches) collect_assigned(branch.body, names);
  if (auto cases = std::get_if<Case>(&node.kind))
    for (const When& when : cases->whens) collect_assigned(when.body, names);
  if (auto loop = std::get_if<For>(&node.kind)) {
    collect_assigned(loop->body, names);
    collect_assigned(loop->otherwise, names);
  }
  if (auto table = std::get_if<TableRow>(&node.kind)) collect_assigned(table->body, names);
  if (auto changed = std::get_if<IfChanged>(&node.kind)) collect_assigned(changed->body, names);
}

void collect_assigned(const Block& block, std::set<std::string>& names) {
  for (const Node& node : block.nodes) collect_assigned(node, names);
}

std::string lookup_path(const Expression& expression) {
  const auto* lookup = std::get_if<Lookup>(&expression.kind);
  return lookup ? path_of(*lookup) : "";
}

// nil, empty or blank: equal to it means as good as missing.
bool is_absence(const Expression& expression) {
  const auto* literal = std::get_if<Literal>(&expression.kind);
  return literal && (literal->value.is_nil() || literal->value.get<Special>());
}

void add_facts(const Term& term, bool holds, std::set<std::string>& facts) {
  auto add = [&](const Expression& expression) {
    if (std::string path = lookup_path(expression); !path.empty()) facts.insert(path);
  };
  switch (term.comparison) {
    case Comparison::kNone:
      if (holds) add(term.left);
      break;
    case Comparison::kEqual:
      if (holds != is_absence(*term.right)) add(term.left);
      break;
    case Comparison::kNotEqual:
      if (holds && is_absence(*term.right)) add(term.left);
      break;
    case Comparison::kLess:
    case Comparison::kLessOrEqual:
    case Comparison::kGreater:
    case Comparison::kGreaterOrEqual:
    case Comparison::kContains:
      if (!holds) break;
      add(term.left);
      add(*term.right);
      break;
  }
}

}  // namespace

std::set<std::string> assigned_names(const Block& block) {
  std::set<std::string> names;
  collect_assigned(block, names);
  return names;
}

std::set<std::string> facts_of(const Condition& condition, bool holds) {
  std::set<std::string> facts;
  // All terms are known only of `a and b` that holds and of `a or b` that does not.
  bool all = std::all_of(condition.terms.begin(), condition.terms.end(), [&](const Term& term) {
    return &term == &condition.terms.front() || term.joined_by_or != holds;
  });
  if (!all) return facts;
  for (const Term& term : condition.terms) add_facts(term, holds, facts);
  return facts;
}

Checker::Checker(const Signature& signature, const ir::TypeTable& types,
                 const PartialLoader& partials, Diagnostics& diagnostics)
    : signature_(signature), types_(types), partials_(partials), diagnostics_(diagnostics) {}

Printed Checker::check(const Template& source) {
  Place place;
  for (const Argument& argument : signature_.arguments)
    place.scopes.front()[argument.name] = shape_of(argument.type);
  place.assigned = assigned_names(*source.body);
  place_ = &place;
  return block(*source.body);
}

Printed Checker::block(const Block& block) {
  Printed printed;
  for (const Node& node : block.nodes)
    printed = printed.also(std::visit([this](const auto& kind) { return check(kind); }, node.kind));
  return printed;
}

// With what is known not to be missing inside a branch.
Printed Checker::branch(const Block& body, const std::set<std::string>& facts) {
  std::set<std::string> outer = place_->present;
  place_->present.insert(facts.begin(), facts.end());
  ++place_->branches;
  Printed printed = block(body);
  --place_->branches;
  place_->present = std::move(outer);
  return printed;
}

void Checker::define(const std::string& name, const Shape& shape, bool outermost) {
  Variables& scope = outermost ? place_->scopes.front() : place_->scopes.back();
  auto known = scope.find(name);
  place_->present.erase(name);
  if (known == scope.end()) {
    scope[name] = shape;
  } else if (place_->branches == 0 || !outermost || known->second.type == shape.type) {
    known->second = shape;
  } else {
    known->second = unknown_shape();  // different in different branches
  }
}

void Checker::print(const Filtered& value, const Shape& shape) {
  std::string name = source_name(value);
  if (shape.known() && (shape.is_list() || shape.is(ir::Kind::kRecord))) {
    Diagnostic& diagnostic =
        diagnostics_.report(Code::kUnprintable, value.range, {name, describe(shape, types_)});
    if (shape.is_list())
      diagnostic.hint("print its items with `for`, or join them: `| join: \", \"`");
    else
      diagnostic.hint("print one of its fields");
  } else if (shape.optional) {
    TextRange end{value.range.source, value.range.end, value.range.end};
    diagnostics_.report(Code::kMissingFallback, value.range, {name})
        .hint("write a fallback, as `| default: \"…\"`, or print it inside `{{% if {} %}}`", name)
        .replace(end, " | default: \"\"");
  }
}

Printed Checker::check(const TextNode&) { return {}; }

Printed Checker::check(const Output& node) {
  read_ = {};
  print(node.value, shape(node.value));
  return read_;
}

Printed Checker::check(const Assign& node) {
  read_ = {};
  define(node.name, shape(node.value), true);
  return read_;
}

Printed Checker::check(const Capture& node) {
  Printed printed = block(node.body);
  define(node.name, text_shape(), true);
  return printed;
}

void Checker::condition(const Condition& condition) {
  for (const Term& term : condition.terms) {
    shape(term.left);
    if (term.right) shape(*term.right);
  }
}

Printed Checker::check(const If& node) {
  Printed on_all{true, true};
  std::set<std::string> before;  // what the branches before this one have ruled out
  bool has_else = false;
  for (const Branch& part : node.branches) {
    std::set<std::string> facts = before;
    if (part.condition) {
      condition(*part.condition);
      facts.merge(facts_of(*part.condition, !part.negated));
      before.merge(facts_of(*part.condition, part.negated));
    } else {
      has_else = true;
    }
    on_all = on_all.both(branch(part.body, facts));
  }
  return has_else ? on_all : Printed{};
}

Printed Checker::check(const Case& node) {
  shape(node.subject);
  std::string subject = lookup_path(node.subject);
  Printed on_all{true, true};
  bool has_else = false;
  for (const When& when : node.whens) {
    std::set<std::string> facts;
    for (const Expression& value : when.values) shape(value);
    bool absent = std::any_of(when.values.begin(), when.values.end(), is_absence);
    if (!when.values.empty() && !absent && !subject.empty()) facts.insert(subject);
    has_else = has_else || when.values.empty();
    on_all = on_all.both(branch(when.body, facts));
  }
  return has_else ? on_all : Printed{};
}

Shape Checker::items(const Expression& collection) {
  Shape list = shape(collection);
  if (!list.known()) return unknown_shape();
  if (list.is_list()) return item_of(list, types_);
  std::string name = lookup_path(collection);
  diagnostics_.report(Code::kTemplateNotAList, collection.range,
                      {name.empty() ? "this value" : name, describe(list, types_)});
  return unknown_shape();
}

Printed Checker::loop_body(const std::string& variable, const Shape& item, const Block& body) {
  place_->scopes.push_back({{"forloop", unknown_shape()}, {"tablerowloop", unknown_shape()}});
  define(variable, item, false);
  ++place_->loops;
  Printed printed = branch(body, {});
  --place_->loops;
  place_->scopes.pop_back();
  return printed;
}

Printed Checker::check(const For& node) {
  Shape item = items(node.collection);
  if (node.limit) shape(*node.limit);
  if (node.offset) shape(*node.offset);
  Printed body = loop_body(node.variable, item, node.body);
  return body.both(branch(node.otherwise, {}));
}

Printed Checker::check(const TableRow& node) {
  Shape item = items(node.collection);
  for (const auto* part : {&node.columns, &node.limit, &node.offset})
    if (*part) shape(**part);
  loop_body(node.variable, item, node.body);
  return {};
}

Printed Checker::check(const Cycle& node) {
  for (const Expression& value : node.values) shape(value);
  return {};
}

Printed Checker::check(const Counter& node) {
  define(node.name, scalar_shape(ir::Kind::kInteger), true);
  return {};
}

Printed Checker::check(const Interrupt&) { return {}; }

Printed Checker::check(const IfChanged& node) { return branch(node.body, {}); }

Shape Checker::subject_of(const Partial& node) {
  if (!node.subject) return unknown_shape();
  return node.each ? items(*node.subject) : shape(*node.subject);
}

Printed Checker::check(const Partial& node) {
  const auto* literal = std::get_if<Literal>(&node.name.kind);
  if (!literal || !literal->value.as_text()) return {};  // a syntax error, told by the parser
  const std::string& name = *literal->value.as_text();
  const Template* source = partials_ ? partials_(name) : nullptr;
  if (!source) {
    diagnostics_.report(Code::kUnknownPartial, node.name.range, {name});
    return {};
  }
  if (std::find(open_.begin(), open_.end(), name) != open_.end() ||
      open_.size() >= kMaxRenderDepth) {
    diagnostics_.report(Code::kPartialCycle, node.name.range, {name});
    return {};
  }
  return partial_body(node, name, *source);
}

Printed Checker::partial_body(const Partial& node, const std::string& name,
                              const Template& source) {
  Place place;
  Variables& variables = place.scopes.front();
  read_ = {};
  for (const auto& [argument, value] : node.arguments) variables[argument] = shape(value);
  Printed passed = read_;
  if (node.subject) {
    std::string base = name.substr(name.rfind('/') + 1);
    variables[node.alias.empty() ? base : node.alias] = subject_of(node);
  }
  if (node.each) variables["forloop"] = unknown_shape();
  std::string key = name;
  for (const auto& [variable, known] : variables)
    key += fmt::format("|{}:{}{}{}{}", variable, static_cast<int>(known.type.kind),
                       known.type.detail, known.list_of ? "*" : ".", known.optional ? "?" : "!");
  auto done = done_.find(key);
  if (done != done_.end()) return done->second.also(passed);
  place.assigned = assigned_names(*source.body);
  Place* outer = std::exchange(place_, &place);
  open_.push_back(name);
  Printed printed = block(*source.body);
  open_.pop_back();
  place_ = outer;
  if (node.each) printed = {};  // perhaps for no item at all
  done_[key] = printed;
  return printed.also(passed);
}

void check_template(const Template& source, const Signature& signature, const ir::TypeTable& types,
                    const PartialLoader& partials, Diagnostics& diagnostics) {
  Checker(signature, types, partials, diagnostics).check(source);
}

}  // namespace trig::liquid
