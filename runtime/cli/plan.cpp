// trig plan: what deploying a project would do to a running server, and to the people inside.
#include <fmt/format.h>

#include <filesystem>

#include "runtime/cli/commands.h"
#include "runtime/cli/plan_backtest.h"
#include "runtime/cli/replace_files.h"
#include "runtime/cli/server_call.h"
#include "runtime/cli/terminal.h"

namespace trig::cli {
namespace {

struct PlanArguments {
  std::string path = ".";
  ServerOptions server;
  PlanBacktestOptions backtest;
  std::string out;
  bool json = false;
};

int plan(const PlanArguments& arguments) {
  if (Status good = check_plan_backtest_options(arguments.backtest); !good)
    return could_not_run(good.error());
  auto bundle = bundle_of(arguments.path);
  if (!bundle) return could_not_run(bundle.error());
  auto answer = call_server(arguments.server, "POST", "/v1/plan", &*bundle);
  if (!answer) return could_not_run(answer.error());
  if (answer->status != 200) {
    if (arguments.json) fmt::print("{}\n", boost::json::serialize(answer->body));
    return told_refusal(*answer);
  }
  const bool changes = answer->body.at("changes").as_bool();
  if (!arguments.backtest.days.empty() && changes) {
    auto backtest = backtest_of_plan(arguments.server, arguments.backtest, *bundle, answer->body);
    if (!backtest) return could_not_run(backtest.error());
    answer->body["backtest"] = std::move(*backtest);
  }
  if (!arguments.out.empty()) {
    boost::json::object saved = *bundle;
    saved["plan"] = answer->body;
    Status written = replace_files({{arguments.out, boost::json::serialize(saved) + "\n"}});
    if (!written) return could_not_run(written.error());
  }
  if (arguments.json)
    fmt::print("{}\n", boost::json::serialize(answer->body));
  else
    fmt::print("{}", plan_text(answer->body));
  return changes ? kFindings : kClean;
}

}  // namespace

void add_plan(CLI::App& app, Chosen& chosen) {
  auto arguments = std::make_shared<PlanArguments>();
  CLI::App* command =
      app.add_subcommand("plan", "says what deploying a project to a running server would do");
  command->add_option("PROJECT", arguments->path, "the project's folder, or a file in it")
      ->capture_default_str();
  add_server_options(*command, arguments->server, true);
  add_plan_backtest_options(*command, arguments->backtest);
  command->add_option("--out", arguments->out, "save the plan for `trig deploy --plan`");
  command->add_flag("--json", arguments->json, "one JSON object");
  command->footer(
      "Exits with 0 if nothing would change, 1 if something would, 2 if it could not be planned:\n"
      "the project has errors too then, or the server is not to be had.\n\n"
      "Example: trig plan examples/shop --server http://127.0.0.1:8081 --out cart.plan \\\n"
      "           --backtest 7d");
  command->callback([arguments, &chosen] { chosen = [arguments] { return plan(*arguments); }; });
}

}  // namespace trig::cli
