// What is asked of the server in a project: bounds of its answers, and names where they are hard to
// tell. The features as editors see them are in tests/e2e/lsp_client.mjs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "editor-support/lsp/index.h"
#include "editor-support/lsp/limits.h"
#include "editor-support/lsp/renaming.h"
#include "editor-support/lsp/server.h"

namespace trig::lsp {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr std::string_view kShopConfig =
    "name = \"shop\"\n[[senders]]\nname = \"shop\"\naddress = \"a@shop.example\"\n"
    "postal_address = \"1 Example Street\"\n";

class LspFeatures : public ::testing::Test {
 protected:
  LspFeatures()
      : server_({[this](const std::string& text) { take(text); },
                 [] { return Instant(std::chrono::hours(494'000)); }, "0"}) {
    root_ = fs::temp_directory_path() / fmt::format("trig-lsp-features-{}", ::getpid());
    fs::remove_all(root_);
    ask("initialize", json::object());
  }
  ~LspFeatures() override { fs::remove_all(root_); }

  void write(const std::string& path, std::string_view text) {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path, std::ios::binary) << text;
  }
  json::object document(const std::string& path) const {
    return {{"uri", uri_of_path((root_ / path).string())}};
  }
  void open(const std::string& path) {
    std::ifstream file(root_ / path, std::ios::binary);
    json::object opened = document(path);
    opened["text"] = std::string{std::istreambuf_iterator<char>(file), {}};
    server_.receive(json::serialize(json::object{
        {"method", "textDocument/didOpen"}, {"params", json::object{{"textDocument", opened}}}}));
    server_.settle();
  }
  json::value ask(const std::string& method, json::object params) {
    server_.receive(json::serialize(
        json::object{{"id", ++id_}, {"method", method}, {"params", std::move(params)}}));
    return answer_;
  }
  json::value ask_at(const std::string& method, const std::string& path, int line, int character) {
    return ask(method, {{"textDocument", document(path)},
                        {"position", json::object{{"line", line}, {"character", character}}}});
  }

  void take(const std::string& text) {
    const json::value message = json::parse(text);
    if (const json::value* result = member(message, "result")) answer_ = *result;
    if (text_in(message, "method") == "textDocument/publishDiagnostics")
      told_ += json::serialize(message.at("params").at("diagnostics"));
  }

  fs::path root_;
  std::string told_;
  json::value answer_;
  std::int64_t id_ = 0;
  Server server_;
};

TEST_F(LspFeatures, NoMoreThanSomeProjectsAreKept) {
  for (std::size_t i = 0; i < kMaxOpenProjects + 3; ++i) {
    const std::string folder = fmt::format("p{}/", i);
    write(folder + "trig.toml", kShopConfig);
    write(folder + "a.trig", "topic offers\ncampaign x {\n");
    open(folder + "a.trig");
  }
  // Those that were let go of are opened again.
  EXPECT_EQ(ask("textDocument/documentSymbol", {{"textDocument", document("p0/a.trig")}})
                .as_array()
                .size(),
            1u);
}

TEST_F(LspFeatures, ListsAreBounded) {
  std::string topics;
  for (std::size_t i = 0; i < std::max(kMaxCompletions, kMaxWorkspaceSymbols) + 5; ++i)
    topics += fmt::format("topic t{}\n", i);
  write("trig.toml", kShopConfig);
  write("a.trig", topics + "campaign c {\n  subscribe \n}\n");
  open("a.trig");
  const int line = static_cast<int>(std::max(kMaxCompletions, kMaxWorkspaceSymbols)) + 6;
  const json::value list = ask_at("textDocument/completion", "a.trig", line, 12);
  EXPECT_EQ(list.at("items").as_array().size(), kMaxCompletions);
  EXPECT_TRUE(list.at("isIncomplete").as_bool());
  EXPECT_EQ(ask("workspace/symbol", {{"query", "t"}}).as_array().size(), kMaxWorkspaceSymbols);
}

TEST_F(LspFeatures, RowsOfLargeTablesAreNotReadWhileSomebodyTypes) {
  write("trig.toml", kShopConfig);
  write("a.trig",
        "person { email: email key }\nlist vip from \"vip.csv\" by email\n"
        "topic news\nsegment s: person.email in vip\n");
  write("vip.csv", "email\nnobody\n");
  open("a.trig");
  EXPECT_THAT(told_, HasSubstr("nobody"));
  told_.clear();
  std::string rows = "email\n";
  while (rows.size() <= kMaxCheckedTableBytes) rows += "nobody nobody nobody nobody nobody\n";
  write("vip.csv", rows);
  server_.receive(R"({"method":"textDocument/didSave","params":{}})");
  server_.settle();
  EXPECT_THAT(told_, ::testing::Not(HasSubstr("nobody")));
}

TEST_F(LspFeatures, AFileOutsideOfAnyProjectHasItsSyntaxChecked) {
  write("lone.trig", "campaign x {\n  sendd y()\n}\n");
  open("lone.trig");
  EXPECT_THAT(told_, HasSubstr("E0001"));
}

class LspNames : public ::testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::temp_directory_path() / fmt::format("trig-lsp-names-{}", ::getpid());
    fs::remove_all(root_);
    fs::create_directories(root_ / "templates/partials");
    std::ofstream(root_ / "trig.toml") << kShopConfig;
    std::ofstream(root_ / "templates/mail.liquid")
        << "---\nsubject: Hello\n---\n{% for one in items %}{% render \"row\", it: one %}{% endfor "
           "%}{{ items.first.sku }}\n<a href=\"{{ unsubscribe_url }}\">Leave</a> "
           "{{ postal_address }}\n";
    std::ofstream(root_ / "templates/partials/row.liquid") << "{{ it.sku }}: {{ it.price }}";
    project_ = LiveProject::open(root_, [] { return *parse_date("2026-05-01"); });
    project_->write("a.trig", std::string(kText));
    ASSERT_EQ(project_->told().diagnostics.error_count(), 0u)
        << project_->told().diagnostics.all()[0].message;
  }
  void TearDown() override { fs::remove_all(root_); }

  static constexpr std::string_view kText = R"(record item {
  sku: text
  price: money in "currency"
}
event left from "Left" {
  items: list of item
  total: money
}
event bought {
  total: money
}
person {
  email: email key
}
topic news
template mail(items: list of item, total: money) from "templates/mail.liquid"
policy p {
  consent required for news
}
campaign c {
  policy p
  on left or bought as it where total > 5 EUR
  wait 1 hour unless bought where total > it.total
  send mail(items: [{ sku: "a", price: 1 EUR }], total: it.total)
}
)";

  // Edits by file, as they would be applied; or why not.
  std::string renamed(std::string_view words, const std::string& name) {
    const auto at = static_cast<std::uint32_t>(kText.find(words) + words.size());
    Renaming renaming(*project_);
    const auto use = renaming.find("a.trig", at);
    if (!use) return use.error().message;
    const auto edits = renaming.rename(use->id, name);
    if (!edits) return edits.error().message;
    std::string all;
    for (const auto& [path, list] : *edits) all += fmt::format("{}: {}\n", path, list.size());
    return all;
  }

  fs::path root_;
  std::unique_ptr<LiveProject> project_;
};

TEST_F(LspNames, FieldsAreFoundInLoopsAndPartials) {
  EXPECT_EQ(renamed("  sk", "code"),
            "a.trig: 3\ntemplates/mail.liquid: 1\ntemplates/partials/row.liquid: 1\n");
}

TEST_F(LspNames, WhatTheCurrencyIsInStaysBehindTheName) {
  EXPECT_EQ(renamed("  pri", "cost"), "a.trig: 3\ntemplates/partials/row.liquid: 1\n");
}

TEST_F(LspNames, AnEventIsStillReceivedUnderItsOldName) {
  EXPECT_EQ(renamed("event le", "gone"), "a.trig: 3\n");
}

TEST_F(LspNames, AWordThatReadsTwoEventsIsNotRenamedForOne) {
  EXPECT_THAT(renamed("event bought {\n  tot", "sum"), HasSubstr("with one word"));
  EXPECT_THAT(renamed("where tot", "sum"), HasSubstr("is read of"));
}

TEST_F(LspNames, NamesThatCannotBeReadStopARenaming) {
  project_->write("b.trig", "campaign {\n");
  EXPECT_THAT(renamed("topic ne", "offers"), HasSubstr("b.trig has a syntax error"));
}

}  // namespace
}  // namespace trig::lsp
