// The words of the language, read from the grammar itself, and the token dump.
#include <algorithm>

#include "TrigLexer.h"
#include "compiler/parse/grammar_tables.h"
#include "compiler/parse/parse.h"
#include "compiler/parse/token_list.h"

namespace trig::parse {

namespace {

using Grammar = grammar::TrigParser;
using Lexer = grammar::TrigLexer;

// The words a rule may begin with.
std::vector<std::string> words_of_rule(std::size_t rule) {
  const antlr4::atn::ATN& atn = grammar_atn();
  std::vector<std::string> words;
  for (ssize_t type : atn.nextTokens(atn.ruleToStartState[rule]).toList()) {
    std::string spelling = spelling_of(static_cast<std::size_t>(type));
    if (is_word(spelling)) words.push_back(std::move(spelling));
  }
  std::sort(words.begin(), words.end());
  return words;
}

std::string_view kind_of(std::size_t type) {
  switch (type) {
    case Lexer::WORD: return "name";
    case Lexer::NUMBER: return "number";
    case Lexer::TEXT: return "text";
    case Lexer::DATE: return "date";
    case Lexer::TIME: return "time";
    case Lexer::CURRENCY: return "currency";
    case Lexer::BAD_NAME: return "bad name";
    case Lexer::FOREIGN: return "foreign";
  }
  return is_word(spelling_of(type)) ? "word" : "sign";
}

}  // namespace

const std::vector<std::string>& reserved_words() {
  static const std::vector<std::string> words = words_of_rule(Grammar::RuleReserved);
  return words;
}

const std::vector<std::string>& soft_words() {
  static const std::vector<std::string> words = words_of_rule(Grammar::RuleName);
  return words;
}

std::string dump_tokens(const Source& source) {
  Diagnostics ignored;
  TokenList list = read_tokens(SourceId::kNone, source, ignored);
  std::string out;
  for (const auto& token : list.tokens) {
    if (token->getType() == antlr4::Token::EOF) break;
    LineColumn place = source.place_of(static_cast<std::uint32_t>(token->getStartIndex()));
    out += fmt::format("{}:{} {} {}\n", place.line, place.column, kind_of(token->getType()),
                       text_of(source, *token));
  }
  return out;
}

}  // namespace trig::parse
