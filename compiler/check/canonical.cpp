// A declaration as canonical text: its words without comments, one blank between them.
#include <cctype>

#include "compiler/check/context.h"

namespace trig::check {

std::string canonical_text(const Context& context, const Declared& declared) {
  TextRange range = declared.declaration->range;
  const std::string& source = context.sources[range.source].text();
  std::string text;
  auto comment = declared.file->comments.begin();
  bool quoted = false;
  for (std::uint32_t at = range.begin; at < range.end; ++at) {
    while (comment != declared.file->comments.end() && comment->range.end <= at) ++comment;
    bool in_comment = comment != declared.file->comments.end() && comment->range.begin <= at;
    char c = source[at];
    bool blank = in_comment || std::isspace(static_cast<unsigned char>(c)) != 0;
    if (quoted || !blank) text += c;
    if (!quoted && blank && !text.empty() && text.back() != ' ') text += ' ';
    if (in_comment) continue;
    if (quoted && c == '\\') text += source[++at];
    else if (c == '"') quoted = !quoted;
  }
  return text;
}

}  // namespace trig::check
