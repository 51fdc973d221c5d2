// Server: the Language Server Protocol over messages. It has no threads and no clock: a message
// comes in, answers go out by `send`; when no further message waits, `settle` tells what is wrong.
//
//   Server server({.send = write_to_editor, .now = clock});
//   server.receive(R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{}})");
//   server.settle();
//
// Whatever comes in is answered or ignored as JSON-RPC 2.0 says; nothing ends the process but
// `exit`.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "editor-support/lsp/session.h"

namespace trig::lsp {

struct ServerSettings {
  std::function<void(const std::string& text)> send;  // one message, without its header
  std::function<Instant()> now;
  std::string version;  // of trig
};

class Server {
 public:
  explicit Server(ServerSettings settings);

  void receive(std::string_view text);
  void complain(const std::string& problem);  // about bytes that are no message
  void settle();
  // The process is to end with this code: 0 after `shutdown`, 1 without it.
  std::optional<int> ended() const { return ended_; }

  std::vector<std::string> methods() const;  // of the requests it answers

 private:
  using Request = Answer (*)(Session& session, const json::value& params);
  void receive_one(const json::value& message);
  void request(const json::value& id, const std::string& method, const json::value& params);
  void notification(const std::string& method, const json::value& params);
  json::value initialize(const json::value& params);
  void initialized();
  void opened(const json::value& params);
  void changed(const json::value& params);
  void closed(const json::value& params);
  void publish(LiveProject& project);
  void answer(const json::value& id, Answer answer);
  void send(json::object message);

  ServerSettings settings_;
  Session session_;
  std::map<std::string, Request> requests_;
  bool initialized_ = false;
  bool shut_down_ = false;
  bool watches_files_ = false;  // the editor can be asked to
  bool unsettled_ = false;
  std::optional<int> ended_;
  // What each file was last told, by project and URI.
  std::map<std::string, std::map<std::string, std::string>> told_;
};

// What the server can do, as `initialize` answers it.
json::object capabilities(Encoding encoding);

}  // namespace trig::lsp
