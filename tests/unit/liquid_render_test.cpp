// What templates print: tags, expressions, white space, partials and errors.
#include <gtest/gtest.h>

#include "tests/unit/liquid_support.h"

namespace trig::liquid {
namespace {

Map sample() {
  Data tea = Data::map({{"name", Data::text("Tea")}, {"price", Data::integer(4)}});
  Data jam = Data::map({{"name", Data::text("Jam")}, {"price", Data::integer(7)}});
  return {{"items", Data::list({tea, jam})},
          {"name", Data::text("Ada")},
          {"none", Data::list({})},
          {"n", Data::integer(3)}};
}

// The output, or "failure: …".
std::string print(const std::string& text, OutputContext context = OutputContext::kText,
                  Dialect dialect = Dialect::kTrig) {
  Bench bench;
  bench.add_partial("row", "[{{ row.name }}{{ sep }}{{ name }}]");
  bench.add_partial("assigns", "{% assign name = 'inner' %}{{ name }}");
  bench.add_partial("leaves", "a{% break %}b");
  bench.add_partial("globals", "{{ site }}");
  Template source = bench.parse(text, dialect);
  if (bench.diagnostics.has_errors()) return "error: " + bench.diagnostics.all()[0].message;
  RenderOptions options;
  options.context = context;
  options.partials = bench.loader();
  options.sources = &bench.sources;
  Result<std::string> output =
      render(source, {sample(), {{"site", Data::text("trig.example")}}}, options);
  return output ? *output : "failure: " + output.error().message;
}

struct Case {
  const char* text;
  const char* expected;
};

void run(std::initializer_list<Case> cases) {
  for (const Case& one : cases) EXPECT_EQ(print(one.text), one.expected) << one.text;
}

TEST(LiquidRender, Expressions) {
  run({{"{{ name }}", "Ada"},
       {"{{ nothing }}{{ items[9].name }}{{ name.nothing }}", ""},
       {"{{ items[0].name }}{{ items[-1].name }}{{ items.first.name }}", "TeaJamTea"},
       {"{{ items.size }}{{ name.size }}{{ items['size'] }}", "23"},
       {"{{ items[n] }}{{ ['name'] }}", "Ada"},
       {"{{ (1..n) | join: '-' }}", "1-2-3"},
       {"{{ 1.50 }} {{ -7 }} {{ true }} {{ nil }}", "1.5 -7 true "},
       {"{{ 'it''s' }}", "error: unexpected a quoted text, expected `}}`"}});
}

TEST(LiquidRender, Conditions) {
  run({{"{% if n > 2 and name == 'Ada' %}y{% else %}n{% endif %}", "y"},
       {"{% if n > 5 %}a{% elsif n == 3 %}b{% else %}c{% endif %}", "b"},
       {"{% unless n %}a{% else %}b{% endunless %}", "b"},
       {"{% if false and false or true %}y{% else %}n{% endif %}", "n"},
       {"{% if true or false and false %}y{% else %}n{% endif %}", "y"},
       {"{% if none == empty and nothing == blank %}y{% endif %}", "y"},
       {"{% if name contains 'd' and items contains 3 %}y{% else %}n{% endif %}", "n"},
       {"{% if '' and 0 %}y{% endif %}", "y"},
       {"{% if nothing < 1 or items > 1 %}y{% else %}n{% endif %}", "n"},
       {"{% if name < 1 %}y{% endif %}",
        "failure: test.liquid:1:1: cannot compare text with a number"},
       {"{% case n %}{% when 1, 2 %}a{% when 3 or 4 %}b{% else %}c{% endcase %}", "b"},
       {"{% case n %}{% when 1 %}a{% else %}c{% endcase %}", "c"}});
}

TEST(LiquidRender, Loops) {
  run({{"{% for i in items %}{{ i.name }},{% endfor %}", "Tea,Jam,"},
       {"{% for i in none %}x{% else %}empty{% endfor %}", "empty"},
       {"{% for i in (1..9) limit: 2 offset: 3 %}{{ i }}{% endfor %}", "45"},
       {"{% for i in (1..5) reversed limit: 3 %}{{ i }}{% endfor %}", "321"},
       {"{% for i in (1..4) %}{% if i == 2 %}{% continue %}{% endif %}{{ i }}"
        "{% if i == 3 %}{% break %}{% endif %}{% endfor %}",
        "13"},
       {"{% for i in (1..2) %}{% for j in (1..2) %}{{ forloop.parentloop.index }}"
        "{{ forloop.rindex0 }} {% endfor %}{% endfor %}",
        "11 10 21 20 "},
       {"{% for i in (1..4) limit: 2 %}{{ i }}{% endfor %}|"
        "{% for i in (1..4) offset: continue %}{{ i }}{% endfor %}",
        "12|34"},
       {"{% for pair in items[0] %}{{ pair[0] }}={{ pair[1] }} {% endfor %}", "name=Tea price=4 "},
       {"{% tablerow i in (1..3) cols: 2 %}{{ i }}{% endtablerow %}",
        "<tr class=\"row1\">\n<td class=\"col1\">1</td><td class=\"col2\">2</td></tr>\n"
        "<tr class=\"row2\"><td class=\"col1\">3</td></tr>\n"},
       {"{% for i in (1..3) %}{% cycle 'a', 'b' %}{% endfor %}", "aba"},
       {"{% for i in items %}{% ifchanged %}{{ i.price | at_least: 9 }}{% endifchanged %}"
        "{% endfor %}",
        "9"}});
}

TEST(LiquidRender, Variables) {
  run({{"{% assign x = name | upcase %}{{ x }}", "ADA"},
       {"{% capture x %}<{{ name }}>{% endcapture %}{{ x }}{{ x.size }}", "<Ada>5"},
       {"{% increment c %}{% increment c %}{% decrement c %}{{ c }}", "0111"},
       {"{% increment n %}{{ n }}", "34"},
       {"{% echo name %}{% # nothing %}{% comment %}{% if %}{% endcomment %}", "Ada"},
       {"{% liquid\nassign x = 2\nfor i in (1..x)\necho i\nendfor %}", "12"},
       {"{% raw %}{{ name }}{% endraw %}{% doc %}{{ x }}{% enddoc %}", "{{ name }}"}});
}

TEST(LiquidRender, WhiteSpace) {
  run({{"a  {{- name -}}  b", "aAdab"},
       {"a\n{%- if true -%}\n b \n{%- endif -%}\n c", "abc"},
       {"a {% if true %}  {% endif %} b", "a  b"},
       {"a {% for i in (1..2) %} {% assign x = i %} {% endfor %} b", "a  b"},
       {"a {%- raw -%} {{ x }} {%- endraw -%} b", "a {{ x }} b"},
       {"a {%- comment -%} x {%- endcomment -%} b", "ab"}});
}

TEST(LiquidRender, Partials) {
  run({{"{% render 'row' for items %}", "[Tea][Jam]"},
       {"{% render 'row' with items[1], sep: '-' %}", "[Jam-]"},
       {"{% render 'row', row: items[0], name: name %}", "[TeaAda]"},
       {"{% assign name = 'outer' %}{% render 'assigns' %}{{ name }}", "innerouter"},
       {"{% for i in (1..2) %}{% render 'leaves' %}{% endfor %}", "aa"},
       {"{% render 'globals' %}", "trig.example"},
       {"x{% render 'gone' %}", "failure: test.liquid:1:2: no partial is called `gone`"}});
  EXPECT_EQ(print("{% include 'assigns' %}{{ name }}", OutputContext::kText, Dialect::kConformance),
            "innerinner");
  EXPECT_EQ(print("{% include 'row' %}"), "error: no tag is called `include`");
}

TEST(LiquidRender, AFailureGivesNoPartOfTheOutput) {
  run({{"before {{ 1 | divided_by: 0 }} after", "failure: test.liquid:1:8: divided by 0"},
       {"{{ name | slice: 'x' }}", "failure: test.liquid:1:1: invalid integer"}});
}

TEST(LiquidRender, InlineErrorsAsTheReferenceHasThem) {
  Bench bench;
  Template source = bench.parse("a\n{{ 1 | divided_by: 0 }}{% assign x = 1 | modulo: 0 %}b",
                                Dialect::kConformance);
  RenderOptions options;
  options.context = OutputContext::kConformance;
  options.on_error = OnError::kInline;
  options.sources = &bench.sources;
  EXPECT_EQ(render(source, {}, options).value(), "a\nLiquid error (line 2): divided by 0b");
}

TEST(LiquidRender, HeadersAreOneLine) {
  Bench bench;
  Template source = bench.parse("Hi {{ name }}");
  RenderOptions options;
  options.context = OutputContext::kHeader;
  Scope scope;
  scope.arguments = {{"name", Data::text("Eve\r\nBcc: all@victim.example\x01")}};
  EXPECT_EQ(render(source, scope, options).value(), "Hi Eve  Bcc: all@victim.example ");
}

TEST(LiquidRender, ATreeIsRenderedManyTimesWithTheSameResult) {
  Bench bench;
  Template source = bench.parse(
      "{% increment c %}{% cycle 'a', 'b' %}{% for i in items %}{{ i }}"
      "{% endfor %}{% assign items = nil %}");
  RenderOptions options;
  Scope scope;
  scope.arguments = {{"items", Data::list({Data::integer(1), Data::integer(2)})}};
  for (int i = 0; i < 3; ++i) EXPECT_EQ(render(source, scope, options).value(), "0a12");
}

TEST(LiquidRender, ValuesOfTheProgram) {
  ExampleSignature example;
  ir::Value item = ir::Value::record(
      {std::string("Tea"), ir::Money{*Decimal::parse("19.9"), {'E' << 16 | 'U' << 8 | 'R'}},
       ir::Missing{}});
  Data items =
      from_value(ir::Value::list({item}), example.signature.arguments[0].type, example.types);
  Scope scope;
  scope.arguments = {{"items", items},
                     {"half", {*Decimal::parse("0.5")}},
                     {"day", {*parse_date("2026-03-28")}},
                     {"at", {*parse_instant("2026-03-28T22:30:00Z")}}};
  RenderOptions options;
  options.context = OutputContext::kText;
  options.zone = *Zone::find("Europe/Paris");
  Bench bench;
  auto print = [&](const char* text) { return render(bench.parse(text), scope, options).value(); };
  EXPECT_EQ(print("{{ items[0].name }} {{ items[0].price }}{{ items[0].image }}"), "Tea 19.90 EUR");
  EXPECT_EQ(print("{{ items[0].price | times: 3 | money: 'de' }}"), "59,70\xc2\xa0€");
  EXPECT_EQ(print("{{ items | map: 'price' | sum }}"), "19.90 EUR");
  EXPECT_EQ(print("{% if items[0].price >= 19.9 %}yes{% endif %}"), "yes");
  EXPECT_EQ(print("{{ half | times: 3 }} {{ half | plus: half }}"), "1.5 1");
  EXPECT_EQ(print("{{ day | date: '%-d %B %Y' }} {{ day }}"), "28 March 2026 2026-03-28");
  EXPECT_EQ(print("{{ at | date: '%H:%M %z' }}"), "23:30 +0100");
  EXPECT_EQ(render(bench.parse("{% if day < at %}x{% endif %}"), scope, options).error().message,
            "cannot compare a date with a date and time");
}

}  // namespace
}  // namespace trig::liquid
