// trig diagram: a campaign as a picture.
#include <fmt/format.h>

#include <filesystem>

#include "compiler/diagram/render.h"
#include "compiler/parse/parse.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/data_folder.h"
#include "runtime/cli/replace_files.h"
#include "runtime/cli/runnable_project.h"
#include "runtime/cli/terminal.h"
#include "runtime/drive/deployed.h"
#include "runtime/drive/replay.h"
#include "runtime/preview/preview.h"
#include "runtime/report/backtest_summary.h"
#include "runtime/report/stages.h"

namespace trig::cli {
namespace {

struct DiagramArguments {
  std::string path = ".";
  std::vector<std::string> campaigns;
  std::string format = "svg";
  std::string output;
  std::optional<std::string> data;
  std::optional<std::string> backtest;
};

// Where the counts come from, if any are wanted.
struct Counted {
  std::unique_ptr<Store> store;
  std::optional<report::BacktestSummary> played;
};

// Campaigns by number; all of them where none is named.
Result<std::vector<std::size_t>> wanted_campaigns(const project::Project& project,
                                                  const std::vector<std::string>& names) {
  std::vector<std::size_t> found;
  const auto& campaigns = project.program.campaigns;
  for (std::size_t i = 0; names.empty() && i < campaigns.size(); ++i) found.push_back(i);
  for (const std::string& name : names) {
    const int index = project.program.find_campaign(name_hash(name));
    if (index < 0) {
      std::vector<std::string> known;
      for (const ir::Campaign& campaign : campaigns) known.push_back(campaign.name);
      const std::string best = closest(name, known);
      return fail("no campaign is called `{}`{}", name,
                  best.empty() ? "" : "; did you mean `" + best + "`?");
    }
    found.push_back(static_cast<std::size_t>(index));
  }
  if (found.empty()) return fail("there is no campaign in the project");
  return found;
}

diagram::Flow flow_of(const std::shared_ptr<const engine::Deployed>& runnable, std::size_t index,
                      diagram::Facts facts) {
  const std::shared_ptr<const project::Project>& project = runnable->project;
  const ir::Campaign& campaign = project->program.campaigns[index];
  facts.subject_of = [&](const ir::Send& send) { return preview::plain_subject(runnable, send); };
  Diagnostics none;
  const SourceId source = campaign.range.source;
  const ast::File file = parse::parse(source, project->sources[source], none);
  for (const ast::Declaration& declaration : file.declarations)
    if (const auto* found = std::get_if<ast::CampaignDecl>(&declaration.node))
      if (found->name.text == campaign.name)
        return diagram::flow_of(*found, project->program, index, facts);
  return {};
}

std::string picture_text(const diagram::Flow& flow, const std::string& format) {
  if (format == "mermaid") return diagram::mermaid_of(flow);
  return format == "dot" ? diagram::dot_of(flow) : diagram::svg_of(flow);
}

Result<diagram::Facts> facts_of_data(const Store& store, const ir::Campaign& campaign) {
  auto stages = report::stages_of(store, campaign);
  if (!stages) return tl::unexpected(stages.error());
  diagram::Facts facts;
  for (std::uint32_t step = 0; step < campaign.steps.size(); ++step) {
    const report::Stage& stage = stages->by_step[step];
    facts.counts[step] = {stage.waiting, stage.sent};
  }
  facts.on_older_versions = stages->on_older_versions;
  return facts;
}

diagram::Facts facts_of_backtest(const report::BacktestSummary& played, const ir::Program& program,
                                 const ir::Campaign& campaign) {
  diagram::Facts facts;
  diagram::Section section{"In the back-test", {}, diagram::Section::Tone::kPlain};
  const auto found = played.campaigns.find(campaign.name);
  if (found == played.campaigns.end()) {
    section.lines.push_back("this campaign was not in it");
    facts.sections.push_back(std::move(section));
    return facts;
  }
  std::multimap<std::string, std::uint32_t> steps;  // of the sends, by name
  for (std::uint32_t step = 0; step < campaign.steps.size(); ++step)
    if (std::string name = drive::step_name(program, campaign, step); !name.empty())
      steps.emplace(std::move(name), step);
  report::Counts elsewhere = found->second.steps;
  for (const auto& [name, step] : steps) {
    if (steps.count(name) > 1) continue;  // which of them it was is not known
    const auto sends = elsewhere.find(name);
    facts.counts[step] = {std::nullopt, sends == elsewhere.end() ? 0 : sends->second};
    if (sends != elsewhere.end()) elsewhere.erase(sends);
  }
  section.lines = report::summary_lines(played, found->second, elsewhere);
  facts.sections.push_back(std::move(section));
  return facts;
}

Result<diagram::Facts> facts_of(const Counted& counted, const ir::Program& program,
                                const ir::Campaign& campaign) {
  if (counted.store) return facts_of_data(*counted.store, campaign);
  if (counted.played) return facts_of_backtest(*counted.played, program, campaign);
  return diagram::Facts();
}

Result<Counted> counted_by(const DiagramArguments& arguments) {
  Counted counted;
  if (arguments.data) {
    auto opened = open_data(arguments.path, *arguments.data);
    if (!opened) return tl::unexpected(opened.error());
    counted.store = std::move(opened->store);
  }
  if (arguments.backtest) {
    auto text = read_text(*arguments.backtest);
    if (!text) return tl::unexpected(text.error());
    auto played = report::read_backtest(*text);
    if (!played) return fail("{}: {}", *arguments.backtest, played.error().message);
    counted.played = std::move(*played);
  }
  return counted;
}

// Several pictures go into a folder, one goes where it is asked for.
Result<int> put_pictures(const std::map<std::string, std::string>& pictures,
                         const DiagramArguments& arguments) {
  if (arguments.output.empty()) {
    if (pictures.size() > 1 && arguments.format == "svg")
      return fail("{} campaigns are as many files: name one, or a folder by -o", pictures.size());
    for (const auto& [name, text] : pictures) fmt::print("{}", text);
    return kClean;
  }
  std::map<std::string, std::string> files;
  std::error_code error;
  const bool folder = pictures.size() > 1 || std::filesystem::is_directory(arguments.output, error);
  error.clear();  // that it is not there yet is no mistake
  if (folder) std::filesystem::create_directories(arguments.output, error);
  if (error) return fail("cannot make the folder {}: {}", arguments.output, error.message());
  const std::string ending = arguments.format == "mermaid" ? "mmd" : arguments.format;
  for (const auto& [name, text] : pictures)
    files[folder ? fmt::format("{}/{}.{}", arguments.output, name, ending) : arguments.output] =
        text;
  Status written = replace_files(files);
  if (!written) return tl::unexpected(written.error());
  return kClean;
}

Result<int> draw(const std::shared_ptr<const project::Project>& project,
                 const DiagramArguments& arguments) {
  auto numbers = wanted_campaigns(*project, arguments.campaigns);
  if (!numbers) return tl::unexpected(numbers.error());
  auto counted = counted_by(arguments);
  if (!counted) return tl::unexpected(counted.error());
  const auto runnable = drive::deployed(project);
  std::map<std::string, std::string> pictures;
  for (std::size_t number : *numbers) {
    const ir::Campaign& campaign = project->program.campaigns[number];
    auto facts = facts_of(*counted, project->program, campaign);
    if (!facts) return tl::unexpected(facts.error());
    pictures[campaign.name] =
        picture_text(flow_of(runnable, number, std::move(*facts)), arguments.format);
  }
  return put_pictures(pictures, arguments);
}

int run(const DiagramArguments& arguments) {
  int code = kClean;
  auto project = load_runnable(arguments.path, code);
  if (!project) return code;
  auto done = draw(project, arguments);
  return done ? *done : could_not_run(done.error());
}

}  // namespace

void add_diagram(CLI::App& app, Chosen& chosen) {
  auto arguments = std::make_shared<DiagramArguments>();
  CLI::App* command = app.add_subcommand("diagram", "draws campaigns as pictures");
  command->add_option("PROJECT", arguments->path, "the project's folder")->capture_default_str();
  command->add_option("CAMPAIGN", arguments->campaigns, "only these; without one, all");
  command
      ->add_option("--format", arguments->format,
                   "svg: a picture; mermaid, dot: a text that others draw")
      ->check(CLI::IsMember({"svg", "mermaid", "dot"}))
      ->capture_default_str();
  command->add_option("-o,--output", arguments->output,
                      "a file; of several campaigns a folder, with a file for each");
  auto* data = command->add_option(
      "--data", arguments->data,
      "a server's data directory: how many people wait at each step, and how many mails it has "
      "sent");
  command
      ->add_option("--backtest", arguments->backtest,
                   "what `trig backtest --json` wrote: how many mails each step would have sent")
      ->excludes(data);
  command->footer(
      "Example:\n  trig diagram examples/shop abandoned_cart -o cart.svg\n"
      "  trig diagram examples/shop -o pictures --data examples/shop/data\n");
  command->callback([arguments, &chosen] { chosen = [arguments] { return run(*arguments); }; });
}

}  // namespace trig::cli
