// HTML output: what comes from data stays data, wherever it is printed.
#include <gtest/gtest.h>

#include "compiler/liquid/html_context.h"
#include "compiler/liquid/html_to_text.h"
#include "tests/unit/liquid_support.h"

namespace trig::liquid {
namespace {

std::string print_html(const std::string& text, const std::string& data) {
  Bench bench;
  Template source = bench.parse(text);
  Scope scope;
  scope.arguments = {{"x", Data::text(data)}};
  Result<std::string> output = render(source, scope, {});
  return output ? *output : "failure: " + output.error().message;
}

TEST(LiquidHtml, DataIsEscaped) {
  EXPECT_EQ(print_html("<p>{{ x }}</p>", "<b>\"&'</b>"),
            "<p>&lt;b&gt;&quot;&amp;&#39;&lt;/b&gt;</p>");
  EXPECT_EQ(print_html("{{ x | escape }}", "<"), "&lt;");
  EXPECT_EQ(print_html("{{ x | raw }}", "<b>"), "<b>");
  EXPECT_EQ(print_html("{{ '<b>' }}{{ '<i>' | append: '</i>' }}", ""), "<b><i></i>");
  EXPECT_EQ(print_html("{{ '<b>' | append: x }}", "<i>"), "&lt;b&gt;&lt;i&gt;");
  EXPECT_EQ(print_html("{{ x | newline_to_br }}", "<\n>"), "&lt;<br />\n&gt;");
  EXPECT_EQ(print_html("{% capture c %}<b>{{ x }}</b>{% endcapture %}{{ c }}", "<"), "<b>&lt;</b>");
  EXPECT_EQ(print_html("{% assign c = x | split: ',' %}{{ c }}{{ c | join: '<br>' }}", "<,>"),
            "&lt;&gt;&lt;&lt;br&gt;&gt;");
}

TEST(LiquidHtml, DecodingFiltersDoNotUncoverMarkup) {
  EXPECT_EQ(print_html("{{ x | url_decode }}", "%3Cscript%3E"), "&lt;script&gt;");
  EXPECT_EQ(
      print_html("{% capture c %}{{ x }}{% endcapture %}{{ c | url_decode }}", "%3Cscript%3E"),
      "&lt;script&gt;");
  EXPECT_EQ(print_html("{{ x | escape | base64_decode }}", "PGI+"), "&lt;b&gt;");
}

TEST(LiquidHtml, AddressesThatRunCodeAreNotPrinted) {
  for (const char* address :
       {"javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\nscript:x",
        "\x01javascript:x", "data:text/html,<script>", "vbscript:x", "java\tscript\n:x"}) {
    EXPECT_EQ(print_html("<a href=\"{{ x }}\">", address), "<a href=\"#\">") << address;
    EXPECT_EQ(print_html("<img SRC='{{ x }}'>", address), "<img SRC='#'>") << address;
    EXPECT_EQ(print_html("<a href={{ x }}>", address), "<a href=#>") << address;
    EXPECT_EQ(print_html("{% capture c %}{{ x }}{% endcapture %}<a href=\"{{ c }}\">", address),
              "<a href=\"#\">")
        << address;
    EXPECT_EQ(print_html("<a href=\"java{{ x | slice: 4, 99 }}\">", "javascript:x"),
              "<a href=\"java\">");
  }
  EXPECT_EQ(print_html("<a href=\"{{ x }}\">", "https://a.example/?a=1&b=2"),
            "<a href=\"https://a.example/?a=1&amp;b=2\">");
  EXPECT_EQ(print_html("<a href=\"https://a.example/?q={{ x }}\">", "javascript:x"),
            "<a href=\"https://a.example/?q=javascript:x\">");
  EXPECT_EQ(print_html("<p title=\"{{ x }}\">", "javascript:x"), "<p title=\"javascript:x\">");
  EXPECT_EQ(print_html("<a href=\"{{ x }}\">", "mailto:a@b.example"),
            "<a href=\"mailto:a@b.example\">");
}

// A scheme that is put together from several outputs is seen too.
TEST(LiquidHtml, AddressesInPieces) {
  auto print_pieces = [](const std::string& text, const std::string& a, const std::string& b) {
    Bench bench;
    Scope scope;
    scope.arguments = {{"a", Data::text(a)}, {"b", Data::text(b)}};
    return render(bench.parse(text), scope, {}).value();
  };
  const char* quoted = "<a href=\"{{ a }}{{ b }}\">";
  EXPECT_EQ(print_pieces(quoted, "java", "script:x"), "<a href=\"java\">");
  EXPECT_EQ(print_pieces(quoted, std::string(100, ' '), "javascript:x"),
            "<a href=\"" + std::string(100, ' ') + "#\">");
  EXPECT_EQ(print_pieces("<a href={{ a }}{{ b }}>", " ", "javascript:x"), "<a href=&#32;>");
  EXPECT_EQ(print_pieces("<a href=\"{{ a }}:{{ b }}\">", "javascript", "x"),
            "<a href=\"javascript:\">");
  EXPECT_EQ(print_pieces(quoted, "&#106;", "avascript:x"), "<a href=\"&amp;#106;avascript:x\">");
  EXPECT_EQ(print_pieces(quoted, "https:", "//a.example"), "<a href=\"https://a.example\">");
}

// Where escaping does not help, only harmless characters are left.
TEST(LiquidHtml, DataCannotLeaveItsPlace) {
  struct Case {
    const char* text;
    const char* data;
    const char* expected;
  };
  for (const Case& one : std::initializer_list<Case>{
           {"<p title={{ x }}>", "a onclick=alert(1)", "<p title=a&#32;onclick&#61;alert(1)>"},
           {"<p title=a{{ x }}>", "><script>", "<p title=a&gt;&lt;script&gt;>"},
           {"<p {{ x }}>", "onclick=alert(1)", "<p onclickalert1>"},
           {"<{{ x }}>", "script>alert(1)</script", "<scriptalert1script>"},
           {"<p onclick=\"f({{ x }})\">", "1);alert('x'", "<p onclick=\"f(1alertx)\">"},
           {"<p style=\"color: {{ x }}\">", "red;background:url(//e.example)",
            "<p style=\"color: redbackgroundurl//e.example\">"},
           {"<p style=\"color: {{ x }}\">", "#ff0000", "<p style=\"color: #ff0000\">"},
           {"<script>f({{ x }})</script>", "</script><img src=x>",
            "<script>f(/scriptimg srcx)</script>"},
           {"<style>p { color: {{ x }} }</style>{{ x }}", "red}</style>",
            "<style>p { color: red/style }</style>red}&lt;/style&gt;"},
           {"<!-- {{ x }} -->{{ x }}", "--><b>", "<!-- --&gt;&lt;b&gt; -->--&gt;&lt;b&gt;"},
           {"<p title='{{ x }}'>", "'><script>", "<p title='&#39;&gt;&lt;script&gt;'>"}})
    EXPECT_EQ(print_html(one.text, one.data), one.expected) << one.text;
}

// A corpus of attacks in every place: none may add a tag, an attribute or a scheme.
TEST(LiquidHtml, AttacksAddNoElement) {
  const std::vector<std::string> attacks = {"<script>alert(1)</script>",
                                            "\"><img src=x onerror=alert(1)>",
                                            "'><svg/onload=alert(1)>",
                                            "</title><script>x</script>",
                                            "javascript:alert(1)",
                                            "--><script>x</script>",
                                            "<iframe src=javascript:x>",
                                            "&lt;script&gt;",
                                            "<<script>>",
                                            "\" onmouseover=\"x",
                                            "<img src=\"x\" onerror='y'>",
                                            "</a><a href=javascript:x>",
                                            "%3Cscript%3E",
                                            "{{ 7 }}",
                                            "<math><mi xlink:href=\"data:x,<script>\">",
                                            "expression(alert(1))"};
  for (const std::string& attack : attacks) {
    std::string html = print_html(
        "<p title=\"{{ x }}\">{{ x }}</p><a href='{{ x }}'>{{ x | upcase }}</a>", attack);
    EXPECT_EQ(std::count(html.begin(), html.end(), '<'), 4) << html;
    EXPECT_EQ(std::count(html.begin(), html.end(), '"'), 2) << html;
    EXPECT_EQ(std::count(html.begin(), html.end(), '\''), 2) << html;
    EXPECT_EQ(html.find("href='javascript:"), std::string::npos) << html;
  }
}

TEST(LiquidHtml, HtmlToText) {
  struct Case {
    const char* html;
    const char* expected;
  };
  for (const Case& one : std::initializer_list<Case>{
           {"<p>See <a href=\"https://a.example\">here</a>.</p>",
            "See here (https://a.example).\n"},
           {"<a href=\"https://a.example\">https://a.example</a>", "https://a.example\n"},
           {"<a href='mailto:a@b.example'>Write</a>", "Write (a@b.example)\n"},
           {"<a href=\"https://a.example\"><img src=x alt=Logo></a>", "Logo (https://a.example)\n"},
           {"<a href=\"https://a.example\"><img src=x></a>", "https://a.example\n"},
           {"<h1>Big</h1><p>one<br>two</p><p>three</p>", "Big\n\none\ntwo\n\nthree\n"},
           {"<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>d", "- a\n- b\n  - c\n\nd\n"},
           {"<ol><li>a<li>b</ol>", "1. a\n2. b\n"},
           {"<table><tr><td>Tea</td><td>4 EUR</td></tr><tr><td>Jam</td><td>7</td></tr></table>",
            "Tea 4 EUR\nJam 7\n"},
           {"a &amp; b&nbsp;c &#8364; &#x41; &unknown; &hellip;", "a & b c € A &unknown; …\n"},
           {"<style>p{}</style><script>x<y</script><title>t</title>text", "text\n"},
           {"<div style=\"display: none\">hid<div>den</div></div>seen", "seen\n"},
           {"<p hidden>x</p>y<!-- z -->", "y\n"},
           {"  a \n  b  ", "a b\n"},
           {"3 < 4 and <b>bold</b>", "3 < 4 and bold\n"},
           {"", ""}})
    EXPECT_EQ(html_to_text(one.html), one.expected) << one.html;
}

TEST(LiquidHtml, HtmlToTextEndsOnBrokenHtml) {
  for (const char* html :
       {"<", "<a", "<a href", "<a href=", "<a href=\"", "<!--", "</", "<script>",
        "<p style='display:none'>x", "&#99999999999;", "<a></a></a>", "</ul></li>"})
    EXPECT_LE(html_to_text(html).size(), 40u) << html;
}

}  // namespace
}  // namespace trig::liquid
