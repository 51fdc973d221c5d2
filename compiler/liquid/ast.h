// The tree of a parsed template. Every node has its place in the source, so that an error at check
// or at render can point at it. The tree owns its texts and does not change after parsing; one tree
// is rendered many times and from several threads at once.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "compiler/base/text_range.h"
#include "compiler/liquid/data.h"
#include "compiler/liquid/filters.h"

namespace trig::liquid {

struct Expression;

struct Literal {
  Data value;
};

// `.name`, `["name"]` or `[expression]`
struct Segment {
  std::string name;                       // of the first two forms
  bool dotted = false;                    // .size, .first and .last are properties only after a dot
  std::shared_ptr<const Expression> key;  // of the third
  TextRange range;
};

// person.first_name, items[0].name, ["odd name"]
struct Lookup {
  std::string name;
  std::shared_ptr<const Expression> name_key;  // [expression] in place of a name
  TextRange name_range;
  std::vector<Segment> path;
};

struct RangeExpression {
  std::shared_ptr<const Expression> first;
  std::shared_ptr<const Expression> last;
};

struct Expression {
  std::variant<Literal, Lookup, RangeExpression> kind;
  TextRange range;
};

struct FilterCall {
  std::string name;
  const FilterInfo* filter = nullptr;  // null: unknown, which hands its input on (lenient dialect)
  std::vector<Expression> arguments;
  std::vector<std::pair<std::string, Expression>> named;
  TextRange range;  // of the name
};

// expression | filter: argument | filter …; without a base (`{{ }}`) it is nil.
struct Filtered {
  std::optional<Expression> base;
  std::vector<FilterCall> filters;
  TextRange range;
};

enum class Comparison : std::uint8_t {
  kNone,  // the value alone: is it true?
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kContains,
};

struct Term {
  Expression left;
  Comparison comparison = Comparison::kNone;
  std::optional<Expression> right;
  bool joined_by_or = false;  // how it is joined to the term before it
};

// Terms are read from the left: `a and b or c` is `a and (b or c)`, as everywhere in Liquid.
struct Condition {
  std::vector<Term> terms;
  TextRange range;
};

struct Node;

struct Block {
  std::vector<Node> nodes;
  bool blank = true;  // nothing in it prints anything but white space
};

struct TextNode {
  std::string text;
};
struct Output {
  Filtered value;
};
struct Assign {
  std::string name;
  TextRange name_range;
  Filtered value;
};
struct Capture {
  std::string name;
  TextRange name_range;
  Block body;
};
struct Branch {
  std::optional<Condition> condition;  // none: else
  bool negated = false;                // unless
  Block body;
};
struct If {
  std::vector<Branch> branches;
};
struct When {
  std::vector<Expression> values;  // none: else
  Block body;
};
struct Case {
  Expression subject;
  std::vector<When> whens;
};
struct For {
  std::string variable;
  TextRange variable_range;
  Expression collection;
  std::string name;  // "item-items": what forloop.name prints and `offset: continue` remembers by
  bool reversed = false;
  bool from_continue = false;
  std::optional<Expression> limit;
  std::optional<Expression> offset;
  Block body;
  Block otherwise;
};
struct TableRow {
  std::string variable;
  TextRange variable_range;
  Expression collection;
  std::string name;
  std::optional<Expression> columns;
  std::optional<Expression> limit;
  std::optional<Expression> offset;
  Block body;
};
struct Cycle {
  std::optional<Expression> group;
  std::string key;  // of a cycle without a group: the same values share their turn
  std::vector<Expression> values;
};
struct Counter {  // increment and decrement
  std::string name;
  bool down = false;
};
struct Interrupt {  // break and continue
  bool leaves = false;
};
struct IfChanged {
  Block body;
};
// render and include
struct Partial {
  Expression name;
  bool isolated = true;  // render; include shares the scope
  bool each = false;     // `for`: once per item
  std::optional<Expression> subject;
  std::string alias;
  std::vector<std::pair<std::string, Expression>> arguments;
};

struct Node {
  std::variant<TextNode, Output, Assign, Capture, If, Case, For, TableRow, Cycle, Counter,
               Interrupt, IfChanged, Partial>
      kind;
  TextRange range;
};

}  // namespace trig::liquid
