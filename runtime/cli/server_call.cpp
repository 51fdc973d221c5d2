#include "runtime/cli/server_call.h"

#include <fmt/format.h>

#include <cstdlib>

#include "compiler/base/limits.h"
#include "compiler/liquid/mjml.h"
#include "compiler/project/files.h"
#include "runtime/admin/bundle.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/limits.h"
#include "runtime/cli/project_folder.h"
#include "runtime/cli/terminal.h"
#include "runtime/net/http_client.h"

namespace trig::cli {
namespace {

namespace json = boost::json;

constexpr std::string_view kTokenVariable = "TRIG_ADMIN_TOKEN";

Result<std::string> token_of(const ServerOptions& server) {
  const std::string text = server.token_file.empty() ? fmt::format("env:{}", kTokenVariable)
                                                     : "file:" + server.token_file;
  auto token = project::resolve_secret(text, "");
  if (!token)
    return fail("no token: set {}, or give --token-file ({})", kTokenVariable,
                token.error().message);
  return token;
}

// "https://…", or "http://" on this machine.
Status check_url(const std::string& url) {
  if (url.starts_with("https://")) return {};
  if (!url.starts_with("http://")) return fail("--server should be a URL, got {}", url);
  const std::string rest = url.substr(std::string_view("http://").size());
  const std::string authority = rest.substr(0, rest.find('/'));
  const std::string host = authority.substr(0, authority.rfind(':'));
  const bool loopback =
      host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string::npos;
  if (authority.find('@') == std::string::npos &&
      (host == "localhost" || host == "[::1]" || loopback))
    return {};
  return fail(
      "the token would go to {} in the clear: use https://, or a tunnel such as `ssh -L "
      "8081:127.0.0.1:8081`",
      authority);
}

Result<net::HttpResponse> request(net::HttpRequestOut out) {
  net::EventLoop loop;
  auto client = net::HttpClient::create(
      loop, {.call_timeout = kServerCallTimeout, .max_response_bytes = kMaxServerAnswerBytes});
  if (!client) return tl::unexpected(client.error());
  const std::string url = out.url;
  net::HttpResult result;
  (*client)->request(std::move(out), [&](net::HttpResult answer) {
    result = std::move(answer);
    loop.stop();
  });
  loop.run();
  if (result.outcome == net::HttpOutcome::kNotSent)
    return fail("cannot reach {}: {}", url, result.error);
  if (result.outcome == net::HttpOutcome::kInDoubt || result.truncated)
    return fail("{} gave no whole answer: {}", url, result.error);
  return std::move(result.response);
}

}  // namespace

void add_server_options(CLI::App& command, ServerOptions& options, bool required) {
  auto* url = command.add_option("--server", options.url,
                                 "the admin API of a running server, such as "
                                 "http://127.0.0.1:8081");
  if (required) url->required();
  command.add_option("--token-file", options.token_file,
                     "a file with the token; otherwise it is read from $TRIG_ADMIN_TOKEN");
}

Result<net::HttpResponse> ask_server(const ServerOptions& server, const std::string& method,
                                     const std::string& path, const std::string& body) {
  if (Status good = check_url(server.url); !good) return tl::unexpected(good.error());
  auto token = token_of(server);
  if (!token) return tl::unexpected(token.error());
  std::string url = server.url;
  while (url.ends_with('/')) url.pop_back();
  net::HttpRequestOut out;
  out.method = method;
  out.url = url + path;
  out.headers.add("Authorization", "Bearer " + *token);
  if (!body.empty()) out.headers.add("Content-Type", "application/json");
  out.body = body;
  return request(std::move(out));
}

Result<ServerAnswer> call_server(const ServerOptions& server, const std::string& method,
                                 const std::string& path, const json::object* body) {
  auto response =
      ask_server(server, method, path, body == nullptr ? std::string() : json::serialize(*body));
  if (!response) return tl::unexpected(response.error());
  json::error_code error;
  json::value value = json::parse(response->body, error);
  if (error || !value.is_object())
    return fail("{}{} answered {} with no JSON: is it the admin API of a trig server?", server.url,
                path, response->status);
  return ServerAnswer{response->status, std::move(value.as_object())};
}

int told_refusal(const ServerAnswer& answer) {
  auto text_at = [&](std::string_view name) {
    const json::value* value = answer.body.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
  };
  fmt::print(stderr, "{}", text_at("text"));
  std::string error = text_at("error");
  if (error.empty()) error = fmt::format("the server answered {}", answer.status);
  if (!text_at("changed").empty())
    error +=
        fmt::format(" (changed: {}); `trig plan` says what would be done now", text_at("changed"));
  could_not_run(error);
  if (const json::value* counts = answer.body.if_contains("counts"); counts && counts->is_array())
    for (const json::value& line : counts->as_array())
      if (line.is_string()) fmt::print(stderr, "  {}\n", std::string_view(line.as_string()));
  return kCouldNotRun;
}

Result<json::object> bundle_of(const std::string& path) {
  auto folder = project_folder_of(path);
  if (!folder) return tl::unexpected(folder.error());
  Diagnostics unread;
  auto files = project::read_folder(*folder, {kMaxProjectFiles, kMaxProjectBytes}, unread);
  if (!files) return tl::unexpected(files.error());
  if (!unread.all().empty()) return fail("{}", unread.all().front().message);
  if (!files->contains("trig.toml")) return fail("{} has no trig.toml", *folder);
  const bool has_mjml = std::any_of(files->begin(), files->end(),
                                    [](const auto& file) { return liquid::is_mjml(file.first); });
  if (has_mjml) {  // the server has no npm modules: it is sent the HTML
    auto project = project::load(*folder, {.with_tables = false});
    if (!project) return tl::unexpected(project.error());
    for (const auto& [name, text] : (*project)->files) files->emplace(name, text);
  }
  return json::object{{"version", admin::kApiVersion}, {"files", admin::files_to_json(*files)}};
}

std::string url_encoded(std::string_view text) {
  std::string out;
  for (char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.' || c == '~';
    if (plain)
      out.push_back(c);
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

}  // namespace trig::cli
