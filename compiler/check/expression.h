// Expressions → nodes of ir::Program, typed. Internal to compiler/check.
//
//   ExpressionChecker checker(context, scope);
//   ir::NodeId where = checker.condition(*occurrence.where);
//
// Recursion goes as deep as the tree, which the parser bounds by kMaxNesting.
//
// After a mistake a node of type kInvalid comes back, which fits everything: one mistake, one
// diagnostic.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "compiler/check/context.h"
#include "compiler/check/literal.h"

namespace trig::stdlib {
struct BuiltinInfo;
struct Parameter;
}  // namespace trig::stdlib

namespace trig::check {

// A name for a record the journey carries: `trigger` and what `as` gave.
struct Binding {
  std::string name;
  TextRange range;  // invalid for `trigger`
  std::uint32_t slot = 0;
  ir::Type record;  // kInvalid: its event is unknown or not supported yet, already reported
};

// What names mean at some place.
struct Scope {
  // In `where`, `per` and `value` a bare name is a field of the event tested; elsewhere there is
  // none.
  bool tests_event = false;
  ir::Type tested;
  std::vector<Binding> bindings;
  std::vector<ir::Slot>* slots = nullptr;  // of the campaign; fields that are read are marked there
  // In a trigger's own `where` the bindings are the event itself: field of the event for each field
  // of slot 0. Null elsewhere.
  const std::vector<int>* trigger_fields = nullptr;
  bool in_aggregate = false;
  std::set<std::string> present;  // paths that were tested with `?` on the way here
};

class ExpressionChecker {
 public:
  ExpressionChecker(Context& context, Scope& scope) : context_(context), scope_(scope) {}

  // Any expression; `expected` helps literals to their type and is not enforced.
  ir::NodeId lower(const ast::Expr& expr, ir::Type expected = {});
  // One that must give `wanted`: reports a mismatch, and a value that may be missing.
  ir::NodeId value(const ast::Expr& expr, ir::Type wanted);
  // A record of that type, field by field; `range` is told where a field is missing.
  ir::NodeId record(const ast::RecordLiteral& literal, ir::Type wanted, TextRange range);
  // One that must be a boolean, missing counting as false.
  ir::NodeId condition(const ast::Expr& expr);
  // A bare field of the event tested, or a path to it through a binding.
  ir::NodeId path(const ast::Path& path, TextRange range, ir::Type expected = {});

  // The paths that are present when `expr` is `truth`.
  void collect_present(const ast::Expr& expr, bool truth, std::set<std::string>& present) const;

  ir::Type type_of(ir::NodeId id) const { return context_.program.node(id).type; }

 private:
  ir::NodeId lower_unary(const ast::Expr& expr, const ast::Unary& unary, ir::Type expected);
  ir::NodeId lower_list(const ast::Expr& expr, const ast::ListLiteral& list, ir::Type expected);
  ir::NodeId lower_record(const ast::Expr& expr, const ast::RecordLiteral& record,
                          ir::Type expected);
  ir::NodeId lower_since(const ast::Expr& expr, const ast::Since& since);
  ir::NodeId lower_aggregate(const ast::Expr& expr, const ast::Aggregate& aggregate);
  bool aggregate_field(const ast::Aggregate& written, ir::Type record, ir::Aggregate& aggregate,
                       ir::Type& type);

  // check_segment.cpp
  ir::NodeId lower_in_segment(const ast::Expr& expr, const ast::InSegment& in);
  ir::NodeId lower_silence(const ast::Expr& expr, const ast::Silence& silence);
  // check_call.cpp
  struct CallArgument {
    const stdlib::BuiltinInfo& info;
    const stdlib::Parameter& parameter;
    const ast::Expr* value;  // null: left out
    TextRange call;
  };
  ir::NodeId lower_call(const ast::Expr& expr, const ast::Call& call);
  bool match_arguments(const stdlib::BuiltinInfo& info, const ast::Call& call,
                       std::vector<const ast::Argument*>& arguments);
  ir::Type result_of(const stdlib::BuiltinInfo& info, const ir::Node& node);
  bool lower_argument(const CallArgument& argument, ir::Node& node);
  const Symbol* named(const CallArgument& argument, SymbolKind kind);
  bool name_catalog(const CallArgument& argument, ir::Node& node);
  bool name_list(const CallArgument& argument, ir::Node& node);
  bool name_pool(const CallArgument& argument, ir::Node& node);
  ir::NodeId person_key(const ir::TableType& table, TextRange range);
  bool lower_count(const CallArgument& argument, ir::Node& node);
  bool lower_place(const CallArgument& argument, ir::Node& node);
  bool refuse_place(const ast::Expr& expr);
  bool lower_keys(const CallArgument& argument, ir::Node& node);
  bool lower_seen(const CallArgument& argument, ir::Node& node, std::string_view standard,
                  Duration window);
  ir::NodeId empty_list(TextRange range);
  ir::NodeId pluck(ir::NodeId list, int field, const ir::TableType& table, TextRange range);

  // check_operator.cpp
  ir::NodeId lower_binary(const ast::Expr& expr, const ast::Binary& binary, ir::Type expected);
  ir::NodeId lower_logic(const ast::Expr& expr, const ast::Binary& binary);
  ir::NodeId lower_or_else(const ast::Expr& expr, const ast::Binary& binary, ir::Type expected);
  ir::NodeId lower_comparison(const ast::Expr& expr, const ast::Binary& binary);
  ir::NodeId lower_in(const ast::Expr& expr, const ast::Binary& binary);
  ir::NodeId lower_in_table(const ast::Expr& expr, const ast::Binary& binary, std::uint32_t table);
  ir::NodeId negated(ir::NodeId found, ir::NodeId item, TextRange range);
  ir::NodeId lower_text_test(const ast::Expr& expr, const ast::Binary& binary);
  ir::NodeId lower_matches(const ast::Expr& expr, const ast::Binary& binary);
  ir::NodeId lower_contains(const ast::Expr& expr, const ast::Binary& binary);
  ir::NodeId lower_between(const ast::Expr& expr, const ast::Between& between);
  ir::NodeId lower_arithmetic(const ast::Expr& expr, const ast::Binary& binary, ir::Type expected);

  bool date_takes(const ast::Expr& amount, ir::Kind kind);
  ir::NodeId add_months(const ast::Expr& expr, ast::BinaryOp op, ir::NodeId date, Span span);

  // Both sides of a comparison, brought to one type; false if they cannot be compared (reported).
  struct Side {
    const ast::Expr* expr;
    ir::NodeId node;
  };
  bool unify(Side& left, Side& right, TextRange op_range, bool ordered);
  void lower_sides(Side& left, Side& right);
  void name_currency(ir::NodeId aggregate, ir::NodeId amount);

  // check_path.cpp
  ir::NodeId lower_bare(const ast::Path& path, TextRange range, ir::Type expected);
  ir::NodeId lower_person(const ast::Path& path, TextRange range);
  ir::NodeId lower_binding(const ast::Path& path, TextRange range, const Binding& binding);
  ir::NodeId follow(ir::NodeId owner, const ast::Path& path, std::size_t next, TextRange range);
  ir::NodeId narrowed(ir::NodeId node, const ast::Path& path);
  std::string path_key(const ast::Path& path) const;
  const Binding* find_binding(std::string_view name) const;

  ir::NodeId add(ir::Node node);
  ir::NodeId add(ir::Op op, ir::Type type, TextRange range, ir::NodeId a = ir::NodeId::kNone,
                 ir::NodeId b = ir::NodeId::kNone, ir::NodeId c = ir::NodeId::kNone);
  ir::NodeId invalid(TextRange range) { return add(ir::Op::kConstant, {}, range); }
  ir::NodeId to_number(ir::NodeId node);
  void report_missing(const ast::Expr& expr, ir::Type type);

  Context& context_;
  Scope& scope_;
};

// A binding that is called like a field of the event tested would hide it: reported, once for each
// pair. `tested` is a record.
void refuse_hidden_fields(Context& context, const Scope& scope, ir::Type tested);

}  // namespace trig::check
