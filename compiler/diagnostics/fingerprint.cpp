#include "compiler/diagnostics/fingerprint.h"

#include <map>

#include "compiler/base/hash.h"

namespace trig {
namespace {

std::string without_blanks(std::string_view text) {
  std::string bare;
  for (char c : text)
    if (c != ' ' && c != '\t' && c != '\r') bare += c;
  return bare;
}

// What the finding is about. The marked text is part of it: two findings on one line differ.
std::string subject_of(const Diagnostic& diagnostic, const SourceMap& sources) {
  std::string subject(info_of(diagnostic.code).code);
  if (!diagnostic.range.valid()) return subject + '\n' + diagnostic.message;
  const Source& source = sources[diagnostic.range.source];
  const std::uint32_t line = source.place_of(diagnostic.range.begin).line;
  return subject + '\n' + source.path() + '\n' + without_blanks(source.line_text(line)) + '\n' +
         without_blanks(sources.text_of(diagnostic.range));
}

}  // namespace

std::vector<std::string> fingerprints(const Diagnostics& diagnostics, const SourceMap& sources) {
  std::vector<std::string> names;
  std::map<std::string, int> seen;
  for (const Diagnostic& diagnostic : diagnostics.all()) {
    std::string name = to_hex(hash128(subject_of(diagnostic, sources))).substr(0, 16);
    const int number = ++seen[name];
    names.push_back(fmt::format("{}:{}", name, number));
  }
  return names;
}

}  // namespace trig
