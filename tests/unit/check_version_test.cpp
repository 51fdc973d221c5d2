// Campaign::version: the same for the same meaning, another for another.
#include <gtest/gtest.h>

#include "compiler/diagnostics/render.h"
#include "tests/tools/check_bench.h"

namespace trig {
namespace {

const std::string kProject = R"(use std.ecommerce
record part { sku: text }
event seen { name: text  parts: list of part }
event bought { name: text }
topic news
template t(name: text) from "templates/a.html.liquid"
template u(name: text) from "templates/b.html.liquid"
policy p { consent required for news }
campaign first {
  policy p
  on seen where name != "a # b"
  wait 1 day unless bought
  send t(name: trigger.name)
}
campaign second {
  policy p
  on order_completed
  send u(name: trigger.order_id)
}
)";
const std::string kFooter = "{{ unsubscribe_url }} {{ postal_address }}\n";

struct Versions {
  Hash128 first;
  Hash128 second;
  Hash128 program;
};

Versions versions(const std::string& project, const std::string& a = "A",
                  const std::string& footer = kFooter) {
  CheckBench bench(project, "p.trig",
                   {{"templates/a.html.liquid", "---\nsubject: x\n---\n" + a + "{% render 'f' %}"},
                    {"templates/b.html.liquid", "---\nsubject: x\n---\nB" + kFooter},
                    {"templates/partials/f.liquid", footer}});
  EXPECT_FALSE(bench.diagnostics.has_errors()) << render_text(bench.diagnostics, bench.sources, {});
  const ir::Program& program = bench.checked.program;
  return {program.campaigns[0].version, program.campaigns[1].version, program.hash};
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(CheckVersion, CommentsAndLayoutDoNotCount) {
  Versions before = versions(kProject);
  std::string text = replaced(kProject, "  wait 1 day unless bought\n",
                              "  # patience\n\n\n wait   1 day   # a day\n    unless bought\n");
  text = replaced(text, "record part { sku: text }", "record part {\n  # what\n  sku: text\n}");
  Versions after = versions(text);
  EXPECT_EQ(before.first, after.first);
  EXPECT_EQ(before.second, after.second);
  EXPECT_EQ(before.program, after.program);
}

TEST(CheckVersion, BlanksInsideATextCount) {
  Versions before = versions(kProject);
  EXPECT_NE(before.first, versions(replaced(kProject, "a # b", "a  # b")).first);
  EXPECT_NE(before.first, versions(replaced(kProject, "a # b", "a # c")).first);
}

TEST(CheckVersion, WhatACampaignReachesCounts) {
  Versions before = versions(kProject);
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {"wait 1 day", "wait 2 days"},
           {"event seen { name: text", "event seen { name: text from \"n\""},
           {"event bought { name: text", "event bought { name: text?"},
           {"record part { sku: text", "record part { sku: text?"}}) {
    Versions after = versions(replaced(kProject, from, to));
    EXPECT_NE(before.first, after.first) << from;
    EXPECT_EQ(before.second, after.second) << from;
    EXPECT_NE(before.program, after.program) << from;
  }
}

TEST(CheckVersion, TemplatesAndTheirPartialsCount) {
  Versions before = versions(kProject);
  Versions other_text = versions(kProject, "Another A");
  Versions other_footer = versions(kProject, "A", kFooter + "!");
  EXPECT_NE(before.first, other_text.first);
  EXPECT_NE(before.first, other_footer.first);
  EXPECT_NE(other_text.first, other_footer.first);
  EXPECT_EQ(before.second, other_text.second);
  EXPECT_NE(before.program, other_text.program);
}

TEST(CheckVersion, PoliciesAndOtherCampaignsDoNot) {
  Versions before = versions(kProject);
  Versions after = versions(replaced(kProject, "policy p { consent required for news }",
                                     "policy p { consent required for news  rate 5 per hour }"));
  EXPECT_EQ(before.first, after.first);
  EXPECT_NE(before.program, after.program);
  after = versions(replaced(kProject, "  on order_completed", "  on order_updated"));
  EXPECT_EQ(before.first, after.first);
  EXPECT_NE(before.second, after.second);
}

}  // namespace
}  // namespace trig
