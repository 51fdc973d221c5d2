// Fuzzes templates. Whatever the text, parsing and checking end, every diagnostic points into its
// source, rendering is bounded and always gives the same, and what data brings never becomes an
// element of the page. The first byte chooses the dialect and the context.
#include <cstdint>
#include <string>

#include "compiler/base/check.h"
#include "compiler/base/limits.h"
#include "compiler/liquid/html_to_text.h"
#include "tests/fuzz/places.h"
#include "tests/fuzz/standalone_main.h"
#include "tests/unit/liquid_support.h"

namespace {

using namespace trig;
using namespace trig::liquid;

constexpr const char* kAttack = "javascript:\"'></script></style>--><x9q onload=1>&lt;%3Cx9q%3E";
constexpr const char* kElement = "<x9q onload=";

Scope attacking_scope() {
  Data attack = Data::text(kAttack);
  Data item = Data::map({{"name", attack}, {"price", Data::integer(3)}, {"image", {}}});
  Scope scope;
  scope.arguments = {{"items", Data::list({item, item})},
                     {"code", attack},
                     {"total", Data::real(12.5)},
                     {"until", attack}};
  scope.globals = {{"person", Data::map({{"first_name", attack}, {"email", attack}})},
                   {"unsubscribe_url", attack}};
  return scope;
}

void check_rendering(Bench& bench, const Template& source, OutputContext context,
                     const std::string& text) {
  RenderOptions options;
  options.context = context;
  options.partials = bench.loader();
  Scope scope = attacking_scope();
  Result<std::string> first = render(source, scope, options);
  Result<std::string> second = render(source, scope, options);
  TRIG_CHECK(first.has_value() == second.has_value(), "rendering is not deterministic");
  if (!first) return;
  TRIG_CHECK(*first == *second, "rendering is not deterministic");
  TRIG_CHECK(first->size() <= kMaxTemplateOutputBytes, "the output is too large");
  if (context == OutputContext::kHeader)
    TRIG_CHECK(first->find('\n') == first->npos, "a header of two lines");
  if (context != OutputContext::kHtml) return;
  bool raw = text.find("raw") != text.npos;  // the author's own decision
  TRIG_CHECK(raw || first->find(kElement) == first->npos, "data became an element");
  html_to_text(*first);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  auto context = static_cast<OutputContext>(data[0] % 4);
  Dialect dialect = data[0] & 4 ? Dialect::kConformance : Dialect::kTrig;
  std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  Bench bench;
  bench.add_partial("row", "<td title={{ row.name }}>{{ row.name }}</td>");
  if (data[0] & 8) {
    bench.check("---\n" + text);
    check_places(bench.diagnostics, bench.sources);
    return 0;
  }
  Template source = bench.parse(text, dialect);
  check_places(bench.diagnostics, bench.sources);
  check_rendering(bench, source, context, text);
  ExampleSignature example;
  check_template(source, example.signature, example.types, bench.loader(), bench.diagnostics);
  check_places(bench.diagnostics, bench.sources);
  return 0;
}

std::vector<std::string> fuzz_seeds() {
  using namespace std::string_literals;
  return {
      "\x00"s
      "<p title=\"{{ code }}\" class={{ code }}>{{ person.first_name | default: 'x' | upcase }}</p>"
      "<a href='{{ unsubscribe_url }}'>{% for i in items limit: 2 reversed %}{{ i.name | escape }}"
      "{% cycle 'a', code %}{{ forloop.index }}{% else %}none{% endfor %}</a>",
      "\x00"s
      "{%- capture c -%}<b>{{ code }}</b>{%- endcapture -%}{{ c | url_decode }}<script>{{ c }}"
      "</script><style>{{ code }}</style><!-- {{ code }} --><p {{ code }} style=\"{{ c }}\">",
      "\x01"s
      "{% assign x = items | map: 'name' | join: ', ' | split: 'x' | sort | uniq | first %}"
      "{% if x contains 'a' and total > 3 or x == blank %}{{ x | truncate: 9 }}{% elsif x %}"
      "{{ total | times: 2.5 | round: 1 }}{% endif %}{{ 'now' | date: '%Y %-d %^B %10N' }}",
      "\x04"s
      "{% liquid\nassign n = 3\nfor i in (1..n)\necho i | plus: 1\nif i == 2\nbreak\nendif\n"
      "endfor\n%}{% case n %}{% when 1, 2 or 3 %}{% raw %}{{ x }}{% endraw %}{% else %}y"
      "{% endcase %}{% increment n %}{% comment %}{% {{ {% endcomment %}{% # x %}",
      "\x02"s
      "{% render 'row' for items as row %}{% tablerow i in items cols: 2 %}{{ i.price }}"
      "{% endtablerow %}{% ifchanged %}{{ code }}{% endifchanged %}{% unless code %}{% endunless %}"
      "{{ '14th march 2016 5:03pm +01:00' | date: '%c %s' }}{{ items[0]['name'] | slice: -3, 2 }}",
      "\x08"s
      "subject: {{ code }}\npreheader: \"{{ total }}\"\nfrom: shop\nclass: marketing\n---\n"
      "{{ items.size }}{% if person.first_name %}{{ person.first_name }}{% endif %}"
      "{{ unsubscribe_url }}{{ postal_address }}{% render 'row' with items.first %}",
  };
}

std::vector<std::string> fuzz_dictionary() { return {}; }
