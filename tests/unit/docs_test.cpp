// The documents say only what was run: every block of docs/**/*.md and README.md that is tagged
// `trig` (tests/tools/doc_blocks.h) is checked, is in the one format, and the tests in it are run.
// A page may have the vocabulary of another one: `<!-- vocabulary of language.md -->`.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>

#include "compiler/ast/printer.h"
#include "compiler/diagnostics/render.h"
#include "compiler/parse/parse.h"
#include "compiler/project/project.h"
#include "runtime/drive/deployed.h"
#include "runtime/drive/test_run.h"
#include "tests/tools/doc_blocks.h"
#include "tests/tools/doc_project.h"
#include "tests/tools/transcript.h"

namespace trig {
namespace {

namespace fs = std::filesystem;
using golden::Block;
using golden::blocks_of;
using golden::lines_of;
using testing::HasSubstr;
using testing::IsEmpty;

const fs::path kRoot = TRIG_SOURCE_DIR;
const fs::path kReference = kRoot / "docs" / "reference";

std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// ----------------------------------------------------------------------------------------- running

struct Page {
  std::string name;
  std::string vocabulary;
  std::vector<std::string> complaints;
  int blocks = 0;
  int tests = 0;
};

// A part shown alone is used by nobody, so W0101 says nothing about it; nor do warnings about the
// vocabulary.
std::vector<std::string> codes_of(const project::Project& project, const std::string& expected) {
  std::vector<std::string> codes;
  for (const Diagnostic& diagnostic : project.diagnostics.all()) {
    const CodeInfo& info = info_of(diagnostic.code);
    std::string code(info.code);
    bool warning = info.severity != Severity::kError;
    bool of_vocabulary = project.sources[diagnostic.range.source].path() == "vocabulary.trig";
    if (warning && (of_vocabulary || (code == "W0101" && expected != code))) continue;
    codes.push_back(code);
  }
  return codes;
}

void run_tests(const std::shared_ptr<const project::Project>& project, const std::string& place,
               Page& page) {
  if (project->program.tests.empty()) return;
  auto deployed = drive::deployed(project);
  for (const ir::Test& test : project->program.tests) {
    drive::TestResult result = drive::run_test(deployed, test, {});
    ++page.tests;
    for (const drive::TestFailure& failure : result.failures)
      page.complaints.push_back(fmt::format("{}: {}: expected {}\ngot {}\n{}", place, test.title,
                                            failure.expected, failure.got, failure.history));
    for (const drive::HollowExpectation& hollow : result.hollow)
      page.complaints.push_back(
          fmt::format("{}: {}: holds only because {}", place, test.title, hollow.because));
  }
}

void try_files(project::Files files, const Block& block, Page& page) {
  std::string place = fmt::format("{}:{}", page.name, block.line);
  std::string own;
  for (const auto& [path, text] : files) own += text;
  std::shared_ptr<const project::Project> project =
      golden::project_beside(page.vocabulary, std::move(files));
  std::vector<std::string> codes = codes_of(*project, block.error);
  std::vector<std::string> wanted;
  if (!block.error.empty()) wanted.push_back(block.error);
  ++page.blocks;
  if (codes != wanted)
    page.complaints.push_back(fmt::format(
        "{}: expected {}, got {}\n{}\n{}", place, block.error.empty() ? "nothing" : block.error,
        fmt::join(codes, " "), own, render_text(project->diagnostics, project->sources, {})));
  else if (!project->diagnostics.has_errors())
    run_tests(project, place, page);
}

// As `trig fmt` prints it.
std::string formatted(const std::string& text) {
  SourceMap sources;
  Diagnostics diagnostics;
  SourceId id = sources.add("block.trig", text);
  ast::File tree = parse::parse(id, sources[id], diagnostics);
  return diagnostics.has_errors() ? text : ast::print(tree, sources[id]);
}

void try_block(const Block& block, Page& page) {
  std::string place = fmt::format("{}:{}", page.name, block.line);
  std::vector<std::string> texts = golden::whole_texts(block);
  if (texts.empty())
    page.complaints.push_back(fmt::format("{}: no part is called {}", place, block.kind));
  for (const std::string& text : texts) {
    try_files({{"block.trig", text}}, block, page);
    std::string better = block.in_the_format() ? formatted(text) : text;
    if (better != text)
      page.complaints.push_back(fmt::format("{}: in the format it is\n{}", place, better));
  }
}

Page try_page(const std::string& name, const std::string& text) {
  Page page{name, golden::whole_vocabulary_of(text, kReference), {}, 0, 0};
  project::Files files;
  Block of_files;
  for (const Block& block : blocks_of(text)) {
    if (!block.is_file()) {
      try_block(block, page);
      continue;
    }
    files[block.kind] = block.text;
    of_files.line = block.line;
  }
  if (!files.empty()) try_files(std::move(files), of_files, page);
  for (const std::string& complaint : golden::wrong_answers(text, kRoot))
    page.complaints.push_back(name + ":" + complaint);
  return page;
}

std::vector<fs::path> all_pages() {
  std::vector<fs::path> pages = {kRoot / "README.md"};
  for (const auto& entry : fs::recursive_directory_iterator(kRoot / "docs"))
    if (entry.path().extension() == ".md") pages.push_back(entry.path());
  return pages;
}

std::vector<fs::path> language_pages() {
  std::vector<fs::path> pages;
  for (const fs::path& path : all_pages())
    if (path.filename().string().starts_with("language")) pages.push_back(path);
  return pages;
}

// ------------------------------------------------------------------------------------------- tests

TEST(Docs, BlocksDoWhatTheySay) {
  int blocks = 0;
  int tests = 0;
  for (const fs::path& path : all_pages()) {
    Page page = try_page(fs::relative(path, kRoot).string(), text_of(path));
    for (const std::string& complaint : page.complaints) ADD_FAILURE() << complaint;
    blocks += page.blocks;
    tests += page.tests;
  }
  EXPECT_GE(blocks, 130);
  EXPECT_GE(tests, 10);
}

// The fenced lines and what stands between backticks.
std::string code_of(const std::string& page) {
  std::string code;
  bool inside = false;
  for (const std::string& line : lines_of(page)) {
    bool fence = line.starts_with("```");
    if (fence) inside = !inside;
    if (inside && !fence) code += line + "\n";
    bool quoted = false;
    for (char c : fence || inside ? std::string() : line) {
      if (c == '`') quoted = !quoted;
      code += quoted && c != '`' ? c : ' ';
    }
  }
  return code;
}

// The words of the grammar that are in no code on the pages.
std::set<std::string> words_without_page(const std::string& grammar, const std::string& pages) {
  static const std::regex kQuoted("'([a-z]+)'");
  static const std::regex kWord("[a-z_]+");
  const std::sregex_iterator end;
  std::set<std::string> words;
  for (std::sregex_iterator it(grammar.begin(), grammar.end(), kQuoted); it != end; ++it)
    words.insert((*it)[1].str());
  std::string code = code_of(pages);
  for (std::sregex_iterator it(code.begin(), code.end(), kWord); it != end; ++it)
    words.erase(it->str());
  return words;
}

TEST(Docs, EveryWordOfTheGrammarHasItsPlace) {
  std::string pages;
  for (const fs::path& path : language_pages()) pages += text_of(path);
  EXPECT_THAT(words_without_page(text_of(kRoot / "grammar" / "Trig.g4"), pages), IsEmpty());
  EXPECT_THAT(words_without_page("a : 'skip' 'until' ;", "`skip` until\n```\nx\n```\n"),
              testing::ElementsAre("until"));
}

// "## Is it there?" → "is-it-there"
std::set<std::string> anchors_of(const std::string& page) {
  std::set<std::string> anchors;
  for (const std::string& line : lines_of(page)) {
    std::size_t begin = line.find_first_not_of('#');
    if (begin == 0 || begin == line.npos || line[begin] != ' ') continue;
    std::string anchor;
    for (char c : line.substr(begin + 1)) {
      bool kept = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_';
      if (kept) anchor += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      if (c == ' ') anchor += '-';
    }
    anchors.insert(anchor);
  }
  return anchors;
}

// Addresses that are no file beside the page or no heading in it, and codes without an address.
std::vector<std::string> dead_links(const fs::path& page, const std::string& text) {
  static const std::regex kLink("\\]\\(([^)#\\s]*)(#[^)\\s]*)?\\)|\n\\[[EW]\\d+\\]: (\\S+)");
  static const std::regex kCode("[^a-z]\\[([EW]\\d{4})\\]");  // not `error[E0101]`
  const std::sregex_iterator end;
  std::vector<std::string> dead;
  for (std::sregex_iterator it(text.begin(), text.end(), kLink); it != end; ++it) {
    std::string address = (*it)[3].matched ? (*it)[3].str() : (*it)[1].str();
    std::string anchor = (*it)[2].str();
    bool outside = address.find("://") != address.npos || address.starts_with("mailto:");
    if (outside) continue;
    fs::path target = address.empty() ? page : page.parent_path() / address;
    bool there = fs::exists(target);
    if (there && !anchor.empty())
      there = anchors_of(address.empty() ? text : text_of(target)).contains(anchor.substr(1));
    if (!there) dead.push_back(page.string() + ": " + address + anchor);
  }
  for (std::sregex_iterator it(text.begin(), text.end(), kCode); it != end; ++it)
    if (text.find("\n[" + (*it)[1].str() + "]: ") == text.npos)
      dead.push_back(page.string() + ": " + (*it)[1].str());
  return dead;
}

TEST(Docs, LinksLeadSomewhere) {
  for (const fs::path& path : all_pages()) EXPECT_THAT(dead_links(path, text_of(path)), IsEmpty());
  std::string text =
      "# A b\n[a](docs/none.md) [b](docs/tutorial.md) [c](docs/ci.md#no-such) [d](#a-b)\n"
      "[E0101] [E0102]\n[E0101]: no.md\n";
  EXPECT_EQ(dead_links(kRoot / "README.md", text).size(), 4u);
}

TEST(Docs, AWrongAnswerIsFound) {
  const std::string right = "```repl\n> 1 + 1\n2 : integer\n> [\n... 3]\n…\n```\n";
  EXPECT_THAT(try_page("page.md", right).complaints, IsEmpty());
  for (const char* wrong :
       {"```repl\n> 1 + 1\n3 : integer\n```\n", "```repl\n> 1 + 1\n```\n",
        "```repl\n> 1 + 1\n2 : integer\nmore\n```\n", "```repl no/such/project\n> 1 + 1\n```\n"})
    EXPECT_EQ(try_page("page.md", wrong).complaints.size(), 1u) << wrong;
}

TEST(Docs, AWrongBlockIsFound) {
  auto complaint = [](const std::string& text) {
    std::vector<std::string> complaints = try_page("page.md", text).complaints;
    return complaints.size() == 1 ? complaints[0] : fmt::format("{} found", complaints.size());
  };
  const std::string vocabulary =
      "<!-- vocabulary\nevent began { plan: text }\ntopic offers \"Offers\"\n-->\n";
  EXPECT_EQ(complaint("```trig\ntopic news \"News\"\n```\n"), "0 found");
  EXPECT_THAT(complaint("```trig\ntopic news News\n```\n"),
              HasSubstr("page.md:1: expected nothin"));
  EXPECT_THAT(complaint("```trig error E0101\ntopic news \"News\"\n```\n"),
              HasSubstr("expected E0101, got"));
  EXPECT_THAT(complaint(vocabulary + "```trig policy\nat most 1 email per month\n```\n"),
              HasSubstr("got E0309"));
  EXPECT_THAT(complaint("```trig\ntopic  news \"News\"\n```\n"), HasSubstr("in the format it is"));
  EXPECT_THAT(complaint("```trig stanza\nstop\n```\n"), HasSubstr("no part is called stanza"));
  EXPECT_THAT(complaint(vocabulary +
                        "```trig\npolicy service { consent not needed }\n\n"
                        "event told { plan: text }\n\n"
                        "campaign tell \"Tell\" {\n  policy service\n  on began\n"
                        "  emit told { plan: \"a\" }\n}\n\n"
                        "test \"nothing goes\" {\n  person ana { email: \"ana@example.com\" }\n"
                        "  at 2026-03-10 12:00   ana began { plan: \"a\" }\n"
                        "  expect journey tell of ana waiting\n}\n```\n"),
              HasSubstr("nothing goes: expected"));
}

}  // namespace
}  // namespace trig
