// trig why: what happened to a person, and why; what did not happen too.
#include <fmt/format.h>

#include "runtime/cli/commands.h"
#include "runtime/cli/data_folder.h"
#include "runtime/cli/server_call.h"
#include "runtime/cli/terminal.h"
#include "runtime/report/people.h"
#include "runtime/report/why.h"

namespace trig::cli {
namespace {

struct WhyArguments {
  std::string person;
  std::optional<std::string> campaign;
  std::string path = ".";
  std::string data;
  bool json = false;
  ServerOptions server;
};

Result<int> answer(const WhyArguments& arguments) {
  auto data = open_data(arguments.path, arguments.data);
  if (!data) return tl::unexpected(data.error());
  auto person = report::find_person(*data->store, data->project->program, arguments.person);
  if (!person) return tl::unexpected(person.error());
  if (!*person) return fail("nobody is known as {}", arguments.person);
  auto decisions = report::why(*data->store, {**person, arguments.campaign});
  if (!decisions) return tl::unexpected(decisions.error());
  if (arguments.campaign) {
    Status known = report::check_campaign(*arguments.campaign, data->project->program, *decisions);
    if (!known) return tl::unexpected(known.error());
  }
  std::vector<std::string> now;
  if (arguments.campaign) {
    const auto clock = std::chrono::floor<Duration>(std::chrono::system_clock::now());
    auto lines = report::standing(
        *data->store,
        {**person, *arguments.campaign, &data->project->program, data->project->config.zone, clock},
        *decisions);
    if (!lines) return tl::unexpected(lines.error());
    now = std::move(*lines);
  }
  if (arguments.json)
    fmt::print("{}\n", report::why_json(*decisions, now));
  else
    fmt::print("{}{}", report::why_text(*decisions, data->project->config.zone),
               report::standing_text(now));
  return kClean;
}

int ask_server(const WhyArguments& arguments) {
  std::string path = "/v1/why?person=" + url_encoded(arguments.person);
  if (arguments.campaign) path += "&campaign=" + url_encoded(*arguments.campaign);
  auto answer = call_server(arguments.server, "GET", path, nullptr);
  if (!answer) return could_not_run(answer.error());
  if (answer->status != 200) return told_refusal(*answer);
  if (arguments.json)
    fmt::print("{}\n", boost::json::serialize(answer->body));
  else
    fmt::print("{}", std::string_view(answer->body.at("text").as_string()));
  return kClean;
}

}  // namespace

void add_why(CLI::App& app, Chosen& chosen) {
  auto arguments = std::make_shared<WhyArguments>();
  CLI::App* command = app.add_subcommand("why", "tells what happened to a person, and why");
  command
      ->add_option("PERSON", arguments->person,
                   "a user id, an e-mail address, an anonymous id, or #NUMBER")
      ->required();
  command->add_option("CAMPAIGN", arguments->campaign, "only this campaign");
  command->add_option("--project", arguments->path, "the project's folder")->capture_default_str();
  command->add_option("--data", arguments->data, "the data directory instead of trig.toml's");
  add_server_options(*command, arguments->server, false);
  command->add_flag("--json", arguments->json, "one JSON object");
  command->footer("Example: trig why ana@example.com abandoned_cart --project examples/shop");
  command->callback([arguments, &chosen] {
    chosen = [arguments] {
      if (!arguments->server.url.empty()) return ask_server(*arguments);
      auto code = answer(*arguments);
      return code ? *code : could_not_run(code.error());
    };
  });
}

}  // namespace trig::cli
