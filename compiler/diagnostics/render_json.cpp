#include <boost/json.hpp>

#include "compiler/diagnostics/fingerprint.h"
#include "compiler/diagnostics/render.h"

namespace trig {
namespace {

constexpr int kJsonVersion = 1;

boost::json::object range_json(TextRange range, const SourceMap& sources) {
  const Source& source = sources[range.source];
  LineColumn begin = source.place_of(range.begin);
  LineColumn end = source.place_of(range.end);
  return {{"path", source.path()},
          {"start", {{"line", begin.line}, {"column", begin.column}, {"offset", range.begin}}},
          {"end", {{"line", end.line}, {"column", end.column}, {"offset", range.end}}}};
}

boost::json::object row_of(const Diagnostic& diagnostic, const std::string& fingerprint,
                           const SourceMap& sources) {
  boost::json::object row{
      {"code", info_of(diagnostic.code).code},
      {"severity", diagnostic.severity == Severity::kError ? "error" : "warning"},
      {"message", diagnostic.message},
      {"fingerprint", fingerprint}};
  if (diagnostic.range.valid()) row["range"] = range_json(diagnostic.range, sources);
  boost::json::array labels;
  for (const Label& label : diagnostic.labels)
    if (label.range.valid())
      labels.push_back({{"range", range_json(label.range, sources)}, {"text", label.text}});
  row["labels"] = std::move(labels);
  if (!diagnostic.hint_text.empty()) row["hint"] = diagnostic.hint_text;
  boost::json::array edits;
  for (const Edit& edit : diagnostic.edits)
    edits.push_back(
        {{"range", range_json(edit.range, sources)}, {"replacement", edit.replacement}});
  row["edits"] = std::move(edits);
  row["certain"] = diagnostic.certain;
  return row;
}

}  // namespace

std::string render_json(const Diagnostics& diagnostics, const SourceMap& sources) {
  const std::vector<std::string> names = fingerprints(diagnostics, sources);
  boost::json::array rows;
  for (std::size_t i = 0; i < names.size(); ++i)
    rows.push_back(row_of(diagnostics.all()[i], names[i], sources));
  return boost::json::serialize(
      boost::json::object{{"version", kJsonVersion}, {"diagnostics", std::move(rows)}});
}

}  // namespace trig
