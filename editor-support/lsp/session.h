// Session: what one editor and the server know of each other, and the small things that every
// answer needs. Features are functions Session × parameters → Answer, one file each.
#pragma once

#include <boost/json.hpp>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "compiler/base/source.h"
#include "compiler/base/text_range.h"
#include "editor-support/lsp/text.h"
#include "editor-support/lsp/workspace.h"

namespace trig::lsp {

namespace json = boost::json;

// Codes of JSON-RPC and of the protocol.
constexpr int kParseError = -32700;
constexpr int kInvalidRequest = -32600;
constexpr int kMethodNotFound = -32601;
constexpr int kInvalidParams = -32602;
constexpr int kInternalError = -32603;
constexpr int kNotInitialized = -32002;
constexpr int kRequestFailed = -32803;

struct Problem {
  int code = kRequestFailed;
  std::string message;
};
using Answer = tl::expected<json::value, Problem>;
tl::unexpected<Problem> refuse(std::string message);

struct Session {
  explicit Session(std::function<Instant()> now);

  std::function<Instant()> now;
  Workspace workspace;
  Encoding encoding = Encoding::kUtf16;
  bool edits_by_version = false;                 // documentChanges
  bool related = false;                          // diagnostics may have related places
  std::map<std::string, std::int64_t> versions;  // of open files, by path
};

// A member of an object, or null; safe on anything.
const json::value* member(const json::value& from, std::string_view name);
std::optional<std::string> text_in(const json::value& from, std::string_view name);
std::optional<std::int64_t> number_in(const json::value& from, std::string_view name);
bool true_in(const json::value& from, std::initializer_list<std::string_view> path);

std::optional<Position> position_in(const json::value& from);

// A file that a request is about, as it is now.
struct Spot {
  LiveProject* project = nullptr;
  std::string path;  // from the project's root
  std::string full_path;
  std::string text;
  std::uint32_t offset = 0;  // of the request's position, if it has one
};
std::optional<Spot> spot_of(Session& session, const json::value& params);

json::object range_json(const Lines& lines, std::uint32_t begin, std::uint32_t end,
                        Encoding encoding);
// `range` lies in a text of `sources`.
json::object range_json(const SourceMap& sources, TextRange range, Encoding encoding);
json::object edit_json(const Lines& lines, std::uint32_t begin, std::uint32_t end, std::string text,
                       Encoding encoding);
std::string full_path_of(const LiveProject& project, std::string_view path);

// Edits of files by their full path → WorkspaceEdit.
struct FileEdit {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::string text;
  friend auto operator<=>(const FileEdit&, const FileEdit&) = default;
};
using FileEdits = std::map<std::string, std::vector<FileEdit>>;
json::object workspace_edit(Session& session, LiveProject& project, const FileEdits& by_path);

}  // namespace trig::lsp
