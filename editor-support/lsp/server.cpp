#include "editor-support/lsp/server.h"

#include "editor-support/lsp/features.h"
#include "editor-support/lsp/limits.h"

namespace trig::lsp {

Server::Server(ServerSettings settings)
    : settings_(std::move(settings)),
      session_(settings_.now),
      requests_{{"textDocument/codeAction", code_actions},
                {"textDocument/formatting", formatting},
                {"textDocument/completion", completion},
                {"textDocument/definition", definition},
                {"textDocument/references", references},
                {"textDocument/documentHighlight", highlights},
                {"textDocument/prepareRename", prepare_rename},
                {"textDocument/rename", rename},
                {"textDocument/hover", hover},
                {"textDocument/documentSymbol", document_symbols},
                {"workspace/symbol", workspace_symbols},
                {"textDocument/foldingRange", folding},
                {"textDocument/semanticTokens/full", semantic_tokens},
                {"textDocument/inlayHint", inlay_hints},
                {"textDocument/codeLens", code_lenses}} {}

std::vector<std::string> Server::methods() const {
  std::vector<std::string> methods;
  for (const auto& [method, request] : requests_) methods.push_back(method);
  return methods;
}

void Server::send(json::object message) {
  message["jsonrpc"] = "2.0";
  settings_.send(json::serialize(message));
}

void Server::complain(const std::string& problem) {
  answer(nullptr, tl::unexpected(Problem{kParseError, problem}));
}

void Server::answer(const json::value& id, Answer answer) {
  if (answer) return send({{"id", id}, {"result", std::move(*answer)}});
  send({{"id", id},
        {"error",
         json::object{{"code", answer.error().code}, {"message", answer.error().message}}}});
}

void Server::receive(std::string_view text) {
  json::error_code error;
  json::parse_options options;
  options.max_depth = kMaxMessageDepth;
  const json::value message = json::parse(text, error, {}, options);
  if (error) return complain("this is not JSON: " + error.message());
  receive_one(message);
}

void Server::receive_one(const json::value& message) {
  const auto method = text_in(message, "method");
  const json::value* id = member(message, "id");
  const bool usable_id = id != nullptr && (id->is_int64() || id->is_string());
  if (!method) {
    // An answer to something the server asked has a result or an error, and is not needed.
    const bool is_answer = usable_id && (member(message, "result") || member(message, "error"));
    if (!is_answer)
      answer(usable_id ? *id : json::value(),
             tl::unexpected(Problem{kInvalidRequest, "this is no request"}));
    return;
  }
  const json::value* given = member(message, "params");
  const json::value params = given == nullptr ? json::value(json::object()) : *given;
  if (id == nullptr) return notification(*method, params);
  if (!usable_id)
    return answer(nullptr, tl::unexpected(Problem{kInvalidRequest, "an id is a number or a text"}));
  request(*id, *method, params);
}

void Server::request(const json::value& id, const std::string& method, const json::value& params) {
  auto problem = [&](int code, std::string message) {
    answer(id, tl::unexpected(Problem{code, std::move(message)}));
  };
  if (method == "initialize") {
    if (initialized_) return problem(kInvalidRequest, "initialize comes once");
    return answer(id, initialize(params));
  }
  if (!initialized_) return problem(kNotInitialized, "initialize comes first");
  if (shut_down_) return problem(kInvalidRequest, "the server has been shut down");
  if (method == "shutdown") {
    shut_down_ = true;
    return answer(id, json::value());
  }
  auto known = requests_.find(method);
  if (known == requests_.end()) return problem(kMethodNotFound, "there is no request " + method);
  answer(id, known->second(session_, params));
}

void Server::notification(const std::string& method, const json::value& params) {
  if (method == "exit") {
    ended_ = shut_down_ ? 0 : 1;
    return;
  }
  if (!initialized_ || shut_down_) return;
  if (method == "initialized") initialized();
  if (method == "textDocument/didOpen") opened(params);
  if (method == "textDocument/didChange") changed(params);
  if (method == "textDocument/didClose") closed(params);
  if (method == "textDocument/didSave" || method == "workspace/didChangeWatchedFiles") {
    session_.workspace.read_disk();
    unsettled_ = true;
  }
}

json::value Server::initialize(const json::value& params) {
  initialized_ = true;
  const json::value* found = member(params, "capabilities");
  const json::value able = found == nullptr ? json::value() : *found;
  if (const json::value* general = member(able, "general"))
    if (const json::value* encodings = member(*general, "positionEncodings"))
      if (const json::array* list = encodings->if_array())
        for (const json::value& one : *list)
          if (one == json::value("utf-8")) session_.encoding = Encoding::kUtf8;
  session_.edits_by_version = true_in(able, {"workspace", "workspaceEdit", "documentChanges"});
  session_.related = true_in(able, {"textDocument", "publishDiagnostics", "relatedInformation"});
  watches_files_ = true_in(able, {"workspace", "didChangeWatchedFiles", "dynamicRegistration"});
  auto add_folder = [&](const std::optional<std::string>& uri) {
    if (const auto path = uri ? path_of_uri(*uri) : std::nullopt)
      session_.workspace.add_folder(*path);
  };
  const json::value* folders = member(params, "workspaceFolders");
  if (folders != nullptr && folders->is_array())
    for (const json::value& folder : folders->get_array()) add_folder(text_in(folder, "uri"));
  else
    add_folder(text_in(params, "rootUri"));
  unsettled_ = true;
  return json::object{
      {"capabilities", capabilities(session_.encoding)},
      {"serverInfo", json::object{{"name", "trig"}, {"version", settings_.version}}}};
}

// Files that change beside the editor are told by it, where it can.
void Server::initialized() {
  if (!watches_files_) return;
  const json::array watchers = {json::object{{"globPattern", "**/*.{trig,liquid,csv,toml}"}}};
  send({{"id", "watch"},
        {"method", "client/registerCapability"},
        {"params", json::object{{"registrations", json::array{json::object{
                                                      {"id", "watch"},
                                                      {"method", "workspace/didChangeWatchedFiles"},
                                                      {"registerOptions",
                                                       json::object{{"watchers", watchers}}}}}}}}});
}

void Server::opened(const json::value& params) {
  const json::value* document = member(params, "textDocument");
  if (document == nullptr) return;
  const auto uri = text_in(*document, "uri");
  const auto text = text_in(*document, "text");
  const auto path = uri ? path_of_uri(*uri) : std::nullopt;
  if (!path || !text) return;
  session_.versions[*path] = number_in(*document, "version").value_or(0);
  session_.workspace.open(*uri, *path, *text);
  unsettled_ = true;
}

void Server::changed(const json::value& params) {
  const json::value* document = member(params, "textDocument");
  const json::value* changes = member(params, "contentChanges");
  if (document == nullptr || changes == nullptr || !changes->is_array()) return;
  const auto uri = text_in(*document, "uri");
  const auto path = uri ? path_of_uri(*uri) : std::nullopt;
  const std::string* known = path ? session_.workspace.open_text(*path) : nullptr;
  if (known == nullptr) return;
  std::string text = *known;
  for (const json::value& change : changes->get_array()) {
    const auto inserted = text_in(change, "text");
    if (!inserted) continue;
    const json::value* range = member(change, "range");
    if (range == nullptr) {
      text = *inserted;
      continue;
    }
    const json::value* from = member(*range, "start");
    const json::value* to = member(*range, "end");
    const auto first = from == nullptr ? std::nullopt : position_in(*from);
    const auto last = to == nullptr ? std::nullopt : position_in(*to);
    if (!first || !last) continue;
    const Lines lines(text);
    const std::uint32_t begin = lines.offset(*first, session_.encoding);
    const std::uint32_t end = std::max(begin, lines.offset(*last, session_.encoding));
    text.replace(begin, end - begin, *inserted);
  }
  session_.versions[*path] = number_in(*document, "version").value_or(0);
  session_.workspace.change(*path, std::move(text));
  unsettled_ = true;
}

void Server::closed(const json::value& params) {
  const json::value* document = member(params, "textDocument");
  const auto uri = document == nullptr ? std::nullopt : text_in(*document, "uri");
  const auto path = uri ? path_of_uri(*uri) : std::nullopt;
  if (!path) return;
  session_.versions.erase(*path);
  session_.workspace.close(*path);
  unsettled_ = true;
}

void Server::settle() {
  if (!unsettled_ || ended_ || shut_down_) return;
  unsettled_ = false;
  std::set<std::string> roots;
  std::vector<LiveProject*> projects;  // their order changes as they are used
  for (const auto& project : session_.workspace.projects()) projects.push_back(project.get());
  for (LiveProject* project : projects) {
    publish(*project);
    roots.insert(project->lone() ? project->paths("").front() : project->root());
  }
  // Of projects that are open no more nothing is wrong any more.
  for (auto known = told_.begin(); known != told_.end();) {
    if (roots.contains(known->first)) {
      ++known;
      continue;
    }
    for (const auto& [uri, text] : known->second)
      send({{"method", "textDocument/publishDiagnostics"},
            {"params", json::object{{"uri", uri}, {"diagnostics", json::array()}}}});
    known = told_.erase(known);
  }
}

// Only what differs from what was told before.
void Server::publish(LiveProject& project) {
  std::map<std::string, json::array> now = diagnostics_by_uri(session_, project);
  std::map<std::string, std::string>& before =
      told_[project.lone() ? project.paths("").front() : project.root()];
  for (const auto& [uri, text] : before) now.try_emplace(uri);
  const std::string folder = project.root() + "/";
  for (const std::string& path : session_.workspace.open_paths()) {
    const bool below = path.starts_with(folder);
    if (project.text_of(project.lone() || !below ? path : path.substr(folder.size())) != nullptr)
      now.try_emplace(session_.workspace.uri_of(path));
  }
  for (auto& [uri, diagnostics] : now) {
    std::string text = json::serialize(diagnostics);
    auto known = before.find(uri);
    if (known != before.end() && known->second == text) continue;
    json::object params = {{"uri", uri}, {"diagnostics", std::move(diagnostics)}};
    const auto path = path_of_uri(uri);
    if (auto version = session_.versions.find(path.value_or(""));
        version != session_.versions.end())
      params["version"] = version->second;
    send({{"method", "textDocument/publishDiagnostics"}, {"params", std::move(params)}});
    before[uri] = std::move(text);
  }
}

}  // namespace trig::lsp
