// How much of the recipes in docs/cookbook their tests hold: takes one clause after the other out
// of each recipe (clauses.h), and lists those that the recipe's tests do not miss.
//
//   spare_clauses docs/cookbook                   lists what is not missed
//   spare_clauses docs/cookbook --at-most 40      exits with 1 if that is more
//   spare_clauses --canary                        proves that it tells one from the other
//
// What the checker refuses without its clause does not count.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "compiler/ast/printer.h"
#include "compiler/parse/parse.h"
#include "runtime/drive/deployed.h"
#include "runtime/drive/test_run.h"
#include "tests/tools/clauses.h"
#include "tests/tools/doc_blocks.h"
#include "tests/tools/doc_project.h"

namespace trig::golden {
namespace {

namespace fs = std::filesystem;

struct Count {
  int recipes = 0;
  int clauses = 0;
  std::vector<std::string> spare;
};

// The text without the clause; `what` says which. Empty: there are fewer.
std::string without_clause(const std::string& text, std::size_t number, std::string& what) {
  SourceMap sources;
  Diagnostics diagnostics;
  SourceId id = sources.add("block.trig", text);
  ast::File tree = parse::parse(id, sources[id], diagnostics);
  std::optional<std::string> taken = take_out_clause(tree, number, sources[id]);
  if (!taken) return "";
  what = *taken;
  tree.comments.clear();  // they may stand in what is gone
  return ast::print(tree, sources[id]);
}

enum class Outcome { kRefused, kMissed, kSpare };

Outcome outcome_of(const std::string& vocabulary, const std::string& text) {
  std::shared_ptr<const project::Project> project =
      project_beside(vocabulary, {{"block.trig", text}});
  if (project->diagnostics.has_errors()) return Outcome::kRefused;
  auto deployed = drive::deployed(project);
  for (const ir::Test& test : project->program.tests)
    if (!drive::run_test(deployed, test, {}).passed()) return Outcome::kMissed;
  return Outcome::kSpare;
}

void try_recipe(const std::string& vocabulary, const std::string& text, const std::string& place,
                Count& count) {
  ++count.recipes;
  std::string what;
  for (std::size_t number = 0;; ++number) {
    std::string rest = without_clause(text, number, what);
    if (rest.empty()) return;
    Outcome outcome = outcome_of(vocabulary, rest);
    if (outcome == Outcome::kRefused) continue;
    ++count.clauses;
    if (outcome == Outcome::kSpare) count.spare.push_back(place + ": " + what);
  }
}

void try_page(const fs::path& path, Count& count) {
  std::ifstream file(path, std::ios::binary);
  std::string page{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  std::string vocabulary = whole_vocabulary_of(page, path.parent_path() / "../reference");
  for (const Block& block : blocks_of(page)) {
    bool tested = block.kind.empty() && block.error.empty() &&
                  block.text.find("\ntest \"") != std::string::npos;
    if (tested)
      try_recipe(vocabulary, block.text, fmt::format("{}:{}", path.string(), block.line), count);
  }
}

int canary() {
  const std::string vocabulary =
      "event began { plan: text }\nevent ended { plan: text }\nperson { email: email key }\n"
      "policy service { consent not needed }\n"
      "template hello() from \"templates/service/hello.html.liquid\"\n";
  const std::string text =
      "campaign greet \"Greet\" {\n  policy service\n  on began where plan == \"a\"\n"
      "  again never\n  wait 1 hour unless ended\n  send hello()\n}\n\n"
      "test \"an hour later\" {\n  person ana { email: \"ana@example.com\" }\n"
      "  person ben { email: \"ben@example.com\" }\n"
      "  at 2026-03-10 12:00   ana began { plan: \"a\" }\n  ben began { plan: \"b\" }\n"
      "  after 1 day\n  expect at 2026-03-10 13:00 1 send hello to ana\n"
      "  expect no send to ben\n}\n";
  Count count;
  try_recipe(vocabulary, text, "canary", count);
  const std::vector<std::string> spare = {"canary: greet: again never",
                                          "canary: greet: unless ended"};
  if (count.clauses == 5 && count.spare == spare) return 0;
  fmt::print(stderr, "of {} clauses spare:\n{}\n", count.clauses, fmt::join(count.spare, "\n"));
  return 1;
}

int run(int argc, char** argv) {
  CLI::App app("takes clauses out of recipes and looks whether their tests miss them");
  std::string folder;
  std::size_t at_most = 0;
  bool prove = false;
  app.add_option("folder", folder);
  CLI::Option* limited = app.add_option("--at-most", at_most);
  app.add_flag("--canary", prove);
  CLI11_PARSE(app, argc, argv);
  if (prove) return canary();
  std::vector<fs::path> pages;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".md") pages.push_back(entry.path());
  std::sort(pages.begin(), pages.end());
  Count count;
  for (const fs::path& page : pages) try_page(page, count);
  for (const std::string& spare : count.spare) fmt::print("{}\n", spare);
  fmt::print("{} of {} clauses of {} recipes are missed by no test\n", count.spare.size(),
             count.clauses, count.recipes);
  return *limited && count.spare.size() > at_most ? 1 : 0;
}

}  // namespace
}  // namespace trig::golden

int main(int argc, char** argv) { return trig::golden::run(argc, argv); }
