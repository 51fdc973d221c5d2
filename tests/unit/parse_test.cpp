// The parser's bounds and its promises to callers; messages are in tests/golden/parse.
#include "compiler/parse/parse.h"

#include <gtest/gtest.h>

#include "compiler/ast/printer.h"
#include "compiler/base/limits.h"
#include "compiler/parse/lookahead.h"
#include "tests/tools/example_texts.h"

namespace trig {
namespace {

struct Parsed {
  ast::File file;
  Diagnostics diagnostics;
};

Parsed parse_text(const std::string& text) {
  Parsed parsed;
  parsed.file = parse::parse(SourceId{0}, Source("test.trig", text), parsed.diagnostics);
  return parsed;
}

std::vector<std::string> codes(const Parsed& parsed) {
  std::vector<std::string> codes;
  for (const Diagnostic& one : parsed.diagnostics.all()) codes.emplace_back(info_of(one.code).code);
  return codes;
}

std::string repeated(std::string_view part, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += part;
  return out;
}

using Codes = std::vector<std::string>;

TEST(Parse, NoTextIsAmbiguousOrNeedsFullContext) {
  std::size_t texts = 0;
  for (const auto& [path, text] : golden::clean_example_texts()) {
    parse::LookaheadReport report = parse::lookahead_report(Source(path, text));
    EXPECT_EQ(report.ambiguities, Codes{}) << path;
    EXPECT_EQ(report.full_contexts, Codes{}) << path;
    ++texts;
  }
  EXPECT_GE(texts, 10u);
}

TEST(Parse, EmptyTextsAreFiles) {
  for (const char* text : {"", "\n", "# only a comment", "\xef\xbb\xbf", " \t\r\n"}) {
    Parsed parsed = parse_text(text);
    EXPECT_TRUE(parsed.diagnostics.all().empty()) << text;
    EXPECT_TRUE(parsed.file.declarations.empty());
  }
}

TEST(Parse, AByteOrderMarkIsSkippedAndCounts) {
  Parsed parsed = parse_text("\xef\xbb\xbftopic a");
  ASSERT_EQ(parsed.file.declarations.size(), 1u);
  EXPECT_EQ(parsed.file.declarations[0].range.begin, 3u);
}

TEST(Parse, RangesAreBytes) {
  Parsed parsed = parse_text("topic a \"é\"\ntopic b");
  ASSERT_EQ(parsed.file.declarations.size(), 2u);
  EXPECT_EQ(parsed.file.declarations[1].range, (TextRange{SourceId{0}, 13, 20}));
}

TEST(Parse, RefusesWhatIsTooLarge) {
  EXPECT_EQ(codes(parse_text(std::string(kMaxSourceBytes, ' '))), Codes{});
  EXPECT_EQ(codes(parse_text(std::string(kMaxSourceBytes + 1, ' '))), Codes{"E0005"});
}

TEST(Parse, RefusesInvalidUtf8WhereItStands) {
  for (const char* bad : {"\xff", "\x80", "\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                          "\xe0\x80\x80", "\xf5\x80\x80\x80"}) {
    Parsed parsed = parse_text("topic a # " + std::string(bad));
    ASSERT_EQ(codes(parsed), Codes{"E0006"});
    EXPECT_EQ(parsed.diagnostics.all()[0].range.begin, 10u);
  }
  EXPECT_EQ(codes(parse_text("topic a # é€😀")), Codes{});
}

// Each nests, at a depth that may be and far beyond it; the text around it would be right.
struct Nesting {
  const char* name;
  std::string before, open, middle, close, after;
  friend void PrintTo(const Nesting& nesting, std::ostream* out) { *out << nesting.name; }
};

class Depth : public testing::TestWithParam<Nesting> {};

TEST_P(Depth, IsBounded) {
  const Nesting& n = GetParam();
  auto nested = [&](std::size_t levels) {
    return n.before + repeated(n.open, levels) + n.middle + repeated(n.close, levels) + n.after +
           "\ntopic next";
  };
  std::string deep = nested(kMaxNesting / 2 - 2);
  Parsed right = parse_text(deep);
  ASSERT_EQ(codes(right), Codes{});
  std::string printed = ast::print(right.file, Source("test.trig", deep));
  Parsed again = parse_text(printed);
  EXPECT_EQ(ast::dump(again.file), ast::dump(right.file));
  EXPECT_EQ(ast::print(again.file, Source("test.trig", printed)), printed);
  for (std::size_t levels : {kMaxNesting + 1, std::size_t{100'000}}) {
    Parsed parsed = parse_text(nested(levels));
    ASSERT_EQ(codes(parsed), Codes{"E0004"}) << levels;
    ASSERT_EQ(parsed.file.declarations.size(), 1u) << "the declaration after it is read";
  }
}

INSTANTIATE_TEST_SUITE_P(
    Parse, Depth,
    testing::Values(Nesting{"parentheses", "segment s: ", "(", "1", ")", ""},
                    Nesting{"lists", "segment s: ", "[", "1", "]", ""},
                    Nesting{"records", "segment s: ", "{ a: ", "1", "}", ""},
                    Nesting{"calls", "segment s: ", "f(", "1", ")", ""},
                    Nesting{"nots", "segment s: ", "not ", "x", "", ""},
                    Nesting{"signs", "segment s: ", "- ", "x", "", ""},
                    Nesting{"since", "segment s: ", "days since ", "x", "", ""},
                    Nesting{"sums", "segment s: x", " + x", "", "", ""},
                    Nesting{"ors", "segment s: x", " or x", "", "", ""},
                    Nesting{"fallbacks", "segment s: x", " or else x", "", "", ""},
                    Nesting{"products", "segment s: x", " * x", "", "", ""},
                    Nesting{"types", "event e { a: ", "list of ", "text", "", " }"},
                    Nesting{"constants", "event e { a: list of text = ", "[", "1", "]", " }"},
                    Nesting{"blocks", "campaign c {", " when x {", " stop ", "}", "}"}),
    [](const auto& test) { return std::string(test.param.name); });

// Brackets and operators together: neither alone is too deep, the tree would be.
TEST(Parse, DepthOfTheTreeIsBounded) {
  std::string text = "segment s: " + repeated("(", 150) + "x" + repeated(" + 1)", 150);
  EXPECT_EQ(codes(parse_text(text)), Codes{});
  text = "segment s: " + repeated("(", 150) + "x" + repeated(" + 1 + 1)", 150);
  EXPECT_EQ(codes(parse_text(text)), Codes{"E0004"});
}

TEST(Parse, OpenBracketsWithoutEndAreOneMistake) {
  EXPECT_EQ(codes(parse_text("segment s: " + repeated("(", 100'000))), Codes{"E0004"});
  EXPECT_EQ(codes(parse_text("segment s: " + repeated("(", 100))), Codes{"E0001"});
  EXPECT_EQ(codes(parse_text("segment s: x" + repeated(")", 100'000))), Codes{"E0001"});
}

TEST(Parse, ReportsAtMostSoManyMistakes) {
  Parsed parsed = parse_text(repeated("topic 1\n", 2 * kMaxDiagnosticsPerFile));
  EXPECT_EQ(parsed.diagnostics.all().size(), kMaxDiagnosticsPerFile);
  parsed = parse_text(repeated("topic a 'x'\n", 2 * kMaxDiagnosticsPerFile));
  EXPECT_EQ(parsed.diagnostics.all().size(), kMaxDiagnosticsPerFile);
}

TEST(Parse, OneMistakeLeavesTheOtherDeclarations) {
  Parsed parsed = parse_text("topic a\ntopic 1\ntopic b\ncampaign c {\n  oops\n}\ntopic d\n");
  EXPECT_EQ(codes(parsed), (Codes{"E0001", "E0001"}));
  EXPECT_EQ(parsed.file.declarations.size(), 3u);
}

TEST(Parse, EditsMendTheText) {
  const std::pair<const char*, const char*> kMended[] = {
      {"campaign c { on a wait 3 hrs }", "campaign c { on a wait 3 hours }"},
      {"campaign c { on a wait 3 days unles b }", "campaign c { on a wait 3 days unless b }"},
      {"campaign c { on a Stop }", "campaign c { on a stop }"},
      {"campaign c { on a send x }", "campaign c { on a send x() }"},
      {"segment a: b = 1", "segment a: b == 1"},
      {"segment a: b && c", "segment a: b and c"},
      {"segment a: b == 'x'", "segment a: b == \"x\""},
      {"segment a: b > 20 eur", "segment a: b > 20 EUR"},
      {"event cartUpdated {}", "event cart_updated {}"},
      {"policy p { quiet 21:00 to 08:00 }", "policy p { quiet 21:00 to 08:00 local }"},
      {"policy p { quiet 21:00 to 8:00 local }", "policy p { quiet 21:00 to 08:00 local }"},
      {"policy p { rate 5 per secnd }", "policy p { rate 5 per second }"},
      {"test \"x\" { expct no send to ana }", "test \"x\" { expect no send to ana }"},
      {"topic a }", "topic a "},
  };
  for (const auto& [wrong, right] : kMended) {
    Parsed parsed = parse_text(wrong);
    ASSERT_EQ(parsed.diagnostics.all().size(), 1u) << wrong;
    ASSERT_EQ(parsed.diagnostics.all()[0].edits.size(), 1u) << wrong;
    const Edit& edit = parsed.diagnostics.all()[0].edits[0];
    std::string mended = wrong;
    mended.replace(edit.range.begin, edit.range.end - edit.range.begin, edit.replacement);
    EXPECT_EQ(mended, right);
    EXPECT_TRUE(parse_text(mended).diagnostics.all().empty()) << mended;
  }
}

TEST(Parse, AnExpressionAlone) {
  Diagnostics diagnostics;
  ast::ExprPtr expr =
      parse::parse_expression(SourceId{0}, Source("repl", "a+1 > (2)"), diagnostics);
  ASSERT_TRUE(expr);
  EXPECT_EQ(ast::print(*expr), "a + 1 > 2");
  EXPECT_FALSE(parse::parse_expression(SourceId{0}, Source("repl", "a +"), diagnostics));
  EXPECT_FALSE(parse::parse_expression(SourceId{0}, Source("repl", "a b"), diagnostics));
  EXPECT_FALSE(parse::parse_expression(SourceId{0}, Source("repl", ""), diagnostics));
  EXPECT_EQ(diagnostics.all().size(), 3u);
}

TEST(Parse, EveryWordIsALabelAndSoftWordsAreNames) {
  std::vector<std::string> all = parse::reserved_words();
  all.insert(all.end(), parse::soft_words().begin(), parse::soft_words().end());
  EXPECT_GT(parse::reserved_words().size(), 30u);
  EXPECT_GT(parse::soft_words().size(), 60u);
  for (const std::string& word : all) {
    EXPECT_EQ(codes(parse_text("event e { " + word + ": text " + word + ": integer }")), Codes{});
    EXPECT_EQ(codes(parse_text("segment s: x." + word + " == f(" + word + ": 1)")), Codes{});
  }
  for (const std::string& word : parse::soft_words()) {
    EXPECT_EQ(codes(parse_text("segment " + word + ": " + word + " == 1")), Codes{}) << word;
    EXPECT_EQ(codes(parse_text("event " + word + " {} campaign c { on " + word + " stop }")),
              Codes{})
        << word;
  }
  for (const std::string& word : parse::reserved_words())
    EXPECT_NE(codes(parse_text("event " + word + " {}")), Codes{}) << word;
}

}  // namespace
}  // namespace trig
