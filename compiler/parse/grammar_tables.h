// The tables ANTLR made of the grammar, for what is asked of the grammar itself rather than of a
// text: which words there are, what could stand at a place.
#pragma once

#include <antlr4-runtime.h>

#include <string>

#include "TrigParser.h"

namespace trig::parse {

const antlr4::atn::ATN& grammar_atn();
// "wait" or "==" for a token of fixed spelling, else empty.
std::string spelling_of(std::size_t token_type);
bool is_word(std::string_view spelling);  // wait, not ==

}  // namespace trig::parse
