// The pieces of the formatter that need no comments and no source: each construct as a Doc.
// Internal to the library.
#pragma once

#include <string>
#include <vector>

#include "compiler/ast/ast.h"
#include "compiler/ast/layout.h"

namespace trig::ast {

constexpr const char* kGap = "   ";  // between things side by side on one line

// docs_expression.cpp
std::string quoted(const TextLiteral& text);
std::string spelling(const SpanLiteral& span);
std::string local(TimeOfDay time);  // 09:00 local
std::string joined(const std::vector<Name>& names, std::string_view between);
std::string joined(const std::vector<TextLiteral>& texts, std::string_view between);
Doc doc_of(const Expr& expr);
Doc doc_of(const Expr& expr, int tightest);  // in brackets if looser than `tightest`
Doc doc_of(const RecordLiteral& record);
Doc doc_of(const std::vector<Argument>& arguments);  // with its parentheses

// docs_declaration.cpp
std::string spelling(const TypeExpr& type);
std::string after_colon(const FieldDecl& field);  // type, key, default and names in the payload
std::string spelling(const PolicyRule& rule);
Doc doc_of(const TemplateDecl& decl);

// docs_campaign.cpp
Doc doc_of(const Occurrence& occurrence);
Doc doc_of(const Trigger& trigger);
std::string spelling(const Again& again);
std::string_view spelling(Priority priority);
std::string_view spelling(Edits edits);
Doc doc_of(const Goal& goal);
// A step, or the first line of one with blocks, up to before its `{`.
Doc head_of(const Step& step);
Doc head_of(const When::Branch& branch);
std::string head_of(const Split::Arm& arm);
// The whole step with its blocks on one line.
std::string one_line(const Step& step);
std::string one_line(const Split::Arm& arm);

// docs_test.cpp
Doc doc_of(const TestStep& step);

// The precedence levels of the grammar, from loose to tight.
enum Precedence : int {
  kLoosest = 0,
  kDisjunction = 1,
  kConjunction,
  kNegation,
  kComparison,
  kFallback,
  kSum,
  kProduct,
  kUnary,
  kPresence,
  kPrimary,
};

}  // namespace trig::ast
