// The explain pages of the syntax codes: the first example gives exactly the code, the second none.
#include <gtest/gtest.h>

#include "compiler/diagnostics/render.h"
#include "compiler/parse/parse.h"

namespace trig {
namespace {

std::vector<std::string> examples(std::string_view page) {
  constexpr std::string_view kFence = "```trig\n";
  std::vector<std::string> all;
  for (std::size_t at = page.find(kFence); at != std::string_view::npos;
       at = page.find(kFence, at)) {
    at += kFence.size();
    all.emplace_back(page.substr(at, page.find("```", at) - at));
  }
  return all;
}

TEST(ExplainSyntax, ExamplesGiveTheirCode) {
  std::size_t pages = 0;
  for (Code code : all_codes()) {
    std::string_view name = info_of(code).code;
    if (!name.starts_with("E00")) continue;
    std::string_view page = explain_page(code);
    ASSERT_FALSE(page.empty()) << name;
    ++pages;
    // What these two are about cannot stand in a page; parse_test shows them.
    if (name == "E0005" || name == "E0006") continue;
    std::vector<std::string> texts = examples(page);
    ASSERT_EQ(texts.size(), 2u) << name;
    Diagnostics wrong;
    parse::parse(SourceId{0}, Source("wrong", texts[0]), wrong);
    ASSERT_EQ(wrong.all().size(), 1u) << name;
    EXPECT_EQ(info_of(wrong.all()[0].code).code, name);
    Diagnostics right;
    parse::parse(SourceId{0}, Source("right", texts[1]), right);
    EXPECT_TRUE(right.all().empty()) << name << ": " << right.all()[0].message;
  }
  EXPECT_GE(pages, 18u);
}

}  // namespace
}  // namespace trig
