// Calls of a server's admin API (docs/reference/admin-api.md), and what commands that make them
// share: `--server URL`, and a token from the environment or a file, never from the command line.
#pragma once

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <string>

#include "compiler/base/result.h"
#include "compiler/project/project.h"
#include "runtime/net/http_message.h"

namespace trig::cli {

struct ServerOptions {
  std::string url;
  std::string token_file;  // empty: from $TRIG_ADMIN_TOKEN
};
// With `required` the command can do nothing without a server.
void add_server_options(CLI::App& command, ServerOptions& options, bool required);

struct ServerAnswer {
  int status = 0;
  boost::json::object body;
};

// Failure: no token, no connection, or an answer that is none of the API's. A token does not go in
// the clear to another machine.
Result<ServerAnswer> call_server(const ServerOptions& server, const std::string& method,
                                 const std::string& path, const boost::json::object* body);

// The same, whatever the answer is.
Result<net::HttpResponse> ask_server(const ServerOptions& server, const std::string& method,
                                     const std::string& path, const std::string& body);

// What the server says is wrong, its diagnostics and counts with it, to the error stream; gives
// kCouldNotRun.
int told_refusal(const ServerAnswer& answer);

// The files of a project as a bundle has them, with what MJML makes. Failure: they cannot be read.
Result<boost::json::object> bundle_of(const std::string& path);

std::string url_encoded(std::string_view text);

// A plan as text: what changes, and what becomes of the people inside.
std::string plan_text(const boost::json::object& plan);

}  // namespace trig::cli
