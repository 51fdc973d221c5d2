// The grammar of tree-sitter (editor-support/tree-sitter) reads what the parser reads: every text
// of the repository, the documents' blocks, and texts made from the grammar; its queries name nodes
// that there are. With arguments the program is a tool: it prints the leaves of files.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <tree_sitter/api.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <set>

#include "compiler/parse/parse.h"
#include "tests/tools/doc_blocks.h"
#include "tests/tools/example_texts.h"
#include "tests/tools/grammar_sentences.h"

extern "C" const TSLanguage* tree_sitter_trig();

namespace trig {
namespace {

namespace fs = std::filesystem;
const fs::path kRoot = TRIG_SOURCE_DIR;
const fs::path kFolder = kRoot / "editor-support" / "tree-sitter";

std::string file_text(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

using Tree = std::unique_ptr<TSTree, decltype(&ts_tree_delete)>;

Tree tree_of(const std::string& text) {
  std::unique_ptr<TSParser, decltype(&ts_parser_delete)> parser(ts_parser_new(), ts_parser_delete);
  if (!ts_parser_set_language(parser.get(), tree_sitter_trig()))
    throw std::runtime_error("language");
  const auto size = static_cast<std::uint32_t>(text.size());
  return {ts_parser_parse_string(parser.get(), nullptr, text.data(), size), ts_tree_delete};
}

// Every node without children, in order.
void leaves(TSNode node, const std::function<void(TSNode)>& take) {
  const std::uint32_t count = ts_node_child_count(node);
  if (count == 0) take(node);
  for (std::uint32_t i = 0; i < count; ++i) leaves(ts_node_child(node, i), take);
}

// Where the first ERROR is, or the first node that was put in; empty: nowhere.
std::string first_error(const std::string& text) {
  const Tree tree = tree_of(text);
  const TSNode root = ts_tree_root_node(tree.get());
  if (!ts_node_has_error(root)) return "";
  std::string found = "line 1";
  std::function<bool(TSNode)> look = [&](TSNode node) {
    for (std::uint32_t i = 0; i < ts_node_child_count(node); ++i)
      if (look(ts_node_child(node, i))) return true;
    if (ts_node_is_missing(node) || std::string_view(ts_node_type(node)) == "ERROR") {
      const TSPoint at = ts_node_start_point(node);
      found = fmt::format("line {}, column {}", at.row + 1, at.column + 1);
      return true;
    }
    return false;
  };
  look(root);
  return found;
}

TEST(TreeSitter, ReadsEveryTextOfTheRepository) {
  int texts = 0;
  for (const golden::ExampleText& example : golden::clean_example_texts()) {
    EXPECT_EQ(first_error(example.text), "") << example.path;
    ++texts;
  }
  for (const auto& entry : fs::directory_iterator(kRoot / "tests" / "scenario")) {
    if (entry.path().extension() != ".trig") continue;
    EXPECT_EQ(first_error(file_text(entry.path())), "") << entry.path();
    ++texts;
  }
  EXPECT_GT(texts, 150);
}

TEST(TreeSitter, ReadsTheBlocksOfTheDocuments) {
  int blocks = 0;
  for (const auto& entry : fs::recursive_directory_iterator(kRoot / "docs")) {
    if (entry.path().extension() != ".md") continue;
    for (const golden::Block& block : golden::blocks_of(file_text(entry.path()))) {
      if (block.error.starts_with("E00")) continue;
      for (const std::string& text : golden::whole_texts(block)) {
        EXPECT_EQ(first_error(text), "") << entry.path() << ":" << block.line << "\n" << text;
        ++blocks;
      }
    }
  }
  EXPECT_GT(blocks, 100);
}

// What the parser takes, this takes too.
TEST(TreeSitter, ReadsTextsMadeFromTheGrammar) {
  golden::GrammarSentences sentences(20261122);
  int read = 0;
  for (int i = 0; i < 1500; ++i) {
    const char* rule = i % 3 == 0 ? "declaration" : i % 3 == 1 ? "campaignDecl" : "testDecl";
    const std::string text = sentences.make(rule, 6 + i % 12);
    Diagnostics diagnostics;
    parse::parse(SourceId{0}, Source("made.trig", text), diagnostics);
    if (diagnostics.has_errors()) continue;
    ++read;
    ASSERT_EQ(first_error(text), "") << text;
  }
  EXPECT_GT(read, 1000);
}

// And what it does not take is an error here too: this is no grammar that takes everything.
TEST(TreeSitter, SeesMistakes) {
  for (const char* text : {"campaign a {\n  send\n}\n", "event { a: text }\n", "topic 5\n",
                           "campaign a {\n  wait 3 send b()\n}\n", "policy p { quiet to 08:00 }\n"})
    EXPECT_NE(first_error(text), "") << text;
}

TEST(TreeSitter, QueriesNameWhatThereIs) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(kFolder / "queries")) {
    const std::string text = file_text(entry.path());
    std::uint32_t at = 0;
    TSQueryError error = TSQueryErrorNone;
    TSQuery* query = ts_query_new(tree_sitter_trig(), text.data(),
                                  static_cast<std::uint32_t>(text.size()), &at, &error);
    EXPECT_NE(query, nullptr) << entry.path() << ": " << text.substr(at, 60);
    if (query != nullptr) ts_query_delete(query);
    names.insert(entry.path().filename());
  }
  EXPECT_EQ(names, (std::set<std::string>{"folds.scm", "highlights.scm", "indents.scm",
                                          "injections.scm", "locals.scm"}));
}

// FILE:LINE:COLUMN KIND of every leaf; `identifier` is what has no meaning of its own there.
int print_leaves(int count, char** files) {
  for (int i = 1; i < count; ++i) {
    const Tree tree = tree_of(file_text(files[i]));
    leaves(ts_tree_root_node(tree.get()), [&](TSNode node) {
      const TSPoint at = ts_node_start_point(node);
      fmt::print("{}:{}:{} {}\n", files[i], at.row + 1, at.column + 1, ts_node_type(node));
    });
  }
  return 0;
}

}  // namespace
}  // namespace trig

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (argc > 1) return trig::print_leaves(argc, argv);
  return RUN_ALL_TESTS();
}
