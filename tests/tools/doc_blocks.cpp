#include "tests/tools/doc_blocks.h"

#include <regex>
#include <set>
#include <sstream>

namespace trig::golden {
namespace {

Block block_of(std::istringstream& words) {
  Block block;
  for (std::string word; words >> word;) {
    if (word == "error")
      words >> block.error;
    else
      block.kind = word;
  }
  return block;
}

// Indented, so that none of its lines looks like a declaration.
std::string indented(const std::string& part) {
  std::string text;
  for (const std::string& line : lines_of(part)) text += "  " + line + "\n";
  return text;
}

// A part of a campaign or of another declaration → a whole one.
std::string framed(const std::string& kind, const std::string& lines) {
  std::string part = indented(lines);
  std::string on_line = lines.substr(0, lines.size() - 1);
  const std::string head = "campaign example \"Example\" {\n  policy marketing\n";
  const std::string campaign = head + "  on cart_updated as cart per cart_id\n";
  bool says_consent = part.find("consent") != part.npos;
  if (kind == "step") return campaign + part + "}\n";
  if (kind == "tail")
    return campaign + "  step reminder\n  wait 1 hour\n  step mail\n  send hello()\n" + part +
           "}\n";
  if (kind == "trigger") return head + part + "  send hello()\n}\n";
  if (kind == "where")
    return head + "  on cart_updated as cart where " + on_line +
           " per cart_id\n  send hello()\n}\n";
  if (kind == "expression")
    return campaign + "  post \"https://example.com/hook\" with { value: " + on_line + " }\n}\n";
  if (kind == "policy")
    return "policy example {\n" +
           std::string(says_consent ? "" : "  consent required for offers\n") + part + "}\n";
  if (kind == "fields") return "event example {\n" + part + "}\n";
  return "";
}

std::vector<std::string> parts_of(const std::string& text) {
  std::vector<std::string> parts(1);
  for (const std::string& line : lines_of(text)) {
    if (!line.empty())
      parts.back() += line + "\n";
    else if (!parts.back().empty())
      parts.emplace_back();
  }
  if (parts.back().empty()) parts.pop_back();
  return parts;
}

// "event order_completed", "person", "use std.email": what a declaration declares.
std::string key_of(const std::string& line) {
  static const std::regex kHead(
      "^(use|event|record|list|catalog|topic|coupons|segment|template|policy|campaign) +([\\w.]+)"
      "|^(person) *\\{");
  std::smatch head;
  if (!std::regex_search(line, head, kHead)) return "";
  return head[3].matched ? head[3].str() : head[1].str() + " " + head[2].str();
}

}  // namespace

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::vector<Block> blocks_of(const std::string& page) {
  std::vector<Block> blocks;
  bool inside = false;
  bool wanted = false;
  std::size_t number = 0;
  for (const std::string& line : lines_of(page)) {
    ++number;
    bool fence = line.starts_with("```");
    if (fence && !inside) {
      std::istringstream words(line.substr(3));
      std::string language;
      words >> language;
      wanted = language == "trig";
      if (wanted) blocks.push_back(block_of(words));
      if (wanted) blocks.back().line = number;
    }
    if (fence) inside = !inside;
    if (inside && !fence && wanted) blocks.back().text += line + "\n";
  }
  return blocks;
}

std::vector<std::string> whole_texts(const Block& block) {
  if (block.kind.empty()) return {block.text};
  std::vector<std::string> texts;
  for (const std::string& part : parts_of(block.text)) {
    std::string whole = framed(block.kind, part);
    if (whole.empty()) return {};
    texts.push_back(std::move(whole));
  }
  return texts;
}

std::string beside(const std::string& vocabulary, const std::string& text) {
  std::set<std::string> own;
  for (const std::string& line : lines_of(text)) own.insert(key_of(line));
  std::string rest;
  bool keep = true;
  for (const std::string& line : lines_of(vocabulary)) {
    std::string key = key_of(line);
    if (!key.empty()) keep = !own.contains(key);
    if (keep) rest += line + "\n";
  }
  return rest;
}

std::string vocabulary_of(const std::string& text) {
  constexpr std::string_view kOpen = "<!-- vocabulary\n";
  std::size_t begin = text.find(kOpen);
  if (begin == text.npos) return "";
  begin += kOpen.size();
  return text.substr(begin, text.find("-->", begin) - begin);
}

}  // namespace trig::golden
