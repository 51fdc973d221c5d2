// Workflow commands:
// https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
#include "compiler/base/limits.h"
#include "compiler/diagnostics/render.h"

namespace trig {
namespace {

// `property`: `:` and `,` end the value of a property too.
std::string escaped(std::string_view text, bool property) {
  std::string out;
  for (char c : text) {
    if (c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ',')))
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    else
      out += c;
  }
  return out;
}

std::string annotation(const Diagnostic& diagnostic, const SourceMap& sources,
                       const Repository& repository) {
  const bool error = diagnostic.severity == Severity::kError;
  std::string command = error ? "::error" : "::warning";
  std::string properties = fmt::format("title={}", info_of(diagnostic.code).code);
  const TextRange range = diagnostic.range;
  const std::string path =
      range.valid() ? repository.path_of(sources[range.source].path()) : std::string();
  if (!path.empty()) {
    const LineColumn begin = sources[range.source].place_of(range.begin);
    const LineColumn end = sources[range.source].place_of(range.end);
    properties +=
        fmt::format(",file={},line={},endLine={}", escaped(path, true), begin.line, end.line);
    // Columns count within one line only.
    if (begin.line == end.line)
      properties += fmt::format(",col={},endColumn={}", begin.column, end.column);
  }
  std::string message = diagnostic.message;
  if (!diagnostic.hint_text.empty()) message += "\nhint: " + diagnostic.hint_text;
  return fmt::format("{} {}::{}\n", command, properties, escaped(message, false));
}

}  // namespace

std::string render_github(const Diagnostics& diagnostics, const SourceMap& sources,
                          const Repository& repository) {
  std::string shown;
  Diagnostics rest;
  std::size_t errors = 0;
  std::size_t warnings = 0;
  for (const Diagnostic& diagnostic : diagnostics.all()) {
    std::size_t& count = diagnostic.severity == Severity::kError ? errors : warnings;
    if (++count <= kMaxAnnotationsPerLevel)
      shown += annotation(diagnostic, sources, repository);
    else
      rest.add(diagnostic);
  }
  if (rest.all().empty()) return shown;
  // Text of a project may look like a command; GitHub takes none until the token is said again.
  constexpr std::string_view kToken = "trig-findings";
  shown += fmt::format("::group::{} more\n::stop-commands::{}\n{}::{}::\n::endgroup::\n",
                       rest.all().size(), kToken, render_text(rest, sources, {}), kToken);
  shown += fmt::format(
      "::notice title=trig::{} errors and {} warnings; {} of them are in the log only\n", errors,
      warnings, rest.all().size());
  return shown;
}

}  // namespace trig
