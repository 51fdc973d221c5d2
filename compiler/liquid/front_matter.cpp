#include "compiler/liquid/front_matter.h"

#include <algorithm>

namespace trig::liquid {
namespace {

constexpr std::string_view kFence = "---";
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

// The line at `at`, without its end; `at` moves to the next one.
Fragment take_line(const Fragment& file, std::size_t& at) {
  std::size_t end = std::min(file.text.find('\n', at), file.text.size());
  Fragment line = file.part(at, end);
  at = std::min(end + 1, file.text.size());
  return line;
}

Fragment unquoted(const Fragment& value) {
  std::string_view text = value.text;
  bool quoted = text.size() >= 2 && (text.front() == '"' || text.front() == '\'') &&
                text.back() == text.front() && text.find(text.front(), 1) == text.size() - 1;
  return quoted ? value.part(1, text.size() - 1) : value;
}

void read_entry(const Fragment& line, FrontMatter& matter, Diagnostics& diagnostics) {
  std::size_t colon = line.text.find(':');
  if (colon == std::string_view::npos || colon == 0) {
    diagnostics.report(Code::kFrontMatterSyntax, line.range);
    return;
  }
  matter.entries.push_back(
      {line.part(0, colon).trimmed(), unquoted(line.part(colon + 1, line.text.size()).trimmed())});
}

}  // namespace

FrontMatter read_front_matter(Fragment file, Diagnostics& diagnostics) {
  FrontMatter matter;
  std::size_t at = file.text.substr(0, kByteOrderMark.size()) == kByteOrderMark ? 3 : 0;
  matter.body = file.part(at, file.text.size());
  matter.insert_at = file.part(at, at).range;
  Fragment fence = take_line(file, at).trimmed();
  if (fence.text != kFence) return matter;
  matter.present = true;
  std::size_t begin = at;
  while (at < file.text.size()) {
    std::size_t line_at = at;
    Fragment line = take_line(file, at).trimmed();
    if (line.text == kFence) {
      matter.insert_at = file.part(line_at, line_at).range;
      matter.body = file.part(at, file.text.size());
      return matter;
    }
    if (!line.text.empty() && line.text[0] != '#') read_entry(line, matter, diagnostics);
  }
  matter.insert_at = file.part(begin, begin).range;
  matter.body = file.part(file.text.size(), file.text.size());
  diagnostics.report(Code::kFrontMatterUnclosed, fence.range)
      .hint("end the settings with a second line `---`");
  return matter;
}

}  // namespace trig::liquid
