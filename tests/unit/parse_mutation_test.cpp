// Broken texts: tokens of every example deleted, doubled, swapped or replaced, from a seed. The
// parser ends, reports few mistakes in places that exist, and formats what it takes.
#include <gtest/gtest.h>

#include <random>

#include "compiler/ast/printer.h"
#include "compiler/base/limits.h"
#include "compiler/parse/parse.h"
#include "tests/tools/example_texts.h"

namespace trig {
namespace {

// Rough tokens with the blanks before them: enough to cut a text into pieces.
std::vector<std::string> pieces(const std::string& text) {
  std::vector<std::string> pieces(1);
  auto is_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; };
  for (std::size_t i = 0; i < text.size(); ++i) {
    bool joins = i > 0 && is_word(text[i]) && is_word(text[i - 1]);
    bool after_blank = i > 0 && std::isspace(static_cast<unsigned char>(text[i - 1]));
    if (!joins && !after_blank) pieces.emplace_back();
    pieces.back() += text[i];
  }
  return pieces;
}

std::string mutate(const std::string& text, std::mt19937& random) {
  static const char* const kExtra[] = {
      "{",           "}",  "(",  ")",   " \"", " '", " wait", " campaign x {",
      "\ncampaign ", " 3", " é", " or", " ,",  " #", " =="};
  std::vector<std::string> all = pieces(text);
  for (std::size_t n = 1 + random() % 4; n > 0 && all.size() > 2; --n) {
    std::size_t at = random() % all.size();
    switch (random() % 4) {
      case 0: all.erase(all.begin() + static_cast<std::ptrdiff_t>(at)); break;
      case 1: all.insert(all.begin() + static_cast<std::ptrdiff_t>(at), all[at]); break;
      case 2: std::swap(all[at], all[random() % all.size()]); break;
      case 3: all[at] = kExtra[random() % std::size(kExtra)]; break;
    }
  }
  std::string out;
  for (const std::string& piece : all) out += piece;
  return out;
}

void expect_in_bounds(const Diagnostic& one, const std::string& text) {
  auto check = [&](TextRange range) {
    EXPECT_TRUE(range.valid());
    EXPECT_LE(range.begin, range.end);
    EXPECT_LE(range.end, text.size());
  };
  check(one.range);
  for (const Label& label : one.labels) check(label.range);
  for (const Edit& edit : one.edits) check(edit.range);
  EXPECT_FALSE(one.message.empty());
}

TEST(ParseMutation, NeverCrashesAndStaysSmall) {
  constexpr int kRoundsPerText = 20;
  constexpr std::size_t kMostMistakes = 12;  // of at most four changes, some of which hide quotes
  std::uint32_t seed = 1;
  for (const auto& [path, text] : golden::clean_example_texts()) {
    for (int round = 0; round < kRoundsPerText; ++round, ++seed) {
      std::mt19937 random(seed);
      std::string mutated = mutate(text, random);
      SCOPED_TRACE("seed " + std::to_string(seed) + " of " + path);
      Source source(path, mutated);
      Diagnostics diagnostics;
      ast::File file = parse::parse(SourceId{0}, source, diagnostics);
      EXPECT_LE(diagnostics.all().size(), kMostMistakes) << mutated;
      for (const Diagnostic& one : diagnostics.all()) expect_in_bounds(one, mutated);
      if (diagnostics.has_errors()) continue;
      std::string once = ast::print(file, source);
      Source formatted(path, once);
      ast::File again = parse::parse(SourceId{0}, formatted, diagnostics);
      ASSERT_FALSE(diagnostics.has_errors()) << once;
      EXPECT_EQ(ast::dump(again), ast::dump(file)) << mutated;
      EXPECT_EQ(ast::print(again, formatted), once) << mutated;
    }
  }
}

}  // namespace
}  // namespace trig
