// Every filter, with its edges.
#include <gtest/gtest.h>

#include "tests/unit/liquid_support.h"

namespace trig::liquid {
namespace {

std::string print_filtered(const std::string& text) {
  Bench bench;
  Template source = bench.parse(text);
  if (bench.diagnostics.has_errors()) return "error: " + bench.diagnostics.all()[0].message;
  Data shoe =
      Data::map({{"n", Data::text("shoe")}, {"p", Data::integer(9)}, {"on", Data::boolean(true)}});
  Data hat = Data::map({{"n", Data::text("Hat")}, {"p", Data::integer(5)}, {"on", {}}});
  Scope scope;
  scope.arguments = {
      {"a", Data::list({shoe, hat})},
      {"w", Data::list({Data::text("b"), {}, Data::text("A"), Data::text("b")})},
      {"html", Data::text("<b>&amp; \"x\"</b>")},
      {"money", {ir::Money{*Decimal::parse("1234.5"), {'E' << 16 | 'U' << 8 | 'R'}}}},
      {"yen", {ir::Money{*Decimal::parse("500"), {'J' << 16 | 'P' << 8 | 'Y'}}}},
      {"usd", {ir::Money{*Decimal::parse("1"), {'U' << 16 | 'S' << 8 | 'D'}}}}};
  RenderOptions options;
  options.context = OutputContext::kText;
  options.now = *parse_instant("2026-02-28T12:00:00Z");
  Result<std::string> output = render(source, scope, options);
  return output ? *output : "failure: " + output.error().message;
}

struct FilterCase {
  const char* expression;
  const char* expected;
};

void run_filters(std::initializer_list<FilterCase> cases) {
  for (const FilterCase& one : cases)
    EXPECT_EQ(print_filtered("{{ " + std::string(one.expression) + " }}"), one.expected)
        << one.expression;
}

TEST(LiquidFilters, Text) {
  run_filters({{"'a' | append: 1 | prepend: nil", "a1"},
               {"'éa ß' | upcase", "ÉA ß"},
               {"'ÀB' | downcase", "àb"},
               {"'élan VITAL' | capitalize", "Élan vital"},
               {"' a  b ' | strip | append: '|'", "a  b|"},
               {"' a ' | lstrip | append: '|'", "a |"},
               {"' a ' | rstrip | append: '|'", " a|"},
               {"'  a \n b ' | squish", "a b"},
               {"'aXbX' | replace: 'X', '-'", "a-b-"},
               {"'aXbX' | replace_first: 'X', '-'", "a-bX"},
               {"'aXbX' | replace_last: 'X', '-'", "aXb-"},
               {"'ab' | replace: '', '-'", "-a-b-"},
               {"'aXbX' | remove: 'X'", "ab"},
               {"'aXbX' | remove_first: 'X'", "abX"},
               {"'aXbX' | remove_last: 'X'", "aXb"},
               {"'äöü' | slice: 1", "ö"},
               {"'hello' | slice: -3, 2", "ll"},
               {"'hello' | slice: 9", ""},
               {"'äöüäöü' | truncate: 5", "äö..."},
               {"'hello' | truncate: 3, ''", "hel"},
               {"'one two three' | truncatewords: 2", "one two..."},
               {"'a,b,,' | split: ',' | size", "2"},
               {"'äb' | split: '' | join: '-'", "ä-b"},
               {"'a\nb' | newline_to_br", "a<br />\nb"},
               {"'a\r\nb' | strip_newlines", "ab"},
               {"'<p>a<!-- x --><script>y</script></p>' | strip_html", "a"}});
}

TEST(LiquidFilters, Encodings) {
  run_filters({{"html | escape", "&lt;b&gt;&amp;amp; &quot;x&quot;&lt;/b&gt;"},
               {"html | escape_once", "&lt;b&gt;&amp; &quot;x&quot;&lt;/b&gt;"},
               {"'a b&c/é' | url_encode", "a+b%26c%2F%C3%A9"},
               {"'a+b%26%zz' | url_decode", "a b&%zz"},
               {"'%ff' | url_decode", "failure: invalid byte sequence in UTF-8"},
               {"'a?b>' | base64_encode", "YT9iPg=="},
               {"'YT9iPg==' | base64_decode", "a?b>"},
               {"'*' | base64_decode", "failure: invalid base64 provided to base64_decode"},
               {"'a?b>~~' | base64_url_safe_encode", "YT9iPn5-"},
               {"'YT9iPn5-' | base64_url_safe_decode", "a?b>~~"}});
}

TEST(LiquidFilters, Numbers) {
  run_filters({{"10.1 | plus: 2.2", "12.3"},
               {"'3' | plus: '4.5'", "7.5"},
               {"'12 cm' | minus: 2", "10"},
               {"0.1 | times: 3", "0.3"},
               {"7 | divided_by: 2", "3"},
               {"-7 | divided_by: 2", "-4"},
               {"7.0 | divided_by: 2", "3.5"},
               {"-7 | modulo: 3", "2"},
               {"7.5 | modulo: 2", "1.5"},
               {"1 | divided_by: 0", "failure: divided by 0"},
               {"1 | modulo: 0.0", "failure: divided by 0"},
               {"9223372036854775807 | plus: 1", "failure: a number in the template is too large"},
               {"-3.5 | abs", "3.5"},
               {"2.5 | round", "3"},
               {"-2.5 | round", "-3"},
               {"2.345 | round: 2", "2.35"},
               {"1234 | round: -2", "1200"},
               {"-1.2 | ceil", "-1"},
               {"-1.2 | floor", "-2"},
               {"3 | at_least: 5", "5"},
               {"3 | at_most: 2.5", "2.5"},
               {"1e3", "error: unexpected `e3`, expected `}}`"},
               {"100000000000000000000.0", "1.0e+20"},
               {"0.00001", "1.0e-05"}});
}

TEST(LiquidFilters, Money) {
  run_filters(
      {{"money", "1234.50 EUR"},
       {"money | money", "1234.50 EUR"},
       {"money | money: 'en'", "€1,234.50"},
       {"money | money: 'fr'",
        "1\xc2\xa0"
        "234,50\xc2\xa0€"},
       {"money | money: 'de-AT'", "1.234,50\xc2\xa0€"},
       {"yen | money: 'en'", "¥500"},
       {"money | plus: money", "2469.00 EUR"},
       {"money | divided_by: 4 | round: 1", "308.60 EUR"},
       {"money | plus: usd", "failure: 1234.50 EUR and 1.00 USD are of different currencies"},
       {"money | times: money", "failure: 1234.50 EUR is not a plain number"},
       {"'5' | money", "failure: `money` takes an amount of money, not \"5\""}});
}

TEST(LiquidFilters, Lists) {
  run_filters({{"a | map: 'n' | join: ', '", "shoe, Hat"},
               {"a | where: 'on' | map: 'n' | join", "shoe"},
               {"a | where: 'p', 5 | map: 'n' | join", "Hat"},
               {"a | reject: 'on' | map: 'n' | join", "Hat"},
               {"a | sort: 'n' | map: 'n' | join", "Hat shoe"},
               {"a | sort_natural: 'n' | map: 'n' | join", "Hat shoe"},
               {"a | sort: 'p' | map: 'p' | join", "5 9"},
               {"a | sum: 'p'", "14"},
               {"a | has: 'p', 5", "true"},
               {"a | has: 'p', 6", "false"},
               {"a | find_index: 'p', 5", "1"},
               {"w | compact | uniq | join: '-'", "b-A"},
               {"w | sort | join: '-'", "A-b-b-"},
               {"w | reverse | first", "b"},
               {"w | last", "b"},
               {"w | concat: w | size", "8"},
               {"w | concat: 'x'", "failure: concat filter requires an array argument"},
               {"'1,2' | split: ',' | sum", "3"},
               {"(1..4) | reverse | join", "4 3 2 1"},
               {"5 | join: '-'", "5"},
               {"nil | default: 'x'", "x"},
               {"false | default: 'x', allow_false: true", "false"},
               {"'' | default: 'x'", "x"}});
  EXPECT_EQ(print_filtered("{% assign f = a | find: 'p', 5 %}{{ f.n }}"), "Hat");
}

TEST(LiquidFilters, Dates) {
  run_filters(
      {{"'now' | date: '%Y-%m-%d %H:%M'", "2026-02-28 12:00"},
       {"'today' | date: '%j'", "059"},
       {"1457913600 | date: '%F %T %z %Z'", "2016-03-14 00:00:00 +0000 UTC"},
       {"'March 14, 2016' | date: '%A %e %b %y'", "Monday 14 Mar 16"},
       {"'14th of march 2016 5:03pm' | date: '%-d/%-m/%Y %I:%M %p %l'", "14/3/2016 05:03 PM  5"},
       {"'2016-03-14T10:30:05.25+02:00' | date: '%s %L %:z'", "1457944205 250 +02:00"},
       {"'14/03/2016' | date: '%F'", "2016-03-14"},
       {"'2021-01-03' | date: '%G-W%V-%u %U %W'", "2020-W53-7 01 00"},
       {"'2016-03-14' | date: '%^a %10Y %_m %q'", "MON 0000002016  3 %q"},
       {"'no date' | date: '%F'", "no date"},
       {"'2016-02-30' | date: '%F'", "2016-02-30"},
       {"'now' | date: '%9999Y'", "failure: a width in the date pattern is too large"},
       {"nil | date: '%F'", ""},
       {"'now' | date: ''", "now"}});
}

TEST(LiquidFilters, EveryFilterIsKnownByName) {
  EXPECT_GE(filter_names().size(), 60u);
  for (const std::string& name : filter_names()) {
    const FilterInfo* filter = find_filter(name);
    ASSERT_NE(filter, nullptr) << name;
    EXPECT_LE(filter->least, filter->most) << name;
  }
  EXPECT_EQ(find_filter("uppercase"), nullptr);
}

}  // namespace
}  // namespace trig::liquid
