// Every page of E0401 to E0449 keeps its promise: its first example gives exactly its code, its
// second gives nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compiler/diagnostics/render.h"
#include "tests/unit/liquid_support.h"

namespace trig::liquid {
namespace {

std::vector<std::string> examples_of(std::string_view page) {
  constexpr std::string_view kOpen = "```liquid\n";
  std::vector<std::string> examples;
  for (std::size_t at = page.find(kOpen); at != page.npos; at = page.find(kOpen, at)) {
    at += kOpen.size();
    std::size_t end = page.find("\n```", at);
    examples.emplace_back(page.substr(at, end - at));
    at = end;
  }
  return examples;
}

std::vector<std::string> codes_of(const std::string& example) {
  Bench bench;
  bench.add_partial("footer", "{{ postal_address }} {{ unsubscribe_url }}");
  bench.add_partial("loop", "{% render 'loop' %}");
  bench.check(example);
  bench.diagnostics.sort();
  std::vector<std::string> codes;
  for (const Diagnostic& diagnostic : bench.diagnostics.all())
    codes.emplace_back(info_of(diagnostic.code).code);
  return codes;
}

TEST(LiquidExplain, ExamplesGiveWhatThePagesSay) {
  int pages = 0;
  for (Code code : all_codes()) {
    std::string name(info_of(code).code);
    if (name < "E0401" || name > "E0449") continue;
    std::vector<std::string> examples = examples_of(explain_page(code));
    ASSERT_EQ(examples.size(), 2u) << name;
    EXPECT_THAT(codes_of(examples[0]), testing::ElementsAre(name)) << examples[0];
    EXPECT_THAT(codes_of(examples[1]), testing::IsEmpty()) << examples[1];
    ++pages;
  }
  EXPECT_GE(pages, 24);
}

}  // namespace
}  // namespace trig::liquid
