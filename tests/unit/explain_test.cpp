// Every page of a code that a .trig file can earn keeps its promise: its first example gives
// exactly that code, its second gives nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compiler/diagnostics/render.h"
#include "compiler/parse/parse.h"
#include "tests/tools/check_bench.h"

namespace trig {
namespace {

std::vector<std::string> examples_of(std::string_view page) {
  constexpr std::string_view kOpen = "```trig\n";
  std::vector<std::string> examples;
  for (std::size_t at = page.find(kOpen); at != page.npos; at = page.find(kOpen, at)) {
    at += kOpen.size();
    std::size_t end = page.find("\n```", at);
    examples.emplace_back(page.substr(at, end + 1 - at));
    at = end;
  }
  return examples;
}

// Codes of trig.toml (E015x, E0490), of the files of lists and catalogs (E0325 to E0331) and of
// what stands inside templates (E0401 to E0449) have examples of their own kind, proved beside
// their own code; syntax is proved with the parser, and what `trig test` finds (W0190) in
// ci_test.py.
bool is_checked_here(std::string_view code) {
  bool syntax = code < "E0100";
  bool settings = (code >= "E0150" && code < "E0200") || code == "E0490";
  bool tables = code >= "E0325" && code <= "E0331";
  bool inside_template = code >= "E0401" && code <= "E0449";
  bool language = code.starts_with("E0") || code.starts_with("W");
  bool in_a_run = code == "W0190";
  return language && !syntax && !settings && !tables && !inside_template && !in_a_run;
}

TEST(Explain, ExamplesGiveWhatThePagesSay) {
  int pages = 0;
  for (Code code : all_codes()) {
    std::string name(info_of(code).code);
    if (!is_checked_here(name)) continue;
    std::string_view page = explain_page(code);
    EXPECT_TRUE(page.starts_with("# " + name + ": ")) << name;
    std::vector<std::string> examples = examples_of(page);
    EXPECT_EQ(examples.size(), 2u) << name;
    if (examples.size() != 2) continue;
    CheckBench wrong(examples[0]);
    EXPECT_THAT(wrong.codes(), testing::ElementsAre(name))
        << name << "\n"
        << render_text(wrong.diagnostics, wrong.sources, {});
    CheckBench right(examples[1]);
    EXPECT_THAT(right.codes(), testing::IsEmpty())
        << name << "\n"
        << render_text(right.diagnostics, right.sources, {});
    ++pages;
  }
  EXPECT_GE(pages, 50);
}

}  // namespace
}  // namespace trig
