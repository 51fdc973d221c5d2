// Templates against their signature: exact places, facts from conditions, partials.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/liquid_support.h"

namespace trig::liquid {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> check_reports(const std::string& text,
                                       const std::map<std::string, std::string>& partials = {}) {
  Bench bench;
  for (const auto& [name, partial] : partials) bench.add_partial(name, partial);
  bench.check(text);
  return bench.reports();
}

TEST(LiquidCheck, Names) {
  EXPECT_THAT(check_reports("{{ cod }}"), ElementsAre("E0420 cod"));
  EXPECT_THAT(check_reports("{{ code }}{{ unsubscribe_url }}{{ postal_address }}"), IsEmpty());
  EXPECT_THAT(check_reports("{{ person.mail }}"), ElementsAre("E0421 mail"));
  EXPECT_THAT(
      check_reports("{% for i in items %}{{ i.nam }}{{ forloop.index }}{% endfor %}{{ i }}"),
      ElementsAre("E0421 nam", "E0420 i"));
  EXPECT_THAT(
      check_reports("{{ items.name }}{{ code.name }}{{ items[0].name }}{{ items.first.name }}"),
      ElementsAre("E0421 name", "E0421 name"));
  EXPECT_THAT(
      check_reports("{% assign x = code %}{{ x.size }}{% capture y %}{% endcapture %}{{ y }}"),
      IsEmpty());
  EXPECT_THAT(check_reports("{{ later }}{% assign later = 1 %}"), ElementsAre("E0420 later"));
  EXPECT_THAT(check_reports("{% for i in items %}{% if last == i.name %}{% endif %}"
                            "{% assign last = i.name %}{% endfor %}"),
              IsEmpty());
}

TEST(LiquidCheck, HintsNameTheClosest) {
  Bench bench;
  bench.check("{{ person.frist_name | default: '' }}");
  ASSERT_EQ(bench.diagnostics.all().size(), 1u);
  EXPECT_EQ(bench.diagnostics.all()[0].message, "`person` has no field `frist_name`");
  EXPECT_EQ(bench.diagnostics.all()[0].hint_text, "did you mean `first_name`?");
}

TEST(LiquidCheck, OnlyListsAreIterated) {
  EXPECT_THAT(check_reports("{% for i in code %}{% endfor %}"), ElementsAre("E0422 code"));
  EXPECT_THAT(check_reports("{% for i in person %}{% endfor %}"), ElementsAre("E0422 person"));
  EXPECT_THAT(check_reports("{% tablerow i in total %}{% endtablerow %}"),
              ElementsAre("E0422 total"));
  EXPECT_THAT(check_reports("{{ code | join: ',' }}"), ElementsAre("E0422 code"));
  EXPECT_THAT(check_reports("{% for i in (1..3) %}{{ i }}{% endfor %}"), IsEmpty());
  EXPECT_THAT(
      check_reports("{% assign x = code | split: ',' %}{% for i in x %}{{ i }}{% endfor %}"),
      IsEmpty());
}

TEST(LiquidCheck, WhatMayBeMissingNeedsAFallback) {
  EXPECT_THAT(check_reports("{{ person.first_name }}"), ElementsAre("E0423 person.first_name"));
  EXPECT_THAT(check_reports("{{ person.first_name | upcase }}"),
              ElementsAre("E0423 person.first_name | upcase"));
  EXPECT_THAT(check_reports("{{ 'Hi ' | append: person.first_name }}"),
              ElementsAre("E0423 person.first_name"));
  EXPECT_THAT(check_reports("{{ until | date: '%F' }}"), ElementsAre("E0423 until | date: '%F'"));
  EXPECT_THAT(check_reports("{{ person.first_name | upcase | default: 'you' }}"), IsEmpty());
  EXPECT_THAT(check_reports("{{ person.first_name | default: until }}"),
              ElementsAre("E0423 person.first_name | default: until"));
  EXPECT_THAT(check_reports("{% assign n = person.first_name | default: 'you' %}{{ n }}"),
              IsEmpty());
  EXPECT_THAT(check_reports("{% assign n = person.first_name %}{{ n }}"), ElementsAre("E0423 n"));
  EXPECT_THAT(check_reports("{% for i in items %}{{ i.image }}{% endfor %}"),
              ElementsAre("E0423 i.image"));
  EXPECT_THAT(check_reports("{{ person.first_name.size }}"),
              ElementsAre("E0423 person.first_name.size"));
}

TEST(LiquidCheck, ConditionsKnowWhatIsThere) {
  auto inside = [](const std::string& condition) {
    return check_reports("{% if " + condition + " %}{{ person.first_name }}{% endif %}");
  };
  for (const char* enough : {"person.first_name", "person.first_name != blank",
                             "person.first_name != nil", "code and person.first_name",
                             "person.first_name == 'Ada'", "person.first_name contains 'a'"})
    EXPECT_THAT(inside(enough), IsEmpty()) << enough;
  for (const char* not_enough : {"code", "person.first_name or code", "person.first_name == nil",
                                 "person.first_name != 'Ada'", "person.birthday"})
    EXPECT_THAT(inside(not_enough), ElementsAre("E0423 person.first_name")) << not_enough;

  EXPECT_THAT(check_reports("{% if person.first_name == blank %}x{% else %}{{ person.first_name }}"
                            "{% endif %}"),
              IsEmpty());
  EXPECT_THAT(check_reports("{% unless person.first_name %}x{% else %}{{ person.first_name }}"
                            "{% endunless %}"),
              IsEmpty());
  EXPECT_THAT(check_reports("{% if person.first_name %}{% endif %}{{ person.first_name }}"),
              ElementsAre("E0423 person.first_name"));
  EXPECT_THAT(check_reports("{% case person.first_name %}{% when 'Ada' %}{{ person.first_name }}"
                            "{% else %}{{ person.first_name }}{% endcase %}"),
              ElementsAre("E0423 person.first_name"));
}

TEST(LiquidCheck, FiltersKeepTypes) {
  EXPECT_THAT(check_reports("{{ items | map: 'nam' | join }}"), ElementsAre("E0421 nam"));
  EXPECT_THAT(check_reports("{% assign c = items | sort: 'price' | first %}{{ c.name }}{{ c.x }}"),
              ElementsAre("E0421 x"));
  EXPECT_THAT(check_reports("{% assign c = items | where: 'name', 'x' %}{% for i in c %}{{ i.y }}"
                            "{% endfor %}"),
              ElementsAre("E0421 y"));
  EXPECT_THAT(check_reports("{% assign c = items | find: 'name', 'x' %}{{ c.name }}"),
              ElementsAre("E0423 c.name"));
  EXPECT_THAT(
      check_reports("{{ items | map: 'price' | sum | money }}{{ total | times: 2 | money }}"),
      IsEmpty());
  EXPECT_THAT(check_reports("{{ items.size | money }}"), ElementsAre("E0427 money"));
  EXPECT_THAT(check_reports("{{ items }}{{ person }}"), ElementsAre("E0426 items", "E0426 person"));
  EXPECT_THAT(check_reports("{{ code | default: nothing }}"), ElementsAre("E0420 nothing"));
}

TEST(LiquidCheck, PartialsAreCheckedWithWhatTheyGet) {
  std::map<std::string, std::string> partials = {{"row", "{{ row.name }}{{ row.bad }}{{ code }}"},
                                                 {"name", "{{ first }}"},
                                                 {"a", "{% render 'b' %}"},
                                                 {"b", "{% render 'a' %}"}};
  EXPECT_THAT(check_reports("{% render 'row' for items %}", partials),
              ElementsAre("E0421 bad", "E0420 code"));
  EXPECT_THAT(check_reports("{% render 'name', first: person.first_name %}", partials),
              ElementsAre("E0423 first"));
  EXPECT_THAT(check_reports("{% render 'name', first: code %}", partials), IsEmpty());
  EXPECT_THAT(check_reports("{% render 'nmae' %}", partials), ElementsAre("E0416 'nmae'"));
  EXPECT_THAT(check_reports("{% render 'a' %}", partials), ElementsAre("E0417 'a'"));
  EXPECT_THAT(check_reports("{% render 'row' for code %}", partials),
              testing::Contains("E0422 code"));
}

TEST(LiquidCheck, MarketingCarriesItsFooterOnEveryPath) {
  const std::string head = "---\nsubject: s\n---\n";
  const std::string url = "{{ unsubscribe_url }}";
  const std::string address = "{{ postal_address }}";
  EXPECT_THAT(check_reports(head + url + address), IsEmpty());
  EXPECT_THAT(check_reports(head + "x"), ElementsAre("E0424 ", "E0425 "));
  EXPECT_THAT(check_reports(head + url), ElementsAre("E0425 "));
  EXPECT_THAT(check_reports(head + address + "{% if person.first_name %}" + url + "{% endif %}"),
              ElementsAre("E0424 "));
  EXPECT_THAT(check_reports(head + address + "{% if person.first_name %}" + url + "{% else %}" +
                            url + "{% endif %}"),
              IsEmpty());
  EXPECT_THAT(check_reports(head + address + "{% for i in items %}" + url + "{% endfor %}"),
              ElementsAre("E0424 "));
  EXPECT_THAT(check_reports(head + address + "{% if unsubscribe_url %}{% endif %}"),
              ElementsAre("E0424 "));
  EXPECT_THAT(check_reports(head + "{% render 'f' %}", {{"f", url + address}}), IsEmpty());
  EXPECT_THAT(check_reports("---\nsubject: s\nclass: transactional\n---\nx"), IsEmpty());
  EXPECT_THAT(check_reports("---\nclass: transactional\n---\nx"), ElementsAre("E0415 "));
}

TEST(LiquidCheck, TheFooterHintGoesBeforeTheEndOfTheBody) {
  Bench bench;
  bench.check("---\nsubject: s\n---\n<body>x</body>");
  const Diagnostic& diagnostic = bench.diagnostics.all().at(0);
  std::uint32_t end = bench.sources[diagnostic.range.source].text().find("</body>");
  EXPECT_EQ(diagnostic.range.begin, end);
  ASSERT_EQ(diagnostic.edits.size(), 1u);
  EXPECT_NE(diagnostic.edits[0].replacement.find("{{ unsubscribe_url }}"), std::string::npos);
}

}  // namespace
}  // namespace trig::liquid
