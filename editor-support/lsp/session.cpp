#include "editor-support/lsp/session.h"

#include <algorithm>

namespace trig::lsp {

tl::unexpected<Problem> refuse(std::string message) {
  return tl::unexpected<Problem>(Problem{kRequestFailed, std::move(message)});
}

Session::Session(std::function<Instant()> clock)
    : now(clock), workspace([clock] { return std::chrono::floor<std::chrono::days>(clock()); }) {}

const json::value* member(const json::value& from, std::string_view name) {
  const json::object* object = from.if_object();
  return object == nullptr ? nullptr : object->if_contains(name);
}

std::optional<std::string> text_in(const json::value& from, std::string_view name) {
  const json::value* value = member(from, name);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return std::string(value->get_string());
}

std::optional<std::int64_t> number_in(const json::value& from, std::string_view name) {
  const json::value* value = member(from, name);
  if (value == nullptr || !value->is_int64()) return std::nullopt;
  return value->get_int64();
}

bool true_in(const json::value& from, std::initializer_list<std::string_view> path) {
  const json::value* at = &from;
  for (std::string_view name : path) {
    at = member(*at, name);
    if (at == nullptr) return false;
  }
  return at->is_bool() && at->get_bool();
}

std::optional<Position> position_in(const json::value& from) {
  auto line = number_in(from, "line");
  auto character = number_in(from, "character");
  if (!line || !character || *line < 0 || *character < 0) return std::nullopt;
  constexpr std::int64_t kLargest = 0x7fffffff;
  return Position{static_cast<std::uint32_t>(std::min(*line, kLargest)),
                  static_cast<std::uint32_t>(std::min(*character, kLargest))};
}

std::optional<Spot> spot_of(Session& session, const json::value& params) {
  const json::value* document = member(params, "textDocument");
  if (document == nullptr) return std::nullopt;
  const auto uri = text_in(*document, "uri");
  const auto path = uri ? path_of_uri(*uri) : std::nullopt;
  if (!path || session.workspace.open_text(*path) == nullptr) return std::nullopt;
  const auto place = session.workspace.place_of(*path);
  Spot spot{place->project, place->path, *path, *session.workspace.open_text(*path), 0};
  if (const json::value* at = member(params, "position")) {
    const auto position = position_in(*at);
    if (!position) return std::nullopt;
    spot.offset = Lines(spot.text).offset(*position, session.encoding);
  }
  return spot;
}

json::object range_json(const Lines& lines, std::uint32_t begin, std::uint32_t end,
                        Encoding encoding) {
  auto place = [&](std::uint32_t offset) {
    const Position position = lines.position(offset, encoding);
    return json::object{{"line", position.line}, {"character", position.character}};
  };
  return {{"start", place(begin)}, {"end", place(end)}};
}

json::object range_json(const SourceMap& sources, TextRange range, Encoding encoding) {
  return range_json(Lines(sources[range.source].text()), range.begin, range.end, encoding);
}

json::object edit_json(const Lines& lines, std::uint32_t begin, std::uint32_t end, std::string text,
                       Encoding encoding) {
  return {{"range", range_json(lines, begin, end, encoding)}, {"newText", std::move(text)}};
}

std::string full_path_of(const LiveProject& project, std::string_view path) {
  return path.starts_with('/') ? std::string(path) : project.root() + "/" + std::string(path);
}

json::object workspace_edit(Session& session, LiveProject& project, const FileEdits& by_path) {
  json::object changes;
  json::array documents;
  for (const auto& [path, unsorted] : by_path) {
    const std::string* text = project.text_of(path);
    if (text == nullptr) continue;
    std::vector<FileEdit> edits = unsorted;
    std::sort(edits.begin(), edits.end());
    edits.erase(std::unique(edits.begin(), edits.end()), edits.end());
    const Lines lines(*text);
    json::array written;
    for (const FileEdit& edit : edits)
      written.push_back(edit_json(lines, edit.begin, edit.end, edit.text, session.encoding));
    const std::string full = full_path_of(project, path);
    const std::string uri = session.workspace.uri_of(full);
    json::value version;
    if (auto known = session.versions.find(full); known != session.versions.end())
      version = known->second;
    if (session.edits_by_version)
      documents.push_back(json::object{
          {"textDocument", json::object{{"uri", uri}, {"version", version}}}, {"edits", written}});
    else
      changes[uri] = std::move(written);
  }
  if (session.edits_by_version) return {{"documentChanges", std::move(documents)}};
  return {{"changes", std::move(changes)}};
}

}  // namespace trig::lsp
