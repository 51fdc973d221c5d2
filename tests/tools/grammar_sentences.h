// Texts made at random from grammar/Trig.g4 itself: every construct there is comes in them, also
// one that was added yesterday. They follow the syntax; what they say makes no sense.
//
//   GrammarSentences sentences(7);
//   std::string text = sentences.make("campaignDecl", 12);
#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace trig::golden {

class GrammarSentences {
 public:
  explicit GrammarSentences(std::uint32_t seed);

  // A text of the rule; where it is `depth` rules deep it takes the shortest way out.
  std::string make(const std::string& rule, int depth);
  // Every word and sign that stands in the rules.
  const std::vector<std::string>& words() const { return words_; }
  // Rules of the parser.
  std::vector<std::string> rules() const;

 private:
  struct Part;
  using Sequence = std::vector<Part>;
  struct Part {
    enum class Kind { kWord, kRule, kChoice } kind = Kind::kWord;
    std::string text;               // kWord: as written; kRule: its name
    std::vector<Sequence> choices;  // kChoice
    char repeat = ' ';              // ?, * or +
  };

  class Reader;
  int shortest(const Part& part) const;
  int shortest(const Sequence& sequence) const;
  void find_depths();
  void write(const Part& part, int depth, std::string& out);
  void write_once(const Part& part, int depth, std::string& out);
  void add(const std::string& token, std::string& out);
  std::string token_of(const std::string& rule);

  std::mt19937 random_;
  std::map<std::string, Part> rules_;  // of the parser
  std::map<std::string, int> depths_;  // rules needed to get out of a rule
  std::vector<std::string> words_;
};

}  // namespace trig::golden
