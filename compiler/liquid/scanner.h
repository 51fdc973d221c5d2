// Cuts a template into text, outputs and tags, and trims white space beside `{{-`, `-}}`, `{%-` and
// `-%}`. The lines of a `{% liquid %}` tag come as tags too. As in the reference, a tag ends at the
// first `%}`, also inside quotes.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "compiler/base/text_range.h"
#include "compiler/diagnostics/diagnostic.h"

namespace trig::liquid {

// A piece of a source: its text and where it stands.
struct Fragment {
  std::string_view text;
  TextRange range;

  Fragment part(std::size_t begin, std::size_t end) const;
  Fragment trimmed() const;
};

enum class ItemKind : std::uint8_t { kText, kOutput, kTag, kEnd };

struct Item {
  ItemKind kind = ItemKind::kEnd;
  Fragment name;     // of a tag: "if", "#"; empty if there is none
  Fragment content;  // the text, or what stands inside an output, or after a tag's name
  TextRange range;   // all of it with its brackets
};

class Scanner {
 public:
  enum class Form : std::uint8_t { kDocument, kLines };
  Scanner(Fragment input, Form form, Diagnostics& diagnostics)
      : input_(input), form_(form), diagnostics_(diagnostics) {}

  // The next item. Reports outputs and tags that are not closed and goes on behind their bracket.
  Item next();
  // After `raw` or `doc`: everything up to the tag `end_name`; nothing if it never comes.
  std::optional<Fragment> verbatim_until(std::string_view end_name);
  // After `comment`: past its `endcomment`, with comments and raws inside; false if it never comes.
  bool skip_comment();

 private:
  Item next_line();
  Item text_item();
  Item bracket_item(bool tag);
  Item tag_item(std::size_t begin, std::size_t inner, std::size_t end);
  Item unclosed(std::size_t begin, std::string_view opener);
  std::size_t skip_token();
  std::string_view tag_name_at(std::size_t begin) const;

  Fragment input_;
  Form form_;
  Diagnostics& diagnostics_;
  std::size_t at_ = 0;
  bool trim_left_ = false;
};

// The `\w+` or `#` at the beginning, after white space; where it begins goes to `begin`.
std::string_view leading_word(std::string_view text, std::size_t& begin);
bool is_space(char c);

}  // namespace trig::liquid
