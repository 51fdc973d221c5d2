// Diagrams: whatever the campaign, nothing in the picture overlaps, every text is inside its box,
// no line runs through a box; and the texts for other programs name every node they draw lines to.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <regex>
#include <set>

#include "compiler/diagram/render.h"
#include "compiler/diagram/words.h"
#include "compiler/parse/parse.h"
#include "compiler/project/project.h"
#include "tests/tools/grammar_sentences.h"

namespace trig {
namespace {

using diagram::Box;
using diagram::Picture;
using diagram::Text;
using testing::HasSubstr;

const std::string kExamples = std::string(TRIG_SOURCE_DIR) + "/examples/";

diagram::Facts facts(bool with_counts = false) {
  diagram::Facts facts;
  facts.subject_of = [](const ir::Send&) { return "A subject that is as long as subjects get"; };
  for (std::uint32_t step = 0; with_counts && step < 50; ++step)
    facts.counts[step] = {step * 1'234'567, step * 7};
  return facts;
}

std::vector<diagram::Flow> flows_of(const project::Project& project, const diagram::Facts& facts) {
  std::vector<diagram::Flow> flows;
  for (std::uint32_t i = 0; i < project.sources.size(); ++i) {
    Diagnostics none;
    const ast::File file = parse::parse(SourceId{i}, project.sources[SourceId{i}], none);
    for (const ast::Declaration& declaration : file.declarations) {
      const auto* campaign = std::get_if<ast::CampaignDecl>(&declaration.node);
      if (campaign == nullptr) continue;
      const int index = project.program.find_campaign(name_hash(campaign->name.text));
      if (index >= 0)
        flows.push_back(
            diagram::flow_of(*campaign, project.program, static_cast<std::size_t>(index), facts));
    }
  }
  return flows;
}

// ------------------------------------------------------------------------------------- invariants

bool overlap(const Box& a, const Box& b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

// Whether the line between two corners is somewhere more than half a pixel inside.
bool runs_through(diagram::Point from, diagram::Point to, const Box& box) {
  const double left = std::min(from.x, to.x), right = std::max(from.x, to.x);
  const double top = std::min(from.y, to.y), bottom = std::max(from.y, to.y);
  return left < box.x + box.width - 0.5 && right > box.x + 0.5 && top < box.y + box.height - 0.5 &&
         bottom > box.y + 0.5;
}

void expect_inside(const Text& text, const Box& box) {
  const double width = diagram::width_of(text.text, text.style);
  const double left = text.centred ? text.x - width / 2 : text.x;
  const diagram::Font font = diagram::font_of(text.style);
  EXPECT_GE(left, box.x + 8) << text.text;
  EXPECT_LE(left + width, box.x + box.width - 8) << text.text;
  EXPECT_GE(text.y - font.size, box.y) << text.text;
  EXPECT_LE(text.y + font.size * 0.25, box.y + box.height) << text.text;
}

void expect_well_drawn(const Picture& picture) {
  const Box paper{diagram::BoxKind::kSection, 0, 0, picture.width, picture.height, false, {}};
  for (const Text& text : picture.heading) expect_inside(text, paper);
  for (std::size_t i = 0; i < picture.boxes.size(); ++i) {
    const Box& box = picture.boxes[i];
    EXPECT_TRUE(box.x >= 20 && box.y >= 20 && box.x + box.width <= picture.width - 20 &&
                box.y + box.height <= picture.height - 20);
    EXPECT_FALSE(box.texts.empty());
    for (const Text& text : box.texts) expect_inside(text, box);
    for (std::size_t k = i + 1; k < picture.boxes.size(); ++k)
      EXPECT_FALSE(overlap(box, picture.boxes[k]))
          << box.texts[0].text << " and " << picture.boxes[k].texts[0].text;
    for (const diagram::Path& path : picture.paths)
      for (std::size_t k = 1; k < path.points.size(); ++k)
        EXPECT_FALSE(runs_through(path.points[k - 1], path.points[k], box)) << box.texts[0].text;
  }
  for (const diagram::Path& path : picture.paths)
    for (std::size_t k = 1; k < path.points.size(); ++k)
      EXPECT_TRUE(path.points[k - 1].x == path.points[k].x ||
                  path.points[k - 1].y == path.points[k].y);
}

std::set<std::string> all_of(const std::string& text, const std::string& pattern) {
  const std::regex expression(pattern);
  std::set<std::string> found;
  for (std::sregex_iterator it(text.begin(), text.end(), expression), end; it != end; ++it)
    for (std::size_t i = 1; i < it->size(); ++i) found.insert((*it)[i]);
  return found;
}

void expect_whole(const diagram::Flow& flow) {
  const std::string dot = diagram::dot_of(flow);
  const std::string mermaid = diagram::mermaid_of(flow);
  const auto nodes = all_of(dot, "\n  (\\w+) \\[");
  for (const std::string& end : all_of(dot, "\n  (\\w+) -> (\\w+) ")) EXPECT_TRUE(nodes.count(end));
  EXPECT_EQ(all_of(mermaid, "\n  (\\w+)[\\[({]"), nodes);
}

// ------------------------------------------------------------------------------------------ tests

TEST(Diagram, EveryExampleIsWellDrawn) {
  int count = 0;
  for (const char* example : {"shop", "saas", "bank", "travel"}) {
    auto project = project::load(kExamples + example);
    ASSERT_TRUE(project);
    for (bool with_counts : {false, true}) {
      for (const diagram::Flow& flow : flows_of(**project, facts(with_counts))) {
        SCOPED_TRACE(flow.name);
        expect_well_drawn(diagram::picture_of(flow));
        expect_whole(flow);
        ++count;
      }
    }
  }
  EXPECT_GT(count, 70);
}

// What they say makes no sense, but they have every construct in every place.
TEST(Diagram, CampaignsMadeFromTheGrammarAreWellDrawn) {
  golden::GrammarSentences sentences(20261122);
  ir::Program program;
  program.policies.emplace_back();
  program.policies[0].name = "made";
  program.campaigns.push_back({});
  int drawn = 0;
  for (int i = 0; i < 400; ++i) {
    const Source source("made.trig", sentences.make("campaignDecl", 6 + i % 14));
    Diagnostics diagnostics;
    const ast::File file = parse::parse(SourceId{0}, source, diagnostics);
    if (diagnostics.has_errors()) continue;
    const auto& campaign = std::get<ast::CampaignDecl>(file.declarations[0].node);
    const diagram::Flow flow = diagram::flow_of(campaign, program, 0, facts());
    expect_well_drawn(diagram::picture_of(flow));
    EXPECT_FALSE(diagram::svg_of(flow).empty());
    ++drawn;
    ASSERT_FALSE(HasFailure()) << source.text();
  }
  EXPECT_GT(drawn, 250);
}

TEST(Diagram, SaysItInWords) {
  auto project = project::load(kExamples + "shop");
  ASSERT_TRUE(project);
  for (const diagram::Flow& flow : flows_of(**project, facts())) {
    if (flow.name != "abandoned_cart") continue;
    const std::string words = diagram::told(flow);
    EXPECT_THAT(words, HasSubstr("Starts when: Cart updated, with total ≥ 20 EUR, a journey for "
                                 "each cart id."));
    EXPECT_THAT(words, HasSubstr("Wait 30 minutes."));
    EXPECT_THAT(words, HasSubstr("Leaves at any point: order completed with same cart id."));
    EXPECT_THAT(words, HasSubstr("at most 2 mails a day, 5 mails a week; more are skipped"));
    const std::string svg = diagram::svg_of(flow);
    EXPECT_THAT(svg, HasSubstr("role=\"img\""));
    EXPECT_THAT(svg, HasSubstr("<title id=\"title\">Abandoned cart: reminder, then a discount"));
    EXPECT_THAT(svg, HasSubstr("prefers-color-scheme:dark"));
    return;
  }
  FAIL() << "no abandoned_cart";
}

TEST(Diagram, CountsStandAtTheirSteps) {
  auto project = project::load(kExamples + "shop");
  ASSERT_TRUE(project);
  const auto flows = flows_of(**project, facts(true));
  const auto cart = std::find_if(flows.begin(), flows.end(),
                                 [](const auto& flow) { return flow.name == "abandoned_cart"; });
  ASSERT_NE(cart, flows.end());
  // Its steps are those of the program, in order: wait, send, wait, send.
  ASSERT_EQ(cart->steps.size(), 4u);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(cart->steps[i].counts->sent, i * 7);
  EXPECT_THAT(diagram::svg_of(*cart), HasSubstr(">21 sent · 3,703,701 waiting now<"));
}

TEST(Diagram, LongTextsAreBroken) {
  const std::string word(200, 'w');
  for (const std::string& line : diagram::wrapped(word, diagram::Style::kTitle, 120, 99))
    EXPECT_LE(diagram::width_of(line, diagram::Style::kTitle), 120);
  const auto lines = diagram::wrapped("ein sehr langer Satz über Grüße und 日本語 noch dazu",
                                      diagram::Style::kLine, 80, 2);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_TRUE(lines[1].ends_with("…"));
  EXPECT_LE(diagram::width_of(lines[1], diagram::Style::kLine), 80);
}

}  // namespace
}  // namespace trig
