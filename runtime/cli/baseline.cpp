#include "runtime/cli/baseline.h"

#include <boost/json.hpp>

#include "compiler/diagnostics/fingerprint.h"
#include "runtime/cli/replace_files.h"
#include "runtime/cli/terminal.h"

namespace trig::cli {
namespace {

constexpr std::int64_t kVersion = 1;

}  // namespace

Result<Baseline> read_baseline(const std::string& path) {
  Result<std::string> text = read_text(path);
  if (!text) return tl::unexpected(text.error());
  boost::system::error_code error;
  const boost::json::value value = boost::json::parse(*text, error);
  const auto* file = error ? nullptr : value.if_object();
  const auto* version = file == nullptr ? nullptr : file->if_contains("version");
  const auto* findings = file == nullptr ? nullptr : file->if_contains("findings");
  if (version == nullptr || *version != kVersion || findings == nullptr || !findings->is_array())
    return fail("{} is no baseline of this trig: write it with --write-baseline", path);
  Baseline baseline;
  for (const boost::json::value& finding : findings->get_array()) {
    const auto* row = finding.if_object();
    const auto* name = row == nullptr ? nullptr : row->if_contains("fingerprint");
    if (name == nullptr || !name->is_string()) return fail("{} has a finding without a name", path);
    baseline.fingerprints.emplace(name->get_string());
  }
  return baseline;
}

Status write_baseline(const std::string& path, const Diagnostics& diagnostics,
                      const SourceMap& sources) {
  const std::vector<std::string> names = fingerprints(diagnostics, sources);
  std::string rows;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const Diagnostic& diagnostic = diagnostics.all()[i];
    if (!is_lint(diagnostic.code)) continue;
    const boost::json::object row{
        {"fingerprint", names[i]},
        {"code", info_of(diagnostic.code).code},
        {"path", diagnostic.range.valid() ? sources[diagnostic.range.source].path() : ""},
        {"message", diagnostic.message}};
    rows += (rows.empty() ? "\n    " : ",\n    ") + boost::json::serialize(row);
  }
  // One line a finding: what changes is seen in a review.
  return replace_files({{path, fmt::format("{{\n  \"version\": {},\n  \"findings\": [{}{}]\n}}\n",
                                           kVersion, rows, rows.empty() ? "" : "\n  ")}});
}

Known leave_out_known(const Baseline& baseline, Diagnostics& diagnostics,
                      const SourceMap& sources) {
  const std::vector<std::string> names = fingerprints(diagnostics, sources);
  Known known;
  std::size_t at = 0;
  diagnostics.revise([&](const Diagnostic& diagnostic) {
    const std::string& name = names[at++];
    if (!is_lint(diagnostic.code) || !baseline.fingerprints.contains(name)) return true;
    ++known.left_out;
    return false;
  });
  known.gone = baseline.fingerprints.size() - known.left_out;
  return known;
}

}  // namespace trig::cli
