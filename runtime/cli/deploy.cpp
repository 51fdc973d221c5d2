// trig deploy: a project becomes what a running server runs. trig rollback: what ran before does.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "runtime/cli/commands.h"
#include "runtime/cli/server_call.h"
#include "runtime/cli/terminal.h"

namespace trig::cli {
namespace {

namespace json = boost::json;

struct DeployArguments {
  std::string path = ".";
  std::string plan_file;
  ServerOptions server;
  bool yes = false;
  bool exact = false;
  bool json = false;
};

struct RollbackArguments {
  std::uint64_t to = 0;  // 0: the one before
  bool list = false;
  ServerOptions server;
  bool json = false;
};

// The bundle with its plan: the saved one, or a new one.
Result<json::object> saved_plan(const std::string& path) {
  auto text = read_text(path);
  if (!text) return tl::unexpected(text.error());
  json::error_code error;
  json::value saved = json::parse(*text, error);
  if (error || !saved.is_object() || !saved.as_object().contains("plan"))
    return fail("{} is no plan: `trig plan --out` makes one", path);
  return std::move(saved.as_object());
}

bool agreed() {
  if (isatty(STDIN_FILENO) == 0) return false;
  fmt::print(stderr, "deploy this? [y/N] ");
  std::string line;
  std::getline(std::cin, line);
  return line == "y" || line == "yes";
}

int told_deployed(const ServerAnswer& answer, bool as_json) {
  if (answer.status != 200) {
    if (as_json) fmt::print("{}\n", json::serialize(answer.body));
    return told_refusal(answer);
  }
  if (as_json) {
    fmt::print("{}\n", json::serialize(answer.body));
    return kClean;
  }
  fmt::print("version {} is deployed, in {} ms\n", json::serialize(answer.body.at("deployed")),
             json::serialize(answer.body.at("took_ms")));
  return kClean;
}

int deploy(const DeployArguments& arguments) {
  const bool saved = !arguments.plan_file.empty();
  auto bundle = saved ? saved_plan(arguments.plan_file) : bundle_of(arguments.path);
  if (!bundle) return could_not_run(bundle.error());
  if (!saved) {
    auto planned = call_server(arguments.server, "POST", "/v1/plan", &*bundle);
    if (!planned) return could_not_run(planned.error());
    if (planned->status != 200) return told_refusal(*planned);
    if (!arguments.json) fmt::print("{}", plan_text(planned->body));
    if (!planned->body.at("changes").as_bool()) {
      if (arguments.json) fmt::print("{}\n", json::serialize(planned->body));
      return kClean;
    }
    if (!arguments.yes && !agreed())
      return could_not_run("not deployed: nobody agreed (--yes agrees beforehand)");
    (*bundle)["plan"] = std::move(planned->body);
  }
  (*bundle)["exact"] = arguments.exact;
  auto answer = call_server(arguments.server, "POST", "/v1/deploy", &*bundle);
  if (!answer) return could_not_run(answer.error());
  return told_deployed(*answer, arguments.json);
}

// 2026-11-22T21:03:38.926541Z, as people read it.
std::string shown_time(std::string_view at) {
  std::string text(at.substr(0, at.find_first_of(".Z")));
  std::replace(text.begin(), text.end(), 'T', ' ');
  return text + " UTC";
}

int list_versions(const RollbackArguments& arguments) {
  auto answer = call_server(arguments.server, "GET", "/v1/versions", nullptr);
  if (!answer) return could_not_run(answer.error());
  if (answer->status != 200) return told_refusal(*answer);
  if (arguments.json) {
    fmt::print("{}\n", json::serialize(answer->body));
    return kClean;
  }
  for (const json::value& version : answer->body.at("versions").as_array())
    fmt::print("{:>5}  {}  {}{}\n", version.at("number").to_number<std::uint64_t>(),
               shown_time(version.at("at").as_string()),
               std::string_view(version.at("by").as_string()),
               version.at("running").as_bool() ? "  runs now" : "");
  return kClean;
}

int rollback(const RollbackArguments& arguments) {
  if (arguments.list) return list_versions(arguments);
  json::object request{{"version", 1}};
  if (arguments.to != 0) request["to"] = arguments.to;
  auto answer = call_server(arguments.server, "POST", "/v1/rollback", &request);
  if (!answer) return could_not_run(answer.error());
  if (answer->status == 200 && !arguments.json)
    fmt::print("{}", plan_text(answer->body.at("plan").as_object()));
  return told_deployed(*answer, arguments.json);
}

}  // namespace

void add_deploy(CLI::App& app, Chosen& chosen) {
  auto arguments = std::make_shared<DeployArguments>();
  CLI::App* command = app.add_subcommand("deploy", "makes a running server run a project");
  auto* path =
      command->add_option("PROJECT", arguments->path, "the project's folder, or a file in it")
          ->capture_default_str();
  command
      ->add_option("--plan", arguments->plan_file,
                   "what `trig plan --out` saved: done as it says, or refused")
      ->excludes(path);
  add_server_options(*command, arguments->server, true);
  command->add_flag("--yes", arguments->yes, "do not ask");
  command->add_flag("--exact", arguments->exact,
                    "refuse if one person more or fewer is inside than the plan says");
  command->add_flag("--json", arguments->json, "one JSON object");
  command->footer(
      "Exits with 0 if the server runs the project, 2 if not.\n\n"
      "Example: trig deploy --plan cart.plan --server http://127.0.0.1:8081");
  command->callback([arguments, &chosen] { chosen = [arguments] { return deploy(*arguments); }; });
}

void add_rollback(CLI::App& app, Chosen& chosen) {
  auto arguments = std::make_shared<RollbackArguments>();
  CLI::App* command =
      app.add_subcommand("rollback", "makes a running server run an earlier version again");
  auto* version =
      command->add_option("VERSION", arguments->to, "its number; otherwise the version before");
  command->add_flag("--list", arguments->list, "only list the versions that are kept")
      ->excludes(version);
  add_server_options(*command, arguments->server, true);
  command->add_flag("--json", arguments->json, "one JSON object");
  command->footer(
      "Exits with 0 if the server runs that version, 2 if not.\n\n"
      "Example: trig rollback --server http://127.0.0.1:8081");
  command->callback(
      [arguments, &chosen] { chosen = [arguments] { return rollback(*arguments); }; });
}

}  // namespace trig::cli
