// The whole chain, and the pages that explain its diagnostics.
#include "compiler/project/project.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compiler/diagnostics/render.h"
#include "tests/support/temp_folder.h"

namespace trig::project {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> codes_of(const Project& project) {
  std::vector<std::string> codes;
  for (const Diagnostic& diagnostic : project.diagnostics.all())
    codes.emplace_back(info_of(diagnostic.code).code);
  return codes;
}

std::string findings_of(const Project& project) {
  return render_text(project.diagnostics, project.sources, {});
}

const std::string kConfig = R"(
name = "shop"
timezone = "Europe/Paris"
[[senders]]
name = "shop"
address = "hello@shop.example"
)";

const std::string kCampaign = R"(
event signed_up {
  plan: text?
}
person {
  email: email key
}
template welcome() from "templates/welcome.html.liquid"
policy transactional {
  consent not needed
}
campaign welcome "Welcome" {
  policy transactional
  on signed_up
  again never
  send welcome()
}
)";

std::string mail(const std::string& settings) {
  return "---\nsubject: Welcome\nclass: transactional\n" + settings + "---\n<p>Hello</p>\n";
}

Files shop() {
  return {{"trig.toml", kConfig},
          {"campaigns/welcome.trig", kCampaign},
          {"templates/welcome.html.liquid", mail("")}};
}

TEST(Project, GoesThroughTheWholeChain) {
  const std::unique_ptr<Project> project = compile(shop());
  EXPECT_EQ(findings_of(*project), "");
  EXPECT_EQ(project->config.name, "shop");
  EXPECT_EQ(project->program.project, "shop");
  EXPECT_EQ(project->program.zone.name(), "Europe/Paris");
  ASSERT_EQ(project->program.campaigns.size(), 1u);
  EXPECT_EQ(project->program.campaigns[0].name, "welcome");
  ASSERT_EQ(project->templates.size(), 1u);
  EXPECT_NE(project->templates[0].own, nullptr);
}

TEST(Project, AFolderAndItsFilesGiveTheSame) {
  TempFolder folder;
  for (const auto& [path, text] : shop()) folder.write(path, text);
  Result<std::unique_ptr<Project>> loaded = load(folder.path());
  ASSERT_TRUE(loaded);
  EXPECT_EQ(findings_of(**loaded), "");
  EXPECT_EQ((*loaded)->root, folder.path());
  EXPECT_EQ((*loaded)->files, shop());
  const std::unique_ptr<Project> compiled = compile((*loaded)->files);
  EXPECT_EQ(compiled->program.hash, (*loaded)->program.hash);
  EXPECT_EQ(compiled->root, "");
}

TEST(Project, ALoadFailsOnlyWithoutAFolder) {
  TempFolder folder;
  EXPECT_FALSE(load(folder.path("none")));
  Result<std::unique_ptr<Project>> empty = load(folder.path());
  ASSERT_TRUE(empty);
  EXPECT_THAT(codes_of(**empty), ElementsAre("E0156"));
}

TEST(Project, ReportsEveryFileAndItsConfigTogether) {
  Files files = shop();
  files["trig.toml"] += "[smtp]\nhots = \"x\"\n";
  files["a.trig"] = "topic 7\n";
  files["campaigns/welcome.trig"] += "campaign nothing {\n  policy nobody\n}\n";
  const std::unique_ptr<Project> project = compile(files);
  std::vector<std::string> paths;
  for (const Diagnostic& diagnostic : project->diagnostics.all())
    paths.push_back(project->sources[diagnostic.range.source].path());
  EXPECT_THAT(paths, ::testing::IsSupersetOf({"trig.toml", "a.trig", "campaigns/welcome.trig"}));
}

TEST(Project, ATemplateThatIsNotThereIsReported) {
  Files files = shop();
  files.erase("templates/welcome.html.liquid");
  EXPECT_THAT(codes_of(*compile(files)), ElementsAre("E0450"));
}

TEST(Project, AMailNeedsASender) {
  Files files = shop();
  files["trig.toml"] = "name = \"shop\"\n";
  EXPECT_THAT(codes_of(*compile(files)), ElementsAre("E0160"));
}

TEST(Project, ASenderMustExist) {
  Files files = shop();
  files["templates/welcome.html.liquid"] = mail("from: shop\n");
  EXPECT_THAT(codes_of(*compile(files)), IsEmpty());
  files["templates/welcome.html.liquid"] = mail("from: shpo\n");
  const std::unique_ptr<Project> project = compile(files);
  ASSERT_THAT(codes_of(*project), ElementsAre("E0159"));
  const Diagnostic& diagnostic = project->diagnostics.all()[0];
  EXPECT_EQ(project->sources.text_of(diagnostic.range), "shpo");
  EXPECT_EQ(diagnostic.hint_text, "did you mean `shop`?");
}

// As a deploy stores it: the MJML as written, and the HTML that was made of it.
Files shop_in_mjml(const std::string& mjml, const std::string& html) {
  Files files = shop();
  std::string& campaign = files["campaigns/welcome.trig"];
  campaign.replace(campaign.find("welcome.html.liquid"), 19, "welcome.mjml.liquid");
  files["templates/welcome.mjml.liquid"] = mail("") + mjml;
  files["templates/welcome.mjml.liquid.html"] = html;
  return files;
}

TEST(Project, OfATemplateInMjmlTheHtmlIsRendered) {
  auto project = compile(shop_in_mjml("<mj-text>{{ person.email }}</mj-text>",
                                      "<!doctype html><td>{{ person.email }}</td>"));
  ASSERT_THAT(codes_of(*project), IsEmpty()) << findings_of(*project);
  liquid::Scope scope;
  scope.globals = {{"person", liquid::Data::map({{"email", liquid::Data::text("a@b.example")}})}};
  auto rendered = liquid::render_mail(*project->templates[0].own, scope, {});
  ASSERT_TRUE(rendered) << rendered.error().message;
  EXPECT_EQ(rendered->html, "<!doctype html><td>a@b.example</td>");
}

TEST(Project, LiquidThatMjmlLeavesOutIsAnError) {
  EXPECT_THAT(
      codes_of(*compile(shop_in_mjml("{% if 1 %}<mj-text>Hi</mj-text>{% endif %}", "<td>Hi</td>"))),
      ElementsAre("E0165"));
  Files files = shop_in_mjml("<mj-text>Hi</mj-text>", "");
  files.erase("templates/welcome.mjml.liquid.html");
  EXPECT_THAT(codes_of(*compile(files)), ElementsAre("E0163"));
}

Files shop_in_french(const std::string& person_field, const std::string& settings) {
  Files files = shop();
  std::string& campaign = files["campaigns/welcome.trig"];
  campaign.replace(campaign.find("email: email key"), 16, "email: email key\n  " + person_field);
  files["templates/welcome.fr.html.liquid"] =
      "---\nsubject: Bienvenue\n" + settings + "---\n<p>Bonjour</p>\n";
  return files;
}

TEST(Project, ATemplateHasFilesForLanguages) {
  auto project = compile(shop_in_french("language: language?", "class: transactional\n"));
  ASSERT_THAT(codes_of(*project), IsEmpty()) << findings_of(*project);
  ASSERT_EQ(project->templates.size(), 1u);
  const liquid::MailTexts& texts = project->templates[0];
  ASSERT_EQ(texts.by_language.size(), 1u);
  EXPECT_EQ(texts.best_for({"ca", "fr"}), texts.by_language.at("fr").get());
  EXPECT_EQ(texts.best_for({"ca"}), texts.own.get());
  EXPECT_EQ(texts.best_for({}), texts.own.get());

  auto other = shop_in_french("language: language?", "class: transactional\n");
  other["templates/welcome.fr.html.liquid"] += "<p>Salut</p>\n";
  EXPECT_NE(compile(other)->program.campaigns[0].version, project->program.campaigns[0].version);
}

TEST(Project, FilesForLanguagesAreChecked) {
  EXPECT_THAT(codes_of(*compile(shop_in_french("", "class: transactional\n"))),
              ElementsAre("E0161"));
  auto marketing = compile(shop_in_french("language: language?", ""));
  EXPECT_THAT(codes_of(*marketing), ElementsAre("E0162", "E0424", "E0425"));
  auto sender =
      compile(shop_in_french("language: language?", "class: transactional\nfrom: nobody\n"));
  EXPECT_THAT(codes_of(*sender), ElementsAre("E0159"));
}

// The examples of a page: its fenced blocks, each a whole trig.toml or .trig file.
std::vector<Files> examples_of(std::string_view page) {
  std::vector<Files> examples;
  constexpr std::string_view kFence = "```";
  for (std::size_t at = page.find(kFence); at != page.npos; at = page.find(kFence, at)) {
    const std::size_t line_end = page.find('\n', at);
    const std::string_view language = page.substr(at + 3, line_end - at - 3);
    const std::size_t end = page.find("\n```", line_end);
    const std::string text(page.substr(line_end + 1, end - line_end));
    if (language == "toml") examples.push_back({{"trig.toml", text}});
    if (language == "trig") examples.push_back({{"trig.toml", kConfig}, {"main.trig", text}});
    at = end + 4;
  }
  return examples;
}

TEST(ExplainPages, OfTrigTomlShowTheMistakeAndThenNone) {
  int pages = 0;
  for (Code code : all_codes()) {
    const std::string_view name = info_of(code).code;
    if (name < "E0150" || name > "E0155") continue;
    SCOPED_TRACE(name);
    const std::vector<Files> examples = examples_of(explain_page(code));
    ASSERT_EQ(examples.size(), 2u);
    EXPECT_THAT(codes_of(*compile(examples[0])), ElementsAre(name));
    EXPECT_EQ(findings_of(*compile(examples[1])), "");
    ++pages;
  }
  EXPECT_EQ(pages, 6);
}

}  // namespace
}  // namespace trig::project
