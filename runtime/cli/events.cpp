// trig events: what came in and what became of it, read from the data directory beside the server.
#include <fmt/format.h>

#include "runtime/cli/commands.h"
#include "runtime/cli/data_folder.h"
#include "runtime/cli/terminal.h"
#include "runtime/report/events.h"

namespace trig::cli {
namespace {

struct EventsArguments {
  std::string path = ".";
  std::string data;
  bool rejected = false;
  bool json = false;
};

int run(const EventsArguments& arguments) {
  auto data = open_data(arguments.path, arguments.data);
  if (!data) return could_not_run(data.error());
  bool any = false;
  Status done =
      report::list_events(*data->store, arguments.rejected, [&](const report::ListedEvent& event) {
        any = true;
        std::string line = arguments.json ? report::event_json(event)
                                          : report::event_text(event, data->project->config.zone);
        std::fwrite(line.data(), 1, line.size(), stdout);
        return true;
      });
  if (!done) return could_not_run(done.error());
  if (!any && !arguments.json)
    fmt::print("no events{}\n", arguments.rejected ? " were rejected" : " yet");
  return kClean;
}

}  // namespace

void add_events(CLI::App& app, Chosen& chosen) {
  auto arguments = std::make_shared<EventsArguments>();
  CLI::App* command = app.add_subcommand("events", "lists what came in and what became of it");
  command->add_option("PROJECT", arguments->path, "the project's folder")->capture_default_str();
  command->add_option("--data", arguments->data, "the data directory instead of trig.toml's");
  command->add_flag("--rejected", arguments->rejected, "only what was not understood, and why");
  command->add_flag("--json", arguments->json, "one JSON object a line");
  command->footer("Example: trig events examples/shop --rejected");
  command->callback([arguments, &chosen] { chosen = [arguments] { return run(*arguments); }; });
}

}  // namespace trig::cli
