// The walk behind check_template and check_mail_template.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "compiler/liquid/check.h"
#include "compiler/liquid/shape.h"

namespace trig::liquid {

// Which of the lines the law asks for are printed on every path through a block.
struct Printed {
  bool unsubscribe_url = false;
  bool postal_address = false;

  Printed also(Printed other) const {
    return {unsubscribe_url || other.unsubscribe_url, postal_address || other.postal_address};
  }
  Printed both(Printed other) const {
    return {unsubscribe_url && other.unsubscribe_url, postal_address && other.postal_address};
  }
};

class Checker {
 public:
  Checker(const Signature& signature, const ir::TypeTable& types, const PartialLoader& partials,
          Diagnostics& diagnostics);

  // A whole template, with fresh variables.
  Printed check(const Template& source);

 private:
  using Variables = std::map<std::string, Shape>;
  struct Place {  // the variables of one template or partial
    std::vector<Variables> scopes{1};
    std::set<std::string> assigned;  // anywhere in it
    std::set<std::string> present;   // paths an enclosing condition has found not to be missing
    int loops = 0;
    int branches = 0;
  };

  // checker.cpp: nodes
  Printed block(const Block& block);
  Printed check(const TextNode& node);
  Printed check(const Output& node);
  Printed check(const Assign& node);
  Printed check(const Capture& node);
  Printed check(const If& node);
  Printed check(const Case& node);
  Printed check(const For& node);
  Printed check(const TableRow& node);
  Printed check(const Cycle& node);
  Printed check(const Counter& node);
  Printed check(const Interrupt& node);
  Printed check(const IfChanged& node);
  Printed check(const Partial& node);
  Printed partial_body(const Partial& node, const std::string& name, const Template& source);
  Shape subject_of(const Partial& node);
  Printed loop_body(const std::string& variable, const Shape& item, const Block& body);
  Printed branch(const Block& body, const std::set<std::string>& facts);
  void define(const std::string& name, const Shape& shape, bool outermost);
  void print(const Filtered& value, const Shape& shape);
  Shape items(const Expression& collection);
  void condition(const Condition& condition);

  // check_expressions.cpp
  Shape shape(const Expression& expression);
  Shape shape(const Filtered& filtered);
  Shape shape(const Lookup& lookup);
  Shape variable(const Lookup& lookup);
  Shape field(const Shape& from, const Segment& segment, bool optional);
  Shape apply(const FilterCall& call, const Shape& input, const Filtered& filtered);
  Shape property_filter(const FilterCall& call, const Shape& input, const Shape& result);
  Shape arguments(const FilterCall& call);
  std::string source_name(const Filtered& filtered) const;
  std::vector<std::string> visible_names() const;

  const Signature& signature_;
  const ir::TypeTable& types_;
  const PartialLoader& partials_;
  Diagnostics& diagnostics_;
  Place* place_ = nullptr;
  Printed read_;                         // of the expression being looked at
  std::vector<std::string> open_;        // partials being checked
  std::map<std::string, Printed> done_;  // by partial and the shapes it was called with
};

// person.first_name as text; empty if it is not made of names alone.
std::string path_of(const Lookup& lookup);
// The paths that cannot be missing if the condition holds (or if it does not).
std::set<std::string> facts_of(const Condition& condition, bool holds);
std::set<std::string> assigned_names(const Block& block);

}  // namespace trig::liquid
