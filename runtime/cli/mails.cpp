// trig mails: every mail that was decided and where it stands, read beside the server.
#include <fmt/format.h>
#include <algorithm>
#include <map>

#include "runtime/cli/commands.h"
#include "runtime/cli/data_folder.h"
#include "runtime/cli/terminal.h"
#include "runtime/report/mails.h"

namespace trig::cli {
namespace {

struct MailsArguments {
  std::string path = ".";
  std::string data;
  std::vector<std::string> states;
  bool json = false;
};

// The states as the command line spells them: one word each.
std::map<std::string, exec::MessageState> states_by_word() {
  std::map<std::string, exec::MessageState> words;
  for (std::size_t i = 0; i < exec::kMessageStateCount; ++i) {
    auto state = static_cast<exec::MessageState>(i);
    std::string word(exec::to_string(state));
    std::replace(word.begin(), word.end(), ' ', '-');
    words.emplace(std::move(word), state);
  }
  return words;
}

int run(const MailsArguments& arguments) {
  auto data = open_data(arguments.path, arguments.data);
  if (!data) return could_not_run(data.error());
  std::vector<exec::MessageState> wanted;
  for (const std::string& word : arguments.states) wanted.push_back(states_by_word().at(word));
  const ir::Program& program = data->project->program;
  bool any = false;
  Status done = report::list_mails(*data->store, wanted, [&](const report::ListedMail& mail) {
    any = true;
    std::string line = arguments.json
                           ? report::mail_json(mail, program)
                           : report::mail_text(mail, program, data->project->config.zone);
    std::fwrite(line.data(), 1, line.size(), stdout);
    return true;
  });
  if (!done) return could_not_run(done.error());
  if (!any && !arguments.json)
    fmt::print("no mails{}\n", wanted.empty() ? " yet" : " in that state");
  return kClean;
}

}  // namespace

void add_mails(CLI::App& app, Chosen& chosen) {
  auto arguments = std::make_shared<MailsArguments>();
  CLI::App* command = app.add_subcommand("mails", "lists the mails decided and where each stands");
  command->add_option("PROJECT", arguments->path, "the project's folder")->capture_default_str();
  command->add_option("--data", arguments->data, "the data directory instead of trig.toml's");
  std::vector<std::string> words;
  for (const auto& [word, state] : states_by_word()) words.push_back(word);
  command
      ->add_option("--state", arguments->states,
                   "only these: " + fmt::format("{}", fmt::join(words, ", ")))
      ->check(CLI::IsMember(words))
      ->allow_extra_args(false);
  command->add_flag("--json", arguments->json, "one JSON object a line");
  command->footer("Example: trig mails examples/shop --state in-doubt --state failed");
  command->callback([arguments, &chosen] { chosen = [arguments] { return run(*arguments); }; });
}

}  // namespace trig::cli
