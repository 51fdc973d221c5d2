// Texts made from the grammar: parse, print and parse again is the same tree, and the formatter
// changes nothing a second time.
#include <gtest/gtest.h>

#include <set>

#include "compiler/ast/printer.h"
#include "compiler/parse/parse.h"
#include "tests/tools/grammar_sentences.h"

namespace trig {
namespace {

// False where the text says what no tree can hold (an amount of a unit too many); then nothing is
// asked.
bool is_kept(const std::string& text) {
  Source source("made.trig", text);
  Diagnostics diagnostics;
  const ast::File file = parse::parse(SourceId{0}, source, diagnostics);
  if (diagnostics.has_errors()) return false;
  Source printed("made.trig", ast::print(file, source));
  Diagnostics again;
  const ast::File second = parse::parse(SourceId{0}, printed, again);
  EXPECT_FALSE(again.has_errors()) << text << "\n" << printed.text();
  EXPECT_EQ(ast::dump(second), ast::dump(file)) << text << "\n" << printed.text();
  EXPECT_EQ(ast::print(second, printed), printed.text()) << text;
  return true;
}

TEST(GeneratedPrograms, PrintingKeepsTheTreeAndIsStable) {
  golden::GrammarSentences sentences(20261122);
  int kept = 0;
  constexpr int kTexts = 1500;
  for (int i = 0; i < kTexts; ++i) {
    const char* rule = i % 3 == 0 ? "declaration" : i % 3 == 1 ? "campaignDecl" : "testDecl";
    if (is_kept(sentences.make(rule, 6 + i % 12))) ++kept;
    if (HasFailure()) return;
  }
  EXPECT_GT(kept, kTexts * 7 / 10);
}

// The generator knows the whole grammar, so that a construct nobody writes tests for is here too.
TEST(GeneratedPrograms, EveryWordOfTheGrammarComes) {
  golden::GrammarSentences sentences(1);
  std::string all;
  for (int i = 0; i < 3000; ++i) all += ' ' + sentences.make("declaration", 4 + i % 20);
  for (const char* word : {"holdout", "silence", "entering", "then", "emit", "restart", "distinct",
                           "identifies", "journey", "capped", "best"})
    EXPECT_NE(all.find(std::string(" ") + word + " "), std::string::npos) << word;
  EXPECT_GT(sentences.words().size(), 150u);
  EXPECT_GT(sentences.rules().size(), 90u);
}

}  // namespace
}  // namespace trig
