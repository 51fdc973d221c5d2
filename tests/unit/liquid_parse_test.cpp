// Mistakes in templates: each is told once, at its narrowest place, and the rest is still parsed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/liquid_support.h"

namespace trig::liquid {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> parse_reports(const std::string& text, Dialect dialect = Dialect::kTrig) {
  Bench bench;
  bench.parse(text, dialect);
  return bench.reports();
}

TEST(LiquidParse, UnclosedOutputsAndTags) {
  EXPECT_THAT(parse_reports("a {{ b"), ElementsAre("E0401 {{"));
  EXPECT_THAT(parse_reports("a {% if b"), ElementsAre("E0401 {%"));
  EXPECT_THAT(parse_reports("{{ a <p>{{ b }}</p>{{ c }"), ElementsAre("E0401 {{", "E0401 {{"));
  EXPECT_THAT(parse_reports("{{ '{{' }}{{ \"{%\" }}"), IsEmpty());
}

TEST(LiquidParse, UnclosedBlocks) {
  EXPECT_THAT(parse_reports("{% if a %}x"), ElementsAre("E0402 if"));
  EXPECT_THAT(parse_reports("{% for a in b %}{% if a %}{% endfor %}"), ElementsAre("E0402 if"));
  EXPECT_THAT(parse_reports("{% if a %}{% else %}x"), ElementsAre("E0402 if"));
  EXPECT_THAT(parse_reports("{% raw %}x"), ElementsAre("E0402 raw"));
  EXPECT_THAT(parse_reports("{% comment %}{% comment %}{% endcomment %}"),
              ElementsAre("E0402 comment"));
  EXPECT_THAT(parse_reports("{% liquid\nif a\necho a %}{% if b %}{% endif %}"),
              ElementsAre("E0402 if"));
  EXPECT_THAT(parse_reports("{% if a %}{% liquid endif %}{% endif %}"), ElementsAre("E0404 endif"));
}

TEST(LiquidParse, UnknownNames) {
  EXPECT_THAT(parse_reports("{% fro a in b %}{{ a | upcas }}{% iff %}"),
              ElementsAre("E0403 fro", "E0405 upcas", "E0403 iff"));
  EXPECT_THAT(parse_reports("{% endif %}{% else %}{% endfoo %}"),
              ElementsAre("E0404 endif", "E0404 else", "E0404 endfoo"));
  EXPECT_THAT(parse_reports("{% %}"), ElementsAre("E0407 "));
  EXPECT_THAT(parse_reports("{{ a | nope | upcase }}", Dialect::kConformance), IsEmpty());
}

TEST(LiquidParse, WordsInTheWrongPlace) {
  EXPECT_THAT(parse_reports("{{ a b }}"), ElementsAre("E0407 b"));
  EXPECT_THAT(parse_reports("{{ a..b }}"), ElementsAre("E0407 .."));
  EXPECT_THAT(parse_reports("{{ a | }}"), ElementsAre("E0407 "));
  EXPECT_THAT(parse_reports("{{ a | append: }}"), ElementsAre("E0407 "));
  EXPECT_THAT(parse_reports("{% if a = b %}{% endif %}"), ElementsAre("E0407 ="));
  EXPECT_THAT(parse_reports("{% if a && b %}{% endif %}"), ElementsAre("E0407 &"));
  EXPECT_THAT(parse_reports("{% for a of b %}{% endfor %}"), ElementsAre("E0407 of"));
  EXPECT_THAT(parse_reports("{% for a in b limits: 2 %}{% endfor %}"), ElementsAre("E0407 limits"));
  EXPECT_THAT(parse_reports("{% assign a = 1 - 2 %}"), ElementsAre("E0407 -"));
  EXPECT_THAT(parse_reports("{% assign a? = 1 %}"), ElementsAre("E0407 a?"));
  EXPECT_THAT(parse_reports("{% assign a = %}"), ElementsAre("E0407 "));
  EXPECT_THAT(parse_reports("{% render name %}"), ElementsAre("E0407 name"));
  EXPECT_THAT(parse_reports("{% case a %}{% when %}x{% endcase %}"), ElementsAre("E0407 "));
  EXPECT_THAT(parse_reports("{{ é }}"), ElementsAre("E0407 é"));
  EXPECT_THAT(parse_reports("{{ a | append: \"x }}"), ElementsAre("E0408 \""));
  EXPECT_THAT(parse_reports("{%\n # a\n b %}"), ElementsAre("E0407 b"));
}

TEST(LiquidParse, FilterArguments) {
  EXPECT_THAT(parse_reports("{{ a | append }}{{ a | upcase: 1, 2 }}{{ a | join: x: 1 }}"),
              ElementsAre("E0406 append", "E0406 1, 2", "E0406 x: 1"));
}

TEST(LiquidParse, TheReferenceIsMoreTolerant) {
  EXPECT_THAT(parse_reports("{{ a | append: }}", Dialect::kConformance), ElementsAre("E0406 "));
  const char* text = "{% if a %}1{% else %}2{% else b %}3{% endif %}";
  EXPECT_THAT(parse_reports(text), ElementsAre("E0404 else", "E0407 b"));
  EXPECT_THAT(parse_reports(text, Dialect::kConformance), IsEmpty());
}

TEST(LiquidParse, OneMistakeDoesNotHideTheNext) {
  EXPECT_THAT(
      parse_reports("{% if a b %}{{ c d }}{% endif %}{% for x %}{{ y | z }}{% endfor %}{{ e f }}"),
      ElementsAre("E0407 b", "E0407 d", "E0407 ", "E0405 z", "E0407 f"));
}

TEST(LiquidParse, HintsCanBeApplied) {
  Bench bench;
  bench.parse("{{ a | upcas }}");
  const Diagnostic& diagnostic = bench.diagnostics.all().at(0);
  EXPECT_EQ(diagnostic.hint_text, "did you mean `upcase`?");
  ASSERT_EQ(diagnostic.edits.size(), 1u);
  EXPECT_EQ(diagnostic.edits[0].replacement, "upcase");
  EXPECT_EQ(bench.sources.text_of(diagnostic.edits[0].range), "upcas");
}

TEST(LiquidParse, EveryPrefixOfATemplateEnds) {
  std::string text =
      "---\nsubject: {{ a }}\n---\n{%- liquid\n if a\n echo 'b'\n endif -%}{% case a %}{% when 1 "
      "or "
      "2 %}{% raw %}{{{% endraw %}{% else %}{% endcase %}{% tablerow x in (1..3) cols: 2 %}{{ "
      "x[0].b"
      " | split: \"a\" }}{% endtablerow %}{% comment %}{% {{ }} {% endcomment %}{% doc %}{% enddoc "
      "%}";
  for (std::size_t size = 0; size <= text.size(); ++size) {
    Bench bench;
    MailTemplate mail = parse_mail_template(bench.sources, bench.add(text.substr(0, size)).source,
                                            bench.diagnostics);
    ASSERT_NE(mail.body.body, nullptr);
    EXPECT_LE(bench.diagnostics.all().size(), 4u) << text.substr(0, size);
  }
}

}  // namespace
}  // namespace trig::liquid
