// SARIF 2.1.0: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html, as GitHub reads
// it:
// https://docs.github.com/en/code-security (SARIF support for code scanning)
#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <numeric>

#include "compiler/base/limits.h"
#include "compiler/diagnostics/fingerprint.h"
#include "compiler/diagnostics/render.h"

namespace trig {
namespace {

namespace json = boost::json;

class Sarif {
 public:
  Sarif(const Diagnostics& diagnostics, const SourceMap& sources, const Repository& repository)
      : diagnostics_(diagnostics), sources_(sources), repository_(repository) {}

  std::string render() {
    const std::vector<std::string> names = fingerprints(diagnostics_, sources_);
    json::array results;
    for (std::size_t index : most_important_first())
      results.push_back(result_of(diagnostics_.all()[index], names[index]));
    json::object invocation{{"executionSuccessful", true}};
    if (left_out_ > 0)
      invocation["toolExecutionNotifications"] = json::array{json::object{
          {"level", "warning"},
          {"message", text_of(fmt::format("{} more findings are left out", left_out_))}}};
    json::object driver{{"name", "trig"},
                        {"semanticVersion", repository_.tool_version},
                        {"rules", std::move(rules_)}};
    json::object run{{"tool", {{"driver", std::move(driver)}}},
                     {"columnKind", "unicodeCodePoints"},
                     {"invocations", json::array{std::move(invocation)}},
                     {"results", std::move(results)}};
    return json::serialize(
        json::object{{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                     {"version", "2.1.0"},
                     {"runs", json::array{std::move(run)}}});
  }

 private:
  static json::object text_of(std::string_view text) { return {{"text", text}}; }

  // GitHub shows the first 5,000 and refuses more than kMaxSarifResults.
  std::vector<std::size_t> most_important_first() {
    std::vector<std::size_t> order(diagnostics_.all().size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_partition(order.begin(), order.end(), [&](std::size_t i) {
      return diagnostics_.all()[i].severity == Severity::kError;
    });
    if (order.size() > kMaxSarifResults) {
      left_out_ = order.size() - kMaxSarifResults;
      order.resize(kMaxSarifResults);
    }
    return order;
  }

  std::size_t rule_of(Code code) {
    auto [place, added] = rule_index_.try_emplace(code, rules_.size());
    if (!added) return place->second;
    const CodeInfo& info = info_of(code);
    std::string_view page = explain_page(code);
    std::string title(page.substr(0, page.find('\n')));
    if (std::size_t colon = title.find(": "); colon != title.npos) title.erase(0, colon + 2);
    if (title.empty()) title = info.code;
    json::object rule{
        {"id", info.code},
        {"name", info.name.substr(1)},
        {"shortDescription", text_of(title)},
        {"fullDescription", text_of(title)},
        {"help", {{"text", page.empty() ? title : std::string(page)}}},
        {"defaultConfiguration",
         {{"level", info.severity == Severity::kError ? "error" : "warning"}}},
        {"properties", {{"tags", json::array{is_lint(code) ? "lint" : "correctness"}}}}};
    if (!page.empty()) rule["help"].as_object()["markdown"] = page;
    rules_.push_back(std::move(rule));
    return place->second;
  }

  json::object region_of(TextRange range) const {
    const Source& source = sources_[range.source];
    LineColumn begin = source.place_of(range.begin);
    LineColumn end = source.place_of(range.end);
    return {{"startLine", begin.line},
            {"startColumn", begin.column},
            {"endLine", end.line},
            {"endColumn", end.column}};
  }

  static json::object artifact(const std::string& path) {
    return {{"uri", path}, {"uriBaseId", "%SRCROOT%"}};
  }

  std::string path_at(TextRange range) const {
    return range.valid() ? repository_.path_of(sources_[range.source].path()) : std::string();
  }

  // A finding about the whole project stands at its settings: a result must have a place.
  json::object location_of(TextRange range) const {
    std::string path = path_at(range);
    if (path.empty())
      return {{"physicalLocation",
               {{"artifactLocation", artifact(repository_.path_of("trig.toml"))},
                {"region", {{"startLine", 1}}}}}};
    return {
        {"physicalLocation", {{"artifactLocation", artifact(path)}, {"region", region_of(range)}}}};
  }

  json::array related_of(const Diagnostic& diagnostic) const {
    json::array related;
    for (const Label& label : diagnostic.labels) {
      if (path_at(label.range).empty()) continue;
      json::object location = location_of(label.range);
      location["message"] = text_of(label.text);
      related.push_back(std::move(location));
    }
    return related;
  }

  json::array fixes_of(const Diagnostic& diagnostic) const {
    std::map<std::string, json::array> changes;
    for (const Edit& edit : diagnostic.edits)
      if (std::string path = path_at(edit.range); !path.empty())
        changes[path].push_back({{"deletedRegion", region_of(edit.range)},
                                 {"insertedContent", text_of(edit.replacement)}});
    json::array files;
    for (auto& [path, replacements] : changes)
      files.push_back(
          {{"artifactLocation", artifact(path)}, {"replacements", std::move(replacements)}});
    if (files.empty()) return {};
    return {json::object{{"description", text_of(diagnostic.hint_text)},
                         {"artifactChanges", std::move(files)}}};
  }

  json::object result_of(const Diagnostic& diagnostic, const std::string& name) {
    std::string message = diagnostic.message;
    if (!diagnostic.hint_text.empty()) message += " (" + diagnostic.hint_text + ")";
    json::object result{
        {"ruleId", info_of(diagnostic.code).code},
        {"ruleIndex", rule_of(diagnostic.code)},
        {"level", diagnostic.severity == Severity::kError ? "error" : "warning"},
        {"message", text_of(message)},
        {"locations", json::array{location_of(diagnostic.range)}},
        {"partialFingerprints", {{"primaryLocationLineHash", name}, {"trigFinding/v1", name}}}};
    if (json::array related = related_of(diagnostic); !related.empty())
      result["relatedLocations"] = std::move(related);
    if (json::array fixes = fixes_of(diagnostic); !fixes.empty())
      result["fixes"] = std::move(fixes);
    return result;
  }

  const Diagnostics& diagnostics_;
  const SourceMap& sources_;
  const Repository& repository_;
  json::array rules_;
  std::map<Code, std::size_t> rule_index_;
  std::size_t left_out_ = 0;
};

}  // namespace

std::string render_sarif(const Diagnostics& diagnostics, const SourceMap& sources,
                         const Repository& repository) {
  return Sarif(diagnostics, sources, repository).render();
}

}  // namespace trig
