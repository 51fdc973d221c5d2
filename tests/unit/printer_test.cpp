// The formatter's promises on every example, on examples with comments anywhere, and on random
// expressions: nothing is lost, the tree stays the same, a second run changes nothing.
#include "compiler/ast/printer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "compiler/parse/parse.h"
#include "tests/tools/example_texts.h"

namespace trig {
namespace {

struct Formatted {
  std::string text;
  std::string tree;
  std::vector<std::string> comments;  // sorted: a comment may move
};

Formatted format(const std::string& path, const std::string& text) {
  Source source(path, text);
  Diagnostics diagnostics;
  ast::File file = parse::parse(SourceId{0}, source, diagnostics);
  EXPECT_TRUE(diagnostics.all().empty()) << path << ": " << diagnostics.all()[0].message << text;
  Formatted formatted{ast::print(file, source), ast::dump(file), {}};
  for (const ast::Comment& one : file.comments) {
    std::string words = text.substr(one.range.begin, one.range.end - one.range.begin);
    words.erase(words.find_last_not_of(" \t\r") + 1);
    formatted.comments.push_back(words);
  }
  std::sort(formatted.comments.begin(), formatted.comments.end());
  return formatted;
}

void expect_kept(const std::string& path, const std::string& text) {
  Formatted once = format(path, text);
  Formatted twice = format(path, once.text);
  EXPECT_EQ(once.tree, twice.tree) << path << "\n" << text;
  EXPECT_EQ(once.comments, twice.comments) << path << "\n" << text;
  EXPECT_EQ(once.text, twice.text) << path << "\n" << text;
}

TEST(Printer, KeepsEveryExample) {
  for (const auto& [path, text] : golden::clean_example_texts()) expect_kept(path, text);
}

// Byte offsets between tokens, where a comment or a line end may stand.
std::vector<std::size_t> gaps(const std::string& text) {
  std::vector<std::size_t> gaps;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && quoted) {
      ++i;
      continue;
    }
    if (text[i] == '"') quoted = !quoted;
    if (text[i] == '#' && !quoted)
      while (i + 1 < text.size() && text[i] != '\n') ++i;
    if (!quoted && (text[i] == ' ' || text[i] == '\n')) gaps.push_back(i);
  }
  return gaps;
}

TEST(Printer, KeepsCommentsWhereverTheyStand) {
  std::mt19937 random(20260328);
  for (const auto& [path, text] : golden::clean_example_texts()) {
    for (int round = 0; round < 8; ++round) {
      std::string mutated = text;
      for (int n = 0; n < 6; ++n) {
        std::vector<std::size_t> places = gaps(mutated);
        if (places.empty()) break;
        std::size_t place = places[random() % places.size()];
        bool own_line = random() % 2 == 0;
        std::string comment = (own_line ? "\n# note " : " # note ") + std::to_string(n) + "\n";
        if (random() % 4 == 0) comment += "\n\n";
        mutated.insert(place, comment);
      }
      expect_kept(path, mutated);
    }
  }
}

TEST(Printer, KeepsTheTreeWithEveryLineEndMovedAbout) {
  std::mt19937 random(7);
  for (const auto& [path, text] : golden::clean_example_texts()) {
    if (text.find('#') != std::string::npos) continue;  // a comment ends with its line
    std::string tree = format(path, text).tree;
    std::string one_line = text;
    for (std::size_t place : gaps(text)) one_line[place] = ' ';
    std::replace(one_line.begin(), one_line.end(), '\r', ' ');
    EXPECT_EQ(format(path, one_line).tree, tree) << path;
    expect_kept(path, one_line);
    std::string scattered = text;
    for (std::size_t place : gaps(text))
      if (random() % 2 == 0) scattered[place] = '\n';
    EXPECT_EQ(format(path, scattered).tree, tree) << path;
    expect_kept(path, scattered);
  }
}

// --- random expressions

ast::ExprPtr expr(decltype(ast::Expr::node) node) {
  auto made = std::make_unique<ast::Expr>();
  made->node = std::move(node);
  return made;
}

ast::Path path(std::string name) {
  ast::Path path;
  path.names.push_back({std::move(name), {}});
  return path;
}

class RandomExpressions {
 public:
  explicit RandomExpressions(std::uint32_t seed) : random_(seed) {}

  ast::ExprPtr make(int depth) {
    std::size_t kind = depth <= 0 ? random_() % 4 : random_() % 14;
    switch (kind) {
      case 0: return expr(path("x"));
      case 1: return expr(ast::IntegerLiteral{"7"});
      case 2: return expr(ast::MoneyLiteral{"20", {"EUR", {}}});
      case 3: return expr(ast::SpanLiteral{{3, CalendarUnit::kDay}, {}});
      case 4: return expr(ast::Unary{ast::UnaryOp(random_() % 3), make(depth - 1)});
      case 5: return expr(ast::Between{make(depth - 1), make(depth - 1), make(depth - 1)});
      case 6: return expr(ast::InSegment{make(depth - 1), {"big", {}}});
      case 7: return expr(ast::Since{CalendarUnit::kDay, make(depth - 1)});
      case 8: return list(depth);
      case 9: return call(depth);
      case 10: return expr(silence());
      default:
        return expr(
            ast::Binary{ast::BinaryOp(random_() % 18), {}, make(depth - 1), make(depth - 1)});
    }
  }

 private:
  ast::ExprPtr list(int depth) {
    ast::ListLiteral list;
    for (std::size_t i = random_() % 3; i > 0; --i) list.items.push_back(make(depth - 1));
    return expr(std::move(list));
  }
  ast::ExprPtr call(int depth) {
    ast::Call call{{"f", {}}, {}};
    call.arguments.push_back({std::nullopt, make(depth - 1)});
    call.arguments.push_back({ast::Name{"where", {}}, make(depth - 1)});
    return expr(std::move(call));
  }
  static ast::Silence silence() {
    ast::Silence silence;
    silence.events = {{"a", {}}, {"b", {}}};
    silence.span = {{2, CalendarUnit::kWeek}, {}};
    return silence;
  }

  std::mt19937 random_;
};

TEST(Printer, PutsTheBracketsThatAreNeededAndNoOthers) {
  for (std::uint32_t seed = 0; seed < 3000; ++seed) {
    ast::File file;
    auto& declaration = file.declarations.emplace_back();
    declaration.node = ast::SegmentDecl{{"s", {}}, RandomExpressions(seed).make(4)};
    std::string printed = print(*std::get<ast::SegmentDecl>(declaration.node).condition);
    Formatted parsed = format("seed " + std::to_string(seed), "segment s: " + printed);
    ASSERT_EQ(parsed.tree, ast::dump(file)) << "seed " << seed << ": " << printed;
    // Without one pair of brackets the tree would differ or not parse: checked on the text.
    for (std::size_t open = printed.find('('); open != std::string::npos;
         open = printed.find('(', open + 1)) {
      if (open > 0 && printed[open - 1] == 'f') continue;  // of a call
      std::size_t close = open;
      for (int level = 0; close < printed.size(); ++close) {
        if (printed[close] == '(') ++level;
        if (printed[close] == ')' && --level == 0) break;
      }
      std::string bare = printed;
      bare[open] = bare[close] = ' ';
      Diagnostics diagnostics;
      Source source("bare", "segment s: " + bare);
      ast::File again = parse::parse(SourceId{0}, source, diagnostics);
      EXPECT_TRUE(diagnostics.has_errors() || ast::dump(again) != parsed.tree)
          << "seed " << seed << ": " << printed;
    }
  }
}

}  // namespace
}  // namespace trig
