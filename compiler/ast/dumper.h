// The tree as indented lines, one a node: what `trig dump --stage ast` shows and what tests
// compare. Places and brackets are left out. Internal to the library.
#pragma once

#include <fmt/format.h>

#include <string>

#include "compiler/ast/ast.h"

namespace trig::ast {

class Dumper {
 public:
  std::string take() { return std::move(out_); }

  void dump(const Declaration& declaration);

 private:
  template <typename... Args>
  void line(std::string_view format, const Args&... args) {
    std::string text = fmt::vformat(format, fmt::make_format_args(args...));
    out_ += std::string(depth_ * 2, ' ') + text + "\n";
  }
  // Runs `children` one level deeper.
  template <typename Function>
  void below(Function children) {
    ++depth_;
    children();
    --depth_;
  }
  // A titled part with one expression below it; nothing if the expression is not given.
  void part(std::string_view title, const ExprPtr& expr);

  // dump.cpp
  void dump(const FieldDecl& field);
  void dump(const PolicyRule& rule);
  void campaign(const CampaignDecl& campaign);
  void dump(const TestStep& step);
  void dump(const Trigger& trigger);
  void dump(std::string_view title, const Occurrence& occurrence);
  void dump(const Step& step);
  void dump(std::string_view title, const Block& block);

  // dump_expression.cpp
  void dump(const Expr& expr);
  void dump(const RecordLiteral& record);
  void dump(const std::vector<Argument>& arguments);

  std::string out_;
  std::size_t depth_ = 0;
};

std::string with_name(const std::optional<Name>& as);  // " as x"

}  // namespace trig::ast
