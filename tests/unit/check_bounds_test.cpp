// The bounds of the checker (Q31), each reached; and texts that are broken at random.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "compiler/base/limits.h"
#include "compiler/diagnostics/render.h"
#include "tests/tools/check_bench.h"
#include "tests/tools/example_texts.h"

namespace trig {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kHead =
    "event seen { n: integer }\ntopic news\ntemplate t() from \"templates/t.html.liquid\"\n"
    "policy p { consent required for news }\ncampaign c { policy p  on seen ";

TEST(CheckBounds, StepsOfACampaign) {
  auto campaign = [](std::size_t waits) {
    std::string text = kHead;
    for (std::size_t i = 0; i < waits; ++i) text += "wait 1 day ";
    return text + " send t() }\n";
  };
  // The send and the end are steps too.
  EXPECT_THAT(CheckBench(campaign(kMaxStepsPerCampaign - 2)).codes(), IsEmpty());
  EXPECT_THAT(CheckBench(campaign(kMaxStepsPerCampaign - 1)).codes(), ElementsAre("E0307"));
}

// One campaign is compared with the first few on its event, and no further.
TEST(CheckBounds, CampaignsThatOverlap) {
  // Apart from each other by their number, the last one like the one at `twin`.
  auto project = [](std::size_t campaigns, std::size_t twin) {
    std::string text =
        "event seen { n: integer }\ntopic news\ntemplate t() from \"templates/t.html.liquid\"\n"
        "policy p { consent required for news  at most 1 email per day }\n";
    for (std::size_t i = 0; i <= campaigns; ++i)
      text += fmt::format("campaign c{} {{ policy p  on seen where n == {}  send t() }}\n", i,
                          i == campaigns ? twin : i);
    return text;
  };
  const std::size_t many = kMaxOverlapComparisons + 1;
  EXPECT_THAT(CheckBench(project(many, kMaxOverlapComparisons - 1)).codes(), ElementsAre("W0110"));
  EXPECT_THAT(CheckBench(project(many, kMaxOverlapComparisons)).codes(), IsEmpty());
}

// The parser bounds the depth of the tree; the checker follows it to the bottom.
TEST(CheckBounds, DepthOfAnExpression) {
  auto campaign = [](std::size_t terms) {
    std::string text = std::string(kHead) + "where n == 0";
    for (std::size_t i = 1; i < terms; ++i) text += " or n == " + std::to_string(i);
    return text + " send t() }\n";
  };
  EXPECT_THAT(CheckBench(campaign(kMaxNesting - 10)).codes(), IsEmpty());
  EXPECT_THAT(CheckBench(campaign(kMaxNesting + 10)).codes(), Contains("E0004"));
}

// One word of a good project is exchanged for another of its words, over and over. Whatever comes
// of it, the checker ends, its places lie in their sources, and what has no error is fit to run
// (check() verifies every program it lets through).
TEST(CheckBounds, ExchangedWordsAreSurvived) {
  std::mt19937 random(20260501);
  int with_errors = 0;
  int without = 0;
  for (const golden::ExampleText& example : golden::clean_example_texts()) {
    std::vector<std::pair<std::size_t, std::size_t>> words;
    for (std::size_t at = 0; at < example.text.size();) {
      std::size_t end = at;
      while (end < example.text.size() &&
             std::isalnum(static_cast<unsigned char>(example.text[end])))
        ++end;
      if (end > at) words.emplace_back(at, end - at);
      at = end + 1;
    }
    for (int turn = 0; turn < 8 && !words.empty(); ++turn) {
      auto [to, to_size] = words[random() % words.size()];
      auto [from, from_size] = words[random() % words.size()];
      std::string text = example.text;
      text.replace(to, to_size, example.text.substr(from, from_size));
      CheckBench bench(text);
      (bench.diagnostics.has_errors() ? with_errors : without) += 1;
      for (const Diagnostic& diagnostic : bench.diagnostics.all()) {
        ASSERT_TRUE(diagnostic.range.valid()) << diagnostic.message;
        ASSERT_LE(diagnostic.range.end, bench.sources[diagnostic.range.source].text().size());
        ASSERT_LE(diagnostic.range.begin, diagnostic.range.end);
      }
    }
  }
  EXPECT_GT(with_errors, 100);
  EXPECT_GT(without, 10);
}

}  // namespace
}  // namespace trig
