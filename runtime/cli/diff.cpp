// trig diff: what changed in meaning between a git revision and the work tree.
#include <boost/json.hpp>

#include "compiler/project/compare.h"
#include "compiler/project/project.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/project_folder.h"
#include "runtime/cli/revision.h"
#include "runtime/cli/terminal.h"

namespace trig::cli {
namespace {

struct DiffOptions {
  std::string path = ".";
  std::string against;
  std::string format = "text";
};

std::string joined(const std::vector<std::string>& words, std::string_view between) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : std::string(between)) + word;
  return text;
}

std::string as_text(const project::Comparison& comparison) {
  std::string text;
  std::size_t unchanged = 0;
  for (const project::CampaignChange& change : comparison.campaigns) {
    if (change.change == project::ChangeClass::kUnchanged) ++unchanged;
    if (change.change != project::ChangeClass::kUnchanged)
      text += fmt::format("{:<10} {}{}{}\n", name_of(change.change), change.campaign,
                          change.reasons.empty() ? "" : ": ", joined(change.reasons, "; "));
  }
  for (const project::EventChange& change : comparison.events)
    text += fmt::format("{:<10} {}\n", "event", project::sentence(change));
  return text + fmt::format("{} unchanged\n", counted(unchanged, "campaign"));
}

std::string as_markdown(const project::Comparison& comparison) {
  std::string text = "| campaign | change | what |\n|---|---|---|\n";
  for (const project::CampaignChange& change : comparison.campaigns)
    if (change.change != project::ChangeClass::kUnchanged)
      text += fmt::format("| `{}` | {} | {} |\n", change.campaign, name_of(change.change),
                          joined(change.reasons, "; "));
  for (const project::EventChange& change : comparison.events)
    text += fmt::format("\n- {}", project::sentence(change));
  return text + (comparison.events.empty() ? "" : "\n");
}

boost::json::array array_of(const std::vector<std::string>& texts) {
  return boost::json::array(texts.begin(), texts.end());
}

std::string as_json(const project::Comparison& comparison) {
  boost::json::array campaigns;
  for (const project::CampaignChange& change : comparison.campaigns)
    campaigns.push_back({{"campaign", change.campaign},
                         {"change", name_of(change.change)},
                         {"reasons", array_of(change.reasons)}});
  boost::json::array events;
  for (const project::EventChange& change : comparison.events)
    events.push_back({{"event", change.event},
                      {"field", change.field},
                      {"what", change.what},
                      {"campaigns", array_of(change.campaigns)},
                      {"segments", array_of(change.segments)},
                      {"templates", array_of(change.templates)}});
  return boost::json::serialize(boost::json::object{
             {"version", 1}, {"campaigns", std::move(campaigns)}, {"events", std::move(events)}}) +
         "\n";
}

int diff(const DiffOptions& options) {
  Result<std::string> folder = project_folder_of(options.path);
  if (!folder) return could_not_run(folder.error());
  Result<std::unique_ptr<project::Project>> before = project_at(*folder, options.against);
  if (!before) return could_not_run(before.error());
  Result<std::unique_ptr<project::Project>> after = project::load(*folder);
  if (!after) return could_not_run(after.error());
  const project::Comparison comparison = project::compare(**before, **after);
  if (options.format == "json")
    fmt::print("{}", as_json(comparison));
  else
    fmt::print("{}", options.format == "markdown" ? as_markdown(comparison) : as_text(comparison));
  if ((*after)->diagnostics.has_errors())
    could_not_run(fmt::format("{} in the project now: `trig check` shows them",
                              counted((*after)->diagnostics.error_count(), "error")));
  const bool breaking =
      std::any_of(comparison.campaigns.begin(), comparison.campaigns.end(),
                  [](const auto& one) { return one.change == project::ChangeClass::kBreaking; });
  return breaking || (*after)->diagnostics.has_errors() ? kFindings : kClean;
}

}  // namespace

void add_diff(CLI::App& app, Chosen& chosen) {
  auto options = std::make_shared<DiffOptions>();
  CLI::App* command = app.add_subcommand("diff", "says what changed in meaning since a revision");
  command->add_option("path", options->path, "the project's folder, or a file in it")
      ->capture_default_str();
  command->add_option("--against", options->against, "a git revision")->required();
  command->add_option("--format", options->format, "how it is written")
      ->check(CLI::IsMember({"text", "json", "markdown"}))
      ->capture_default_str();
  command->footer(
      "Exits with 0 if nothing breaks for the people inside, 1 if something may, 2 if it could "
      "not\n"
      "run.\n\n"
      "Example:\n  trig diff examples/shop --against HEAD\n");
  command->callback([options, &chosen] { chosen = [options] { return diff(*options); }; });
}

}  // namespace trig::cli
