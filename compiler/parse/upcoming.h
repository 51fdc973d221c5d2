// What could stand at a place of a text that is being written: for completion.
//
//   Upcoming here = upcoming_at(source, offset);      // "  wait 30 m|"
//   here.words                                        // "minutes", "months", …
//
// Words that the declaration around the place has before it and that fit nowhere are passed over.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/base/source.h"

namespace trig::parse {

struct Upcoming {
  struct Token {
    std::string text;
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
  };
  std::uint32_t begin = 0;         // of the word that is being written, or the place
  std::vector<std::string> words;  // of fixed spelling that fit, other than as names
  // Where a name could stand: rules of grammar/Trig.g4, the innermost first. Empty: no name can.
  std::vector<std::vector<std::string>> names;
  std::vector<Token> before;  // of the declaration up to the word
  bool in_text = false;       // inside of quotes
  bool in_comment = false;
};

Upcoming upcoming_at(const Source& source, std::uint32_t offset);

}  // namespace trig::parse
