// trig backtest: what the project would have done with recorded events, and what another version
// of it would have done otherwise.
#include <algorithm>
#include <filesystem>
#include <set>
#include <thread>

#include "runtime/cli/commands.h"
#include "runtime/cli/executors.h"
#include "runtime/cli/progress_bar.h"
#include "runtime/cli/project_folder.h"
#include "runtime/cli/replace_files.h"
#include "runtime/cli/revision.h"
#include "runtime/cli/runnable_project.h"
#include "runtime/cli/terminal.h"
#include "runtime/drive/backtest.h"
#include "runtime/ports/limits.h"
#include "runtime/report/backtest_text.h"
#include "runtime/report/fail_if.h"
#include "runtime/store/rocksdb_store.h"

namespace trig::cli {
namespace {

namespace fs = std::filesystem;

struct BacktestArguments {
  std::string path = ".";
  std::vector<std::string> events;
  std::string data;
  std::string from;
  std::string to;
  std::string against;
  std::vector<std::string> subscribed;
  std::vector<std::string> fail_if;
  std::string format = "text";
  std::string html;
  bool json = false;
  bool sort = false;
  bool no_jit = false;
  std::size_t samples = 0;
  std::uint64_t max_sends = 0;
  std::size_t threads = std::max(1u, std::thread::hardware_concurrency());
};

// A day begins at midnight in the project's zone.
Result<std::optional<Instant>> instant_of(const std::string& option, const std::string& text,
                                          Zone zone) {
  if (text.empty()) return std::optional<Instant>();
  if (auto date = parse_date(text)) return std::optional(at_local(*date, TimeOfDay{0}, zone));
  if (auto instant = parse_instant(text)) return std::optional(*instant);
  return fail("{} `{}` is neither a day, 2026-03-01, nor a time with an offset", option, text);
}

Result<std::unique_ptr<project::Project>> project_before(const std::string& folder,
                                                         const std::string& against) {
  std::error_code error;
  if (!fs::exists(fs::path(against) / "trig.toml", error)) return project_at(folder, against);
  auto project = project::load(against);
  if (project && (*project)->diagnostics.has_errors())
    return fail("the project in {} has errors: {}", against,
                (*project)->diagnostics.all().front().message);
  return project;
}

Status open_events(const BacktestArguments& arguments, drive::Recording& recording) {
  for (const std::string& path : arguments.events)
    if (Status added = recording.add_files(path); !added) return added;
  if (arguments.data.empty()) return {};
  auto store = store::open_read_only(arguments.data);
  if (!store) return tl::unexpected(store.error());
  return recording.add(**store, arguments.data);
}

// Every topic that is named is one of some version.
Status check_topics(const std::vector<std::string>& topics,
                    const std::vector<const ir::Program*>& programs) {
  std::vector<std::string> known{"all"};
  for (const ir::Program* program : programs)
    for (const ir::Topic& topic : program->topics) known.push_back(topic.name);
  for (const std::string& topic : topics)
    if (std::find(known.begin(), known.end(), topic) == known.end()) {
      const std::string best = closest(topic, known);
      return fail("there is no topic {}{}", topic,
                  best.empty() ? "" : ", did you mean " + best + "?");
    }
  return {};
}

std::vector<std::string> campaigns_of(const std::vector<const ir::Program*>& programs) {
  std::set<std::string> names;
  for (const ir::Program* program : programs)
    for (const ir::Campaign& campaign : program->campaigns) names.insert(campaign.name);
  return {names.begin(), names.end()};
}

// The versions that are played, and what is asked about them.
struct Question {
  drive::Version after;
  std::optional<drive::Version> before;
  std::vector<report::Condition> conditions;
  drive::ReadSettings read;
  drive::BacktestSettings settings;

  std::vector<const ir::Program*> programs() const {
    std::vector<const ir::Program*> all{after.deployed->program};
    if (before) all.push_back(before->deployed->program);
    return all;
  }
};

Status read_settings(const BacktestArguments& arguments, Question& question) {
  auto from = instant_of("--from", arguments.from, question.after.zone);
  if (!from) return tl::unexpected(from.error());
  auto to = instant_of("--to", arguments.to, question.after.zone);
  if (!to) return tl::unexpected(to.error());
  if (*from && *to && **from >= **to) return fail("--from is not before --to");
  question.read = {arguments.threads, arguments.sort, *from, *to};
  question.settings.threads = arguments.threads;
  question.settings.count_from = *from;
  question.settings.samples = arguments.samples;
  question.settings.max_sends_per_person_day = arguments.max_sends;
  const std::vector<const ir::Program*> programs = question.programs();
  if (Status done = check_topics(arguments.subscribed, programs); !done) return done;
  const std::vector<std::string> campaigns = campaigns_of(programs);
  for (const std::string& text : arguments.fail_if) {
    auto condition = report::parse_condition(text, campaigns, question.before.has_value());
    if (!condition) return tl::unexpected(condition.error());
    question.conditions.push_back(std::move(*condition));
  }
  return {};
}

Result<report::Backtest> play(const BacktestArguments& arguments, const Question& question) {
  drive::Recording recording;
  drive::Progress progress;
  Status done = open_events(arguments, recording);
  if (done)
    with_progress_bar("reading", progress,
                      [&] { done = recording.read(question.programs(), question.read, progress); });
  if (!done) return tl::unexpected(done.error());
  Result<report::Backtest> found;
  with_progress_bar("playing", progress, [&] {
    found = run_backtest(recording, question.after, question.before ? &*question.before : nullptr,
                         question.settings, progress);
  });
  return found;
}

int tell(const BacktestArguments& arguments, const report::Backtest& found) {
  if (!arguments.html.empty()) {
    Status written = replace_files({{arguments.html, report::backtest_html(found)}});
    if (!written) return could_not_run(written.error());
  }
  const std::string text = arguments.json || arguments.format == "json"
                               ? report::backtest_json(found)
                           : arguments.format == "markdown" ? report::backtest_markdown(found)
                                                            : report::backtest_text(found);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return found.findings.empty() ? kClean : kFindings;
}

int run(const BacktestArguments& arguments) {
  if (arguments.events.empty() && arguments.data.empty())
    return could_not_run("--events says which events, or --data which data directory");
  auto folder = project_folder_of(arguments.path);
  if (!folder) return could_not_run(folder.error());
  int code = kClean;
  std::unique_ptr<project::Project> project = load_to_change(arguments.path, code);
  if (!project) return code;
  const std::string name = project->config.name;
  const drive::MakeExecutor make_executor = executors(arguments.no_jit);
  Question question;
  if (!arguments.against.empty()) {
    auto before = project_before(*folder, arguments.against);
    if (!before) return could_not_run(before.error());
    question.before = drive::make_version(std::move(*before), arguments.subscribed, make_executor);
  }
  question.after = drive::make_version(std::move(project), arguments.subscribed, make_executor);
  if (Status done = read_settings(arguments, question); !done) return could_not_run(done.error());
  auto found = play(arguments, question);
  if (!found) return could_not_run(found.error());
  found->project = name;
  found->against = arguments.against;
  for (const report::Condition& condition : question.conditions) {
    auto finding = report::check_condition(condition, *found);
    if (!finding) return could_not_run(finding.error());
    if (*finding) found->findings.push_back(std::move(**finding));
  }
  return tell(arguments, *found);
}

void add_options(CLI::App& command, BacktestArguments& arguments) {
  command.add_option("PROJECT", arguments.path, "the project's folder")->capture_default_str();
  command.add_option("--events", arguments.events,
                     "recorded events: files or folders of NDJSON and CSV, - for the input");
  command.add_option("--data", arguments.data, "a server's data directory, beside the server");
  command.add_option("--from", arguments.from, "figures count from this day or time on");
  command.add_option("--to", arguments.to, "the back-test ends at this day or time");
  command.add_flag("--sort", arguments.sort,
                   "take each event as received when it occurred, in that order");
  command.add_option("--subscribed", arguments.subscribed,
                     "topics everybody is subscribed to from the first event on, or all");
  command.add_option("--against", arguments.against,
                     "compare with this git revision, or with the project in this folder");
  command.add_option("--samples", arguments.samples, "show the histories of so many people")
      ->check(CLI::Range(std::size_t{0}, kMaxSamples));
  command.add_option("--max-sends-per-person-day", arguments.max_sends,
                     "a day of a person with more mails is a finding");
  command.add_option("--fail-if", arguments.fail_if,
                     "a finding if this holds: \"total.sends > 1.5 * before\"");
  command.add_option("--format", arguments.format, "how it is written")
      ->check(CLI::IsMember({"text", "json", "markdown"}))
      ->capture_default_str();
  command.add_flag("--json", arguments.json, "the same as --format json");
  command.add_option("--html", arguments.html, "also write a page with plots to this file");
  command.add_option("--threads", arguments.threads, "threads to play on")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
}

}  // namespace

void add_backtest(CLI::App& app, Chosen& chosen) {
  auto arguments = std::make_shared<BacktestArguments>();
  CLI::App* command =
      app.add_subcommand("backtest", "says what would have been sent for recorded events");
  add_options(*command, *arguments);
  add_no_jit(*command, arguments->no_jit);
  command->footer(
      "Mails are counted when their attempt begins, as accepted at once; none is rendered or "
      "sent.\nExits with 0, with 1 after a finding, with 2 if it could not run.\n\n"
      "Example:\n  trig backtest examples/shop --events march.ndjson --against origin/main\n");
  command->callback([arguments, &chosen] { chosen = [arguments] { return run(*arguments); }; });
}

}  // namespace trig::cli
