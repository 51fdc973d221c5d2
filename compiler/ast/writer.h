// The lines of a formatted file: what the formatter writes, with the comments and blank lines of
// the source put where they belong. Internal to the library.
//
// Comments go out in source order: before each item come the comments that stood before it, own
// lines as they are, the others behind the line written last. A comment inside an item that is
// written as one piece moves before the item.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/ast/ast.h"
#include "compiler/ast/layout.h"
#include "compiler/base/source.h"

namespace trig::ast {

class Writer {
 public:
  Writer(const std::vector<Comment>& comments, const Source& source)
      : comments_(comments), text_(source.text()) {}

  // Everything that stood before `begin`, a blank line of the source included.
  void before(std::uint32_t begin);
  // The comments before `end` on lines of their own: those inside what is written next.
  void inside(std::uint32_t end);
  // A blank line here if the source has none between the last item and `begin`.
  void want_blank(std::uint32_t begin);

  void line(std::string_view text);
  // `open`: a ` {` follows, and the next lines are indented.
  void write(const Doc& doc, bool open = false);
  void open(std::string_view text);
  // Comments before `end`, then the closing brace with what follows it.
  void close(std::uint32_t end, std::string_view after = "");
  // The same where a new block follows: `} else {`
  void reopen(std::uint32_t end, const Doc& head);

  std::size_t room() const {
    return kLineWidth > depth_ * kIndent ? kLineWidth - depth_ * kIndent : 0;
  }
  bool comment_between(std::uint32_t begin, std::uint32_t end) const;
  // Nothing but a line end and a comment behind the first will stand between them.
  bool neighbours(TextRange first, TextRange second) const;
  std::string finish();

  // The source, for questions of layout.
  bool one_line(std::uint32_t begin, std::uint32_t end) const;
  bool blank_before(std::uint32_t begin) const;
  // The place of the next `wanted` after `from`, over blanks, comments and words.
  std::uint32_t find(char wanted, std::uint32_t from) const;
  // The begin of the word that stands before `place`.
  std::uint32_t word_before(std::uint32_t place) const;

 private:
  struct Line {
    std::string text;
    std::string comment;        // behind the text
    bool only_comment = false;  // the text is one
  };

  void blank();
  void add(std::string text);
  std::string text_of(const Comment& comment) const;
  void align_comments();
  std::vector<Comment>::const_iterator comment_from(std::uint32_t place) const;

  const std::vector<Comment>& comments_;
  std::string_view text_;
  std::vector<Line> lines_;
  std::size_t next_comment_ = 0;
  std::size_t depth_ = 0;
  bool fresh_ = true;  // nothing yet in this block
  bool want_blank_ = false;
};

}  // namespace trig::ast
