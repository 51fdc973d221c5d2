// Each bound of rendering and parsing is reached and ends the work with a message that names it.
#include <gtest/gtest.h>

#include "compiler/base/limits.h"
#include "tests/unit/liquid_support.h"

namespace trig::liquid {
namespace {

std::string failure(const std::string& text, Scope scope = {}) {
  Bench bench;
  bench.add_partial("self", "{% render 'self' %}");
  Template source = bench.parse(text);
  EXPECT_FALSE(bench.diagnostics.has_errors()) << text;
  RenderOptions options;
  options.partials = bench.loader();
  Result<std::string> output = render(source, scope, options);
  return output ? "no failure" : output.error().message;
}

TEST(LiquidBounds, Steps) {
  const char* expected = "the template takes more than 200000 steps";
  EXPECT_EQ(failure("{% for i in (1..1000000000) %}{% endfor %}"), expected);
  EXPECT_EQ(failure("{% for i in (1..1000) %}{% for j in (1..1000) %}{% assign x = j %}"
                    "{% endfor %}{% endfor %}"),
            expected);
  // Doubling a text or a list costs steps by its size, so that memory is bounded too.
  EXPECT_EQ(failure("{% assign x = 'abcdefgh' %}{% for i in (1..100000) %}{% assign y = x | "
                    "append: '12345678' | upcase %}{% endfor %}"),
            expected);
}

TEST(LiquidBounds, Output) {
  EXPECT_EQ(failure("{% for i in (1..100000) %}0123456789abcdef{% endfor %}"),
            "the template prints more than 1048576 bytes");
}

TEST(LiquidBounds, TextsAndLists) {
  const char* text = "a text in the template has more than 1048576 bytes";
  EXPECT_EQ(failure("{% assign x = '0123456789' %}{% for i in (1..40) %}"
                    "{% assign x = x | append: x %}{% endfor %}"),
            text);
  EXPECT_EQ(failure("{% assign x = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' %}{% for i in (1..9) %}"
                    "{% assign x = x | replace: 'a', x %}{% endfor %}"),
            text);
  EXPECT_EQ(failure("{{ (1..1000000000) | join }}"),
            "a list in the template has more than 200000 items");
  EXPECT_EQ(failure("{% assign x = 'a,b' | split: ',' %}{% for i in (1..40) %}"
                    "{% assign x = x | concat: x %}{% endfor %}"),
            "the template takes more than 200000 steps");
}

TEST(LiquidBounds, Partials) {
  EXPECT_EQ(failure("{% render 'self' %}"), "partials are nested deeper than 20 levels");
}

TEST(LiquidBounds, NestingOfBlocksAndExpressions) {
  auto repeated = [](std::string_view text, std::size_t times) {
    std::string out;
    for (std::size_t i = 0; i < times; ++i) out += text;
    return out;
  };
  auto codes = [&](const std::string& text) {
    Bench bench;
    bench.parse(text);
    std::vector<std::string> found;
    for (const Diagnostic& diagnostic : bench.diagnostics.all())
      found.emplace_back(info_of(diagnostic.code).code);
    return found;
  };
  auto blocks = [&](std::size_t depth) {
    return repeated("{% if true %}", depth) + repeated("{% endif %}", depth);
  };
  EXPECT_TRUE(codes(blocks(kMaxNesting)).empty());
  EXPECT_EQ(codes(blocks(kMaxNesting + 1)), std::vector<std::string>{"E0004"});
  EXPECT_EQ(codes("{{ " + repeated("a[", 100'000) + " }}"), std::vector<std::string>{"E0004"});
  std::string lines = "{% liquid " + repeated("liquid ", 1'000) + "echo 1 %}";
  EXPECT_EQ(codes(lines), std::vector<std::string>{"E0004"});
}

TEST(LiquidBounds, SizeOfATemplate) {
  Bench bench;
  bench.parse(std::string(kMaxSourceBytes + 1, 'x'));
  ASSERT_EQ(bench.diagnostics.all().size(), 1u);
  EXPECT_EQ(bench.diagnostics.all()[0].code, Code::kSourceTooLarge);
}

TEST(LiquidBounds, PartialsThatCallEachOtherManyTimesAreCheckedOnce) {
  Bench bench;
  for (int i = 0; i < 19; ++i) {
    std::string next = "{% render 'p" + std::to_string(i + 1) + "' %}";
    bench.add_partial("p" + std::to_string(i), next + next + next);
  }
  bench.add_partial("p19", "{{ nothing }}");
  bench.check("{% render 'p0' %}");
  EXPECT_EQ(bench.reports(), std::vector<std::string>{"E0420 nothing"});
}

}  // namespace
}  // namespace trig::liquid
