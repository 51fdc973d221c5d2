// What is wrong, where, and what it has to do with: as editors show it.
#include "editor-support/lsp/features.h"

namespace trig::lsp {
namespace {

constexpr int kErrorSeverity = 1;
constexpr int kWarningSeverity = 2;

class Teller {
 public:
  Teller(Session& session, LiveProject& project)
      : session_(session), project_(project), told_(project.told()) {}

  std::map<std::string, json::array> tell() {
    for (const Diagnostic& one : told_.diagnostics.all()) {
      const bool somewhere = one.range.valid();
      const std::string path =
          somewhere ? told_.sources[one.range.source].path() : std::string("trig.toml");
      json::object shown = {
          {"range", somewhere ? range_of(one.range) : range_json(Lines(""), 0, 0, encoding())},
          {"severity", one.severity == Severity::kError ? kErrorSeverity : kWarningSeverity},
          {"code", info_of(one.code).code},
          {"source", "trig"},
          {"message", message_of(one)}};
      if (session_.related && !one.labels.empty()) shown["relatedInformation"] = related(one);
      if (one.code == Code::kUnused) shown["tags"] = json::array{1};  // shown faded
      by_uri_[uri_of(path)].push_back(std::move(shown));
    }
    return std::move(by_uri_);
  }

 private:
  Encoding encoding() const { return session_.encoding; }

  std::string uri_of(const std::string& path) const {
    return session_.workspace.uri_of(full_path_of(project_, path));
  }

  const Lines& lines_of(SourceId source) {
    auto known = lines_.find(source);
    if (known == lines_.end())
      known = lines_.emplace(source, Lines(told_.sources[source].text())).first;
    return known->second;
  }
  json::object range_of(TextRange range) {
    return range_json(lines_of(range.source), range.begin, range.end, encoding());
  }

  // Editors show one text: places they cannot show are left out of it, the hint is not.
  static std::string message_of(const Diagnostic& one) {
    return one.hint_text.empty() ? one.message : one.message + "\n" + one.hint_text;
  }

  json::array related(const Diagnostic& one) {
    json::array places;
    for (const Label& label : one.labels) {
      if (!label.range.valid()) continue;
      const std::string& path = told_.sources[label.range.source].path();
      if (project_.text_of(path) == nullptr) continue;  // of the standard library
      places.push_back(json::object{
          {"location", json::object{{"uri", uri_of(path)}, {"range", range_of(label.range)}}},
          {"message", label.text}});
    }
    return places;
  }

  Session& session_;
  LiveProject& project_;
  const LiveProject::Told& told_;
  std::map<SourceId, Lines> lines_;
  std::map<std::string, json::array> by_uri_;
};

}  // namespace

std::map<std::string, json::array> diagnostics_by_uri(Session& session, LiveProject& project) {
  return Teller(session, project).tell();
}

}  // namespace trig::lsp
