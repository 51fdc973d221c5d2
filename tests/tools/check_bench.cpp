#include "tests/tools/check_bench.h"

#include "compiler/parse/parse.h"

namespace trig {
namespace {

constexpr std::string_view kMarketing =
    "---\nsubject: Hello\nclass: marketing\n---\n"
    "<p>Hello</p> <a href=\"{{ unsubscribe_url }}\">Unsubscribe</a> {{ postal_address }}\n";
constexpr std::string_view kTransactional =
    "---\nsubject: Hello\nclass: transactional\n---\n<p>Hello</p>\n";

Result<std::string> given_template(std::string_view path) {
  bool mail = path.starts_with("templates/") && path.ends_with(".html.liquid");
  if (!mail || path.find("missing") != path.npos)
    return fail("there is no file {} in the project", path);
  bool transactional = path.starts_with("templates/transactional");
  return std::string(transactional ? kTransactional : kMarketing);
}

}  // namespace

CheckBench::CheckBench(const std::string& text, const std::string& path,
                       std::map<std::string, std::string> files) {
  SourceId id = sources.add(path, text);
  trees.push_back(parse::parse(id, sources[id], diagnostics));
  check::ReadFile read_file = [&](std::string_view name) -> Result<std::string> {
    auto file = files.find(std::string(name));
    return file == files.end() ? given_template(name) : Result<std::string>(file->second);
  };
  check::Settings settings{"shop",
                           Zone::find("Europe/Paris").value(),
                           {},
                           std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)};
  checked = check::check(trees, settings, read_file, sources, diagnostics);
  diagnostics.sort();
}

std::vector<std::string> CheckBench::codes() const {
  std::vector<std::string> codes;
  for (const Diagnostic& diagnostic : diagnostics.all())
    codes.emplace_back(info_of(diagnostic.code).code);
  return codes;
}

std::string CheckBench::text_at(const Diagnostic& diagnostic) const {
  return std::string(sources.text_of(diagnostic.range));
}

}  // namespace trig
