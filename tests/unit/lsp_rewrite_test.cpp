// What a language server tells after each of many small changes is what a check of the same texts
// from nothing tells, mistakes or not; and most changes of a campaign need no such check.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "compiler/diagnostics/render.h"
#include "editor-support/lsp/live_project.h"

namespace trig::lsp {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kConfig = R"(
name = "shop"
timezone = "Europe/Paris"
[[senders]]
name = "shop"
address = "hello@shop.example"
postal_address = "1 Example Street"
)";
constexpr std::string_view kMail = R"(---
subject: Hello {{ name | default: "you" }}
---
<p>{{ person.country | default: "no" }}</p>
<a href="{{ unsubscribe_url }}">Unsubscribe</a> {{ postal_address }}
)";
constexpr std::string_view kVocabulary = R"(
event seen { category: text?  total: money  order_id: text }
event bought { total: money  order_id: text }
person { email: email key  country: country?  ends: date? }
topic news
segment big: sum(bought.total in 90 days) >= 500 EUR
template one(name: text) from "templates/mail.liquid"
template two() from "templates/two.liquid"
policy capped { consent required for news  at most 2 emails per day }
policy free { consent required for news }
)";

std::string campaign(int number) {
  return fmt::format(R"(
# What campaign {0} is for.
campaign c{0} "Campaign {0}" {{
  policy {1}
  on seen as it where total > {0} EUR and category == "k{0}" per order_id
  again after {0} days
  wait 1 hour unless bought where order_id == it.order_id
  when person is big {{ send one(name: it.category or else "x") }} else {{ send two() }}
  goal bought within 3 days value total
}}
test "of {0}" {{
  person ana {{ email: "ana@example.com", subscribed: [news] }}
  at 2026-03-28 12:00
  after 1 minute  ana seen {{ total: 90 EUR, category: "k{0}", order_id: "o" }}
  after 2 hours
  expect send two to ana
  expect journey c{0} of ana ended
}}
)",
                     number, number % 2 == 0 ? "capped" : "free");
}

Date today() { return *parse_date("2026-05-01"); }

class LspRewrite : public ::testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::temp_directory_path() / fmt::format("trig-lsp-rewrite-{}", ::getpid());
    fs::remove_all(root_);
    fs::create_directories(root_ / "templates");
    files_["trig.toml"] = kConfig;
    files_["vocabulary.trig"] = kVocabulary;
    files_["templates/mail.liquid"] = kMail;
    files_["templates/two.liquid"] = two();
    for (int file = 0; file < 4; ++file)
      for (int i = 0; i < 3; ++i) files_[fmt::format("c{}.trig", file)] += campaign(file * 3 + i);
    for (const auto& [path, text] : files_) std::ofstream(root_ / path) << text;
    live_ = LiveProject::open(root_, today);
  }
  void TearDown() override { fs::remove_all(root_); }

  static std::string two() {
    return "---\nsubject: Two\n---\n<a href=\"{{ unsubscribe_url }}\">Leave</a> {{ postal_address "
           "}}\n";
  }

  void write(const std::string& path, std::string text) {
    files_[path] = text;
    live_->write(path, std::move(text));
  }

  // As text, with hints and places.
  std::string told_now() {
    const LiveProject::Told& told = live_->told();
    return render_text(told.diagnostics, told.sources, {});
  }
  std::string told_afresh() const {
    project::LoadOptions options;
    options.today = today();
    const auto project = project::compile(files_, options);
    return render_text(project->diagnostics, project->sources, {});
  }

  fs::path root_;
  project::Files files_;
  std::unique_ptr<LiveProject> live_;
};

TEST_F(LspRewrite, WhatIsToldIsWhatACheckFromNothingTells) {
  std::mt19937_64 dice(7);
  auto below = [&](std::size_t bound) { return static_cast<std::size_t>(dice() % bound); };
  const std::vector<std::string> pieces = {"wait ",
                                           "{",
                                           "}",
                                           " where",
                                           "sendd",
                                           "unless bought\n",
                                           "\n",
                                           "total",
                                           "one",
                                           " EUR",
                                           "# trig: allow W0110 because it is so\n",
                                           "campaign x",
                                           "7 days",
                                           "person.",
                                           "country",
                                           "exit on bought\n",
                                           "\"",
                                           "stop\n",
                                           "two()",
                                           "test \"x\" {",
                                           "}\n\ncampaign again_ {\n",
                                           "unknown_event",
                                           "c1",
                                           "big",
                                           "%}",
                                           "{{ nothing }}"};
  std::vector<std::string> paths;
  for (const auto& [path, text] : files_)
    if (path != "trig.toml") paths.push_back(path);
  const project::Files whole = files_;
  ASSERT_EQ(told_now(), "");
  std::size_t with_mistakes = 0;
  constexpr int kSteps = 600;
  for (int step = 0; step < kSteps; ++step) {
    const std::string& path = paths[below(paths.size())];
    std::string text = files_[path];
    const std::size_t at = below(text.size() + 1);
    switch (below(5)) {
      case 0: text = whole.at(path); break;
      case 1: text.erase(at, 1 + below(6)); break;
      case 2: {  // a line goes
        const std::size_t begin = text.rfind('\n', at == 0 ? 0 : at - 1);
        const std::size_t end = text.find('\n', at);
        if (begin != text.npos && end != text.npos && begin < end) text.erase(begin, end - begin);
        break;
      }
      default: text.insert(at, pieces[below(pieces.size())]); break;
    }
    // Mistakes pile up, and are all taken back at times.
    if (step % 12 == 0)
      for (const std::string& one : paths) write(one, whole.at(one));
    write(path, text);
    const std::string now = told_now();
    const std::string afresh = told_afresh();
    ASSERT_EQ(now, afresh) << "after step " << step << " in " << path << ":\n" << text;
    if (!now.empty()) ++with_mistakes;
  }
  EXPECT_GT(with_mistakes, kSteps / 3);
  EXPECT_LT(with_mistakes, kSteps);
  EXPECT_LT(live_->compilations(), kSteps * 2 / 3) << "most changes need no check of everything";
}

TEST_F(LspRewrite, MistakesInACampaignNeedNoCheckOfEverything) {
  EXPECT_EQ(told_now(), told_afresh());
  const std::size_t before = live_->compilations();
  const std::string whole = files_["c1.trig"];
  const std::size_t place = whole.find("wait 1 hour");
  for (std::string_view typed : {"w", "wa", "wait", "wait 1", "wait 1 h", "wait 1 day unless boug",
                                 "send three()\n", "when person is huge { stop }\n"}) {
    std::string text = whole;
    write("c1.trig", text.insert(place, typed));
    EXPECT_EQ(told_now(), told_afresh()) << typed;
    EXPECT_NE(told_now(), "") << typed;
  }
  write("c1.trig", whole);
  EXPECT_EQ(told_now(), told_afresh());
  EXPECT_EQ(live_->compilations(), before);
}

TEST_F(LspRewrite, MistakesInATemplateNeedNoCheckOfEverything) {
  EXPECT_EQ(told_now(), told_afresh());
  const std::size_t before = live_->compilations();
  for (std::string_view added : {"{{ nam }}", "{{ name", "{% if %}", "{{ name | upcas }}"}) {
    write("templates/mail.liquid", std::string(kMail) + std::string(added));
    EXPECT_EQ(told_now(), told_afresh()) << added;
    EXPECT_NE(told_now(), "") << added;
    write("c1.trig", files_["c1.trig"] + "\n");
    EXPECT_EQ(told_now(), told_afresh()) << added;
  }
  write("templates/mail.liquid", std::string(kMail));
  EXPECT_EQ(told_now(), told_afresh());
  EXPECT_EQ(live_->compilations(), before);
}

}  // namespace
}  // namespace trig::lsp
