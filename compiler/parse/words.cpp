// The words of the language, read from the grammar itself, and the token dump.
#include <algorithm>

#include "TrigLexer.h"
#include "TrigParser.h"
#include "compiler/parse/parse.h"
#include "compiler/parse/token_list.h"

namespace trig::parse {

namespace {

using Grammar = grammar::TrigParser;
using Lexer = grammar::TrigLexer;

// A grammar's parser needs a stream even where only its tables are asked for.
class Tables {
 public:
  const antlr4::dfa::Vocabulary& vocabulary() { return lexer_.getVocabulary(); }

 private:
  antlr4::ANTLRInputStream empty_;
  Lexer lexer_{&empty_};
};

bool is_word(const std::string& quoted) {  // 'wait', not '=='
  return quoted.size() > 2 && std::islower(static_cast<unsigned char>(quoted[1]));
}

std::vector<std::string> words_of_rule(std::size_t rule) {
  antlr4::ANTLRInputStream empty;
  Lexer lexer(&empty);
  antlr4::CommonTokenStream tokens(&lexer);
  Grammar parser(&tokens);
  const antlr4::atn::ATN& atn = parser.getATN();
  std::vector<std::string> words;
  for (ssize_t type : atn.nextTokens(atn.ruleToStartState[rule]).toList()) {
    std::string quoted = parser.getVocabulary().getLiteralName(static_cast<std::size_t>(type));
    if (is_word(quoted)) words.push_back(quoted.substr(1, quoted.size() - 2));
  }
  std::sort(words.begin(), words.end());
  return words;
}

std::string kind_of(std::size_t type, const antlr4::dfa::Vocabulary& vocabulary) {
  switch (type) {
    case Lexer::WORD: return "name";
    case Lexer::NUMBER: return "number";
    case Lexer::TEXT: return "text";
    case Lexer::DATE: return "date";
    case Lexer::TIME: return "time";
    case Lexer::CURRENCY: return "currency";
    case Lexer::BAD_NAME: return "bad name";
    case Lexer::FOREIGN: return "foreign";
    case kTooDeepToken: return "too deep";
  }
  return is_word(vocabulary.getLiteralName(type)) ? "word" : "sign";
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
  Tables tables;
  std::string out;
  for (const auto& token : list.tokens) {
    if (token->getType() == antlr4::Token::EOF) break;
    LineColumn place = source.place_of(static_cast<std::uint32_t>(token->getStartIndex()));
    out += fmt::format("{}:{} {} {}\n", place.line, place.column,
                       kind_of(token->getType(), tables.vocabulary()), text_of(source, *token));
  }
  return out;
}

}  // namespace trig::parse
