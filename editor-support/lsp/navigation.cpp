// Go to definition, references and highlights.
#include <algorithm>

#include "editor-support/lsp/definitions.h"
#include "editor-support/lsp/features.h"

namespace trig::lsp {
namespace {

constexpr int kReadHighlight = 2;
constexpr int kWriteHighlight = 3;

json::value location(Session& session, LiveProject& project, const std::string& path,
                     std::uint32_t begin, std::uint32_t end) {
  const std::string uri = uri_of(session, project, path);
  if (uri.empty()) return nullptr;
  const std::string text = text_of_path(project, path);
  return json::object{{"uri", uri},
                      {"range", range_json(Lines(text), begin, end, session.encoding)}};
}

// The path in quotes around a place: the file of a template, a list or a catalog.
std::string quoted_path_at(const Spot& spot) {
  const Lines lines(spot.text);
  const std::uint32_t line = lines.line_of(spot.offset);
  const std::string_view text = lines.text_of(line);
  const std::size_t at = std::min<std::size_t>(spot.offset - lines.begin_of(line), text.size());
  const std::size_t begin = text.rfind('"', at == 0 ? 0 : at - 1);
  const std::size_t end = text.find('"', at);
  if (begin == text.npos || end == text.npos || begin >= end) return {};
  return std::string(text.substr(begin + 1, end - begin - 1));
}

bool is_one_of(const std::vector<NameUse>& wanted, const NameUse& use) {
  return std::any_of(wanted.begin(), wanted.end(),
                     [&](const NameUse& one) { return one.id == use.id; });
}

}  // namespace

Answer definition(Session& session, const json::value& params) {
  const auto spot = spot_of(session, params);
  if (!spot) return json::value();
  json::array places;
  const std::vector<NameUse> found = names_at(*spot->project, spot->path, spot->offset);
  if (!found.empty()) {
    const NamesByPath names = index_of_all(*spot->project);
    for (const NameUse& use : found)
      if (const auto place = definition_of(names, use.id))
        if (json::value one =
                location(session, *spot->project, place->path, place->use.begin, place->use.end);
            !one.is_null())
          places.push_back(std::move(one));
    return json::value(std::move(places));
  }
  const std::string path = quoted_path_at(*spot);
  if (!path.empty() && spot->project->text_of(path) != nullptr)
    places.push_back(location(session, *spot->project, path, 0, 0));
  return json::value(std::move(places));
}

Answer references(Session& session, const json::value& params) {
  const auto spot = spot_of(session, params);
  if (!spot) return json::value();
  const std::vector<NameUse> wanted = names_at(*spot->project, spot->path, spot->offset);
  const bool declared = true_in(params, {"context", "includeDeclaration"});
  json::array places;
  if (wanted.empty()) return json::value(std::move(places));
  for (const auto& [path, uses] : index_of_all(*spot->project)) {
    if (of_standard_library(*spot->project, path) && !declared) continue;
    for (const NameUse& use : uses) {
      if (!is_one_of(wanted, use) || (use.definition && !declared)) continue;
      json::value one = location(session, *spot->project, path, use.begin, use.end);
      if (!one.is_null()) places.push_back(std::move(one));
    }
  }
  return json::value(std::move(places));
}

Answer highlights(Session& session, const json::value& params) {
  const auto spot = spot_of(session, params);
  if (!spot) return json::value();
  const std::vector<NameUse> wanted = names_at(*spot->project, spot->path, spot->offset);
  const Lines lines(spot->text);
  json::array places;
  for (const NameUse& use : index_of(*spot->project, spot->path))
    if (is_one_of(wanted, use))
      places.push_back(
          json::object{{"range", range_json(lines, use.begin, use.end, session.encoding)},
                       {"kind", use.definition ? kWriteHighlight : kReadHighlight}});
  return json::value(std::move(places));
}

}  // namespace trig::lsp
