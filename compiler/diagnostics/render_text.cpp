#include "compiler/diagnostics/render.h"

#include <algorithm>

namespace trig {
namespace {

constexpr std::string_view kReset = "\x1b[0m";
constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kRed = "\x1b[1;31m";
constexpr std::string_view kYellow = "\x1b[1;33m";
constexpr std::string_view kBlue = "\x1b[1;34m";

std::string paint(const TextStyle& style, std::string_view color, std::string_view text) {
  if (!style.color) return std::string(text);
  return fmt::format("{}{}{}", color, text, kReset);
}

std::uint32_t code_points(std::string_view text) {
  std::uint32_t count = 0;
  for (char c : text)
    if ((static_cast<unsigned char>(c) & 0xc0) != 0x80) ++count;
  return count;
}

// The source line of `range` with `mark` under what it covers (to the line's end at most).
std::string excerpt(const Source& source, TextRange range, char mark, std::string_view note,
                    std::size_t gutter, const TextStyle& style, std::string_view color) {
  LineColumn place = source.place_of(range.begin);
  std::string_view line = source.line_text(place.line);
  std::uint32_t begin = range.begin - source.line_begin(place.line);
  std::uint32_t end = range.end - source.line_begin(place.line);
  begin = std::min<std::uint32_t>(begin, static_cast<std::uint32_t>(line.size()));
  end = std::clamp<std::uint32_t>(end, begin, static_cast<std::uint32_t>(line.size()));
  std::string shown;
  for (char c : line) shown += c == '\t' ? ' ' : c;
  std::uint32_t width = std::max(1u, code_points(line.substr(begin, end - begin)));
  std::string marks =
      std::string(place.column - 1, ' ') +
      paint(style, color, std::string(width, mark) + (note.empty() ? "" : " " + std::string(note)));
  std::string bar = paint(style, kBlue, "|");
  return fmt::format("{} {} {}\n{:>{}} {} {}\n",
                     paint(style, kBlue, fmt::format("{:>{}}", place.line, gutter)), bar, shown, "",
                     gutter, bar, marks);
}

void render_one(const Diagnostic& diagnostic, const SourceMap& sources, const TextStyle& style,
                std::string& out) {
  const CodeInfo& info = info_of(diagnostic.code);
  bool error = diagnostic.severity == Severity::kError;
  std::string_view color = error ? kRed : kYellow;
  out += fmt::format(
      "{}{}\n", paint(style, color, fmt::format("{}[{}]", error ? "error" : "warning", info.code)),
      paint(style, kBold, ": " + diagnostic.message));
  std::size_t gutter = 2;
  if (diagnostic.range.valid()) {
    const Source& source = sources[diagnostic.range.source];
    LineColumn place = source.place_of(diagnostic.range.begin);
    std::uint32_t last = place.line;
    for (const Label& label : diagnostic.labels)
      if (label.range.valid())
        last = std::max(last, sources[label.range.source].place_of(label.range.begin).line);
    gutter = std::max<std::size_t>(2, std::to_string(last).size());
    out += fmt::format("{:>{}}{} {}:{}:{}\n", "", gutter, paint(style, kBlue, "-->"), source.path(),
                       place.line, place.column);
    out += excerpt(source, diagnostic.range, '^', "", gutter, style, color);
    for (const Label& label : diagnostic.labels) {
      if (!label.range.valid()) continue;
      const Source& other = sources[label.range.source];
      if (label.range.source != diagnostic.range.source)
        out += fmt::format("{:>{}}{} {}:{}\n", "", gutter, paint(style, kBlue, ":::"), other.path(),
                           other.place_of(label.range.begin).line);
      out += excerpt(other, label.range, '-', label.text, gutter, style, kBlue);
    }
  }
  if (!diagnostic.hint_text.empty())
    out += fmt::format("{:>{}} {} hint: {}\n", "", gutter, paint(style, kBlue, "="),
                       diagnostic.hint_text);
  out += '\n';
}

}  // namespace

std::string render_text(const Diagnostics& diagnostics, const SourceMap& sources, TextStyle style) {
  std::string out;
  for (const Diagnostic& diagnostic : diagnostics.all())
    render_one(diagnostic, sources, style, out);
  return out;
}

}  // namespace trig
