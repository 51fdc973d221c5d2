#include "compiler/parse/lookahead.h"

#include <antlr4-runtime.h>

#include "TrigParser.h"
#include "compiler/parse/token_list.h"
#include "compiler/parse/token_stream.h"

namespace trig::parse {

namespace {

class Listener : public antlr4::BaseErrorListener {
 public:
  explicit Listener(LookaheadReport& report) : report_(report) {}

  void reportAmbiguity(antlr4::Parser* parser, const antlr4::dfa::DFA& dfa, std::size_t begin,
                       std::size_t, bool, const antlrcpp::BitSet&,
                       antlr4::atn::ATNConfigSet*) override {
    report_.ambiguities.push_back(place(parser, dfa, begin));
  }
  void reportAttemptingFullContext(antlr4::Parser* parser, const antlr4::dfa::DFA& dfa,
                                   std::size_t begin, std::size_t, const antlrcpp::BitSet&,
                                   antlr4::atn::ATNConfigSet*) override {
    report_.full_contexts.push_back(place(parser, dfa, begin));
  }

 private:
  static std::string place(antlr4::Parser* parser, const antlr4::dfa::DFA& dfa, std::size_t index) {
    antlr4::Token* token = parser->getTokenStream()->get(index);
    return fmt::format("{}:{} {}", token->getLine(), token->getCharPositionInLine() + 1,
                       parser->getRuleNames()[dfa.atnStartState->ruleIndex]);
  }

  LookaheadReport& report_;
};

}  // namespace

LookaheadReport lookahead_report(const Source& source) {
  Diagnostics ignored;
  TokenList list = read_tokens(SourceId::kNone, source, ignored);
  TokenListStream stream(list);
  grammar::TrigParser parser(&stream);
  LookaheadReport report;
  Listener listener(report);
  parser.removeErrorListeners();
  parser.addErrorListener(&listener);
  parser.getInterpreter<antlr4::atn::ParserATNSimulator>()->setPredictionMode(
      antlr4::atn::PredictionMode::LL_EXACT_AMBIG_DETECTION);
  parser.file();
  return report;
}

}  // namespace trig::parse
