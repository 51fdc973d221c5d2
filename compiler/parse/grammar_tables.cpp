#include "compiler/parse/grammar_tables.h"

#include <cctype>

#include "compiler/parse/token_list.h"
#include "compiler/parse/token_stream.h"

namespace trig::parse {

namespace {

// Only a parser object gives access to the tables.
grammar::TrigParser& idle_parser() {
  static const TokenList no_tokens;
  static TokenListStream stream(no_tokens);
  static grammar::TrigParser parser(&stream);
  return parser;
}

}  // namespace

const antlr4::atn::ATN& grammar_atn() { return idle_parser().getATN(); }

std::string spelling_of(std::size_t token_type) {
  std::string quoted = idle_parser().getVocabulary().getLiteralName(token_type);
  return quoted.size() > 2 ? quoted.substr(1, quoted.size() - 2) : std::string();
}

bool is_word(std::string_view spelling) {
  return !spelling.empty() && std::islower(static_cast<unsigned char>(spelling[0]));
}

}  // namespace trig::parse
