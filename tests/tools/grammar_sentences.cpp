#include "tests/tools/grammar_sentences.h"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <set>

#include "compiler/base/check.h"

namespace trig::golden {
namespace {

constexpr int kFar = 1000;

// The words of the file, without comments: names, 'quoted' ones, [sets] and signs.
std::vector<std::string> pieces_of(const std::string& text) {
  std::vector<std::string> pieces;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t begin = i;
    if (text[i] == '/' && text[i + 1] == '/') {
      while (i < text.size() && text[i] != '\n') ++i;
      continue;
    }
    if (std::isspace(static_cast<unsigned char>(text[i])) != 0) {
      ++i;
      continue;
    }
    if (text[i] == '\'' || text[i] == '[') {
      const char close = text[i] == '[' ? ']' : '\'';
      for (++i; text[i] != close; ++i)
        if (text[i] == '\\') ++i;
      ++i;
    } else if (std::isalnum(static_cast<unsigned char>(text[i])) != 0) {
      while (std::isalnum(static_cast<unsigned char>(text[i])) != 0 || text[i] == '_') ++i;
    } else {
      ++i;
    }
    pieces.push_back(text.substr(begin, i - begin));
  }
  return pieces;
}

}  // namespace

class GrammarSentences::Reader {
 public:
  explicit Reader(std::vector<std::string> pieces) : pieces_(std::move(pieces)) {}

  // The rules whose names begin in lower case; the lexer's are tokens.
  std::map<std::string, Part> read() {
    std::map<std::string, Part> rules;
    at_ = 3;  // grammar Trig ;
    while (at_ < pieces_.size()) {
      const std::string name = pieces_[at_];
      at_ += 2;  // the name and `:`
      if (std::islower(static_cast<unsigned char>(name[0])) != 0) {
        rules[name] = choice();
        ++at_;  // ;
      } else {
        while (pieces_[at_] != ";") ++at_;
        ++at_;
      }
    }
    return rules;
  }

 private:
  Part choice() {
    Part part;
    part.kind = Part::Kind::kChoice;
    part.choices.emplace_back();
    while (pieces_[at_] != ";" && pieces_[at_] != ")") {
      if (pieces_[at_] == "|") {
        part.choices.emplace_back();
        ++at_;
        continue;
      }
      part.choices.back().push_back(one());
    }
    return part;
  }

  Part one() {
    Part part;
    if (pieces_[at_] == "(") {
      ++at_;
      part = choice();
    } else if (pieces_[at_][0] == '\'') {
      part.text = pieces_[at_].substr(1, pieces_[at_].size() - 2);
    } else {
      part.kind = Part::Kind::kRule;
      part.text = pieces_[at_];
    }
    ++at_;
    const std::string& next = pieces_[at_];
    if (next == "?" || next == "*" || next == "+") {
      part.repeat = next[0];
      ++at_;
    }
    return part;
  }

  std::vector<std::string> pieces_;
  std::size_t at_ = 0;
};

GrammarSentences::GrammarSentences(std::uint32_t seed) : random_(seed) {
  std::ifstream file(std::string(TRIG_SOURCE_DIR) + "/grammar/Trig.g4", std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  TRIG_CHECK(!text.empty(), "grammar/Trig.g4 cannot be read");
  const std::vector<std::string> pieces = pieces_of(text);
  rules_ = Reader(pieces).read();
  std::set<std::string> words;
  for (const std::string& piece : pieces)
    if (piece[0] == '\'' && piece.find('\\') == piece.npos && piece.size() > 2)
      words.insert(piece.substr(1, piece.size() - 2));
  words_.assign(words.begin(), words.end());
  find_depths();
}

std::vector<std::string> GrammarSentences::rules() const {
  std::vector<std::string> names;
  for (const auto& [name, part] : rules_) names.push_back(name);
  return names;
}

int GrammarSentences::shortest(const Part& part) const {
  if (part.repeat == '?' || part.repeat == '*') return 0;
  if (part.kind == Part::Kind::kWord) return 0;
  if (part.kind == Part::Kind::kRule) {
    auto known = depths_.find(part.text);
    return known == depths_.end() ? 0 : known->second;
  }
  int best = kFar;
  for (const Sequence& sequence : part.choices) best = std::min(best, shortest(sequence));
  return best;
}

int GrammarSentences::shortest(const Sequence& sequence) const {
  int deepest = 0;
  for (const Part& part : sequence) deepest = std::max(deepest, shortest(part));
  return deepest;
}

void GrammarSentences::find_depths() {
  for (const auto& [name, part] : rules_) depths_[name] = kFar;
  for (bool changed = true; changed;) {
    changed = false;
    for (const auto& [name, part] : rules_) {
      const int depth = std::min(kFar, shortest(part) + 1);
      if (depth < depths_[name]) {
        depths_[name] = depth;
        changed = true;
      }
    }
  }
}

std::string GrammarSentences::make(const std::string& rule, int depth) {
  std::string out;
  write(rules_.at(rule), depth, out);
  return out + "\n";
}

void GrammarSentences::write(const Part& part, int depth, std::string& out) {
  const bool may_grow = depth > 0;
  std::size_t times = 1;
  if (part.repeat == '?') times = may_grow ? random_() % 2 : 0;
  if (part.repeat == '*') times = may_grow ? random_() % 3 : 0;
  if (part.repeat == '+') times = may_grow ? 1 + random_() % 2 : 1;
  for (; times > 0; --times) write_once(part, depth, out);
}

void GrammarSentences::write_once(const Part& part, int depth, std::string& out) {
  if (part.kind == Part::Kind::kWord) return add(part.text, out);
  if (part.kind == Part::Kind::kRule) {
    auto rule = rules_.find(part.text);
    if (rule == rules_.end()) return add(token_of(part.text), out);
    return write(rule->second, depth - 1, out);
  }
  // Out of breath: one of the shortest ways.
  std::vector<const Sequence*> open;
  for (const Sequence& sequence : part.choices)
    if (depth > 0 || shortest(sequence) == shortest(Part{Part::Kind::kChoice, "", part.choices}))
      open.push_back(&sequence);
  for (const Part& one : *open[random_() % open.size()]) write(one, depth, out);
}

void GrammarSentences::add(const std::string& token, std::string& out) {
  if (token.empty()) return;
  if (!out.empty()) out += random_() % 12 == 0 ? '\n' : ' ';
  out += token;
}

std::string GrammarSentences::token_of(const std::string& rule) {
  static constexpr const char* kNames[] = {"cart", "total", "x", "order_completed", "ana", "news"};
  static constexpr const char* kTexts[] = {"\"\"", "\"a b\"", "\"ü\"", "\"\\\"\\n\"", "\"#\""};
  if (rule == "WORD") return kNames[random_() % std::size(kNames)];
  if (rule == "TEXT") return kTexts[random_() % std::size(kTexts)];
  if (rule == "NUMBER") return std::to_string(1 + random_() % 50);
  if (rule == "DATE") return "2026-03-2" + std::to_string(random_() % 9);
  if (rule == "TIME") return "1" + std::to_string(random_() % 9) + ":30";
  if (rule == "CURRENCY") return random_() % 2 == 0 ? "EUR" : "USD";
  TRIG_CHECK(rule == "EOF", "a token of the grammar that nobody made yet");
  return "";
}

}  // namespace trig::golden
