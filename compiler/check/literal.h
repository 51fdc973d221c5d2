// Literal values. A literal takes the type that is expected of it where it can: "FR" is a country
// where a country is wanted, 3 is a number. Internal to compiler/check.
//
//   std::optional<Literal> literal = literal_of(context, expr, expected);   // nullopt: not one
#pragma once

#include <optional>

#include "compiler/check/context.h"
#include "compiler/ir/value.h"

namespace trig::check {

struct Literal {
  ir::Type type;  // kInvalid after a report
  ir::Value value;
};

// A number, amount, text, date … as written; `expected` may be kInvalid. Not lists and records.
std::optional<Literal> literal_of(Context& context, const ast::Expr& expr, ir::Type expected);

// The value of an expression that must be known at check time: a literal, or a list or record of
// them. Reports anything else, and what does not fit `expected`.
std::optional<ir::Value> constant(Context& context, const ast::Expr& expr, ir::Type expected);

// The fields of `record` in its order, from a record literal; defaults fill what is not given.
std::optional<ir::Items> constant_fields(Context& context, const ast::RecordLiteral& literal,
                                         ir::Type record, TextRange range);

// Whether a value of `from` may stand where `to` is wanted, leaving aside that it may be missing.
bool fits(const Context& context, ir::Type from, ir::Type to);

// Reports that a value of `found` stands where `wanted` is needed, with the repair where it is
// plain how to write the literal.
Diagnostic& report_mismatch(Context& context, const ast::Expr& expr, ir::Type found,
                            ir::Type wanted);

// `field` is no field of `record`; and a record literal without a field it needs.
void report_unknown_field(Context& context, const ast::Name& field, ir::Type record);
void report_missing_field(Context& context, TextRange range, const ir::RecordType& type,
                          std::size_t index);

}  // namespace trig::check
