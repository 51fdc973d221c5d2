// Pieces of a campaign in words that need no knowledge of the language: names without underscores,
// comparisons as signs, "the same cart id".
#pragma once

#include <string>

#include "compiler/ast/ast.h"
#include "compiler/ir/program.h"

namespace trig::diagram {

std::string plain(const std::string& name);   // "cart_updated" → "cart updated"
std::string upper_first(std::string text);    // "cart updated" → "Cart updated"
std::string words_of(const ast::Expr& expr);  // "total ≥ 20 EUR"
std::string words_of(const ast::Occurrence& occurrence);
std::string words_of(const ast::Moment& moment);
std::string words_of(const ast::Trigger& trigger);  // without its condition and key
std::string words_of(const ir::Cap& cap);           // "1 mail a day"
std::string words_of(const ir::Rate& rate);         // "500 a second"

}  // namespace trig::diagram
