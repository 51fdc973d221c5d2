// After a syntax error the parser goes on at the next declaration and keeps what it could read. So
// a name or field that seems to be unknown may stand in the part it could not: that is not told.
#include <cctype>

#include "compiler/check/context.h"

namespace trig::check {
namespace {

bool is_syntax_error(Code code) { return info_of(code).code < "E0100"; }

bool is_name_part(char c) {
  return std::islower(static_cast<unsigned char>(c)) != 0 || c == '_' ||
         std::isdigit(static_cast<unsigned char>(c)) != 0;
}

std::string_view take_word(std::string_view& line) {
  std::size_t end = 0;
  while (end < line.size() && is_name_part(line[end])) ++end;
  std::string_view word = line.substr(0, end);
  line.remove_prefix(end);
  while (!line.empty() && line.front() == ' ') line.remove_prefix(1);
  return word;
}

}  // namespace

void note_broken_sources(Context& context) {
  for (const Diagnostic& diagnostic : context.diagnostics.all())
    if (is_syntax_error(diagnostic.code)) context.broken.insert(diagnostic.range.source);
  for (SourceId id : context.broken) {
    const Source& source = context.sources[id];
    for (std::uint32_t i = 1; i <= source.line_count(); ++i) {
      // A declaration begins at column 0: `event order_paid …`.
      std::string_view line = source.line_text(i);
      std::string_view keyword = take_word(line);
      std::string_view name = take_word(line);
      if (keyword.empty()) continue;
      context.symbols.note_unread(keyword == "person" ? keyword : name);
    }
  }
}

}  // namespace trig::check
