// The blocks of a document that are tagged `trig`, and what they need to be whole files.
//
//   ```trig                    declarations: no error and no warning
//   ```trig error E0204        declarations that give exactly this
//   ```trig step               a part, in a frame; a blank line begins another one
//   ```trig step error E0204   a part that gives exactly this
//   ```trig tests/a.trig       a file; those of a page are one project
//
// What else a block needs stands in a comment of its page, `<!-- vocabulary … -->`; what a block
// declares itself is left out of it. `# file PATH` in it begins a file of `#| ` lines.
#pragma once

#include <string>
#include <vector>

namespace trig::golden {

std::vector<std::string> lines_of(const std::string& text);

struct Block {
  std::size_t line = 0;  // of its fence
  std::string kind;      // "" declarations, a frame, or the name of a file
  std::string error;     // the code it must give; "": none
  std::string text;
  bool is_file() const { return kind.ends_with(".trig"); }
  // Whether `trig fmt` leaves it as it is; a frame of one line says nothing about it.
  bool in_the_format() const { return error.empty() && kind != "where" && kind != "expression"; }
};
std::vector<Block> blocks_of(const std::string& page);

// The block itself, or each of its parts in the frame; none: no frame is called so.
std::vector<std::string> whole_texts(const Block& block);

std::string vocabulary_of(const std::string& page);
// The declarations of the vocabulary that the text does not have itself.
std::string beside(const std::string& vocabulary, const std::string& text);

}  // namespace trig::golden
