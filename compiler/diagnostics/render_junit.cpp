// JUnit XML, as Jenkins, GitLab and the JUnit reports of GitHub actions read it.
#include <set>

#include "compiler/diagnostics/render.h"
#include "compiler/diagnostics/xml.h"

namespace trig {
namespace {

std::string failed_case(const Diagnostic& diagnostic, const SourceMap& sources,
                        const Repository& repository) {
  const std::string_view code = info_of(diagnostic.code).code;
  std::string path = "trig.toml";
  std::string place;
  if (diagnostic.range.valid()) {
    const Source& source = sources[diagnostic.range.source];
    const LineColumn begin = source.place_of(diagnostic.range.begin);
    path = source.path();
    place = fmt::format(" at {}:{}", begin.line, begin.column);
  }
  Diagnostics one;
  one.add(diagnostic);
  return fmt::format(
      "    <testcase classname=\"{}\" name=\"{}\">\n"
      "      <failure type=\"{}\" message=\"{}\">{}</failure>\n    </testcase>\n",
      xml_text(repository.path_of(path)), xml_text(std::string(code) + place),
      diagnostic.severity == Severity::kError ? "error" : "warning", xml_text(diagnostic.message),
      xml_text(render_text(one, sources, {})));
}

}  // namespace

std::string render_junit(const Diagnostics& diagnostics, const SourceMap& sources,
                         const Repository& repository) {
  std::string cases;
  std::set<std::string> faulty;
  for (const Diagnostic& diagnostic : diagnostics.all()) {
    cases += failed_case(diagnostic, sources, repository);
    if (diagnostic.range.valid()) faulty.insert(sources[diagnostic.range.source].path());
  }
  std::size_t count = diagnostics.all().size();
  for (const std::string& file : repository.files) {
    if (faulty.contains(file)) continue;
    ++count;
    cases += fmt::format("    <testcase classname=\"{}\" name=\"no findings\"/>\n",
                         xml_text(repository.path_of(file)));
  }
  const std::string counts =
      fmt::format("tests=\"{}\" failures=\"{}\"", count, diagnostics.all().size());
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {0}>\n"
      "  <testsuite name=\"trig check\" {0}>\n{1}  </testsuite>\n</testsuites>\n",
      counts, cases);
}

}  // namespace trig
