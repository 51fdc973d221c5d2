#include "runtime/cli/plan_backtest.h"

#include <charconv>
#include <thread>

#include "compiler/project/config.h"
#include "runtime/admin/bundle.h"
#include "runtime/cli/executors.h"
#include "runtime/cli/progress_bar.h"
#include "runtime/cli/server_events.h"
#include "runtime/drive/backtest.h"
#include "runtime/ports/limits.h"
#include "runtime/report/backtest_text.h"

namespace trig::cli {
namespace {

namespace json = boost::json;
using std::chrono::days;

// "7d".
Result<days> days_of(std::string_view option, std::string_view text, int least, days most) {
  int count = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, count);
  if (read.ec != std::errc() || std::string_view(read.ptr, end) != "d" || count < least ||
      days(count) > most)
    return fail("{} should be days, from {}d to {}d, got {}", option, least, most.count(), text);
  return days(count);
}

constexpr days kMostDays{366};
constexpr days kMostWarmUp = std::chrono::floor<days>(kMaxWarmUp);

Result<std::unique_ptr<project::Project>> compiled(project::Files files, std::string_view what) {
  std::unique_ptr<project::Project> project = project::compile(std::move(files));
  if (!project->diagnostics.has_errors()) return project;
  return fail("{} has errors here: {}", what, project->diagnostics.all().front().message);
}

// The files that run, which are those that the plan compared with.
Result<project::Files> running_files(const ServerOptions& server, const json::object& plan) {
  auto answer = call_server(server, "GET", "/v1/files", nullptr);
  if (!answer) return tl::unexpected(answer.error());
  if (answer->status != 200)
    return fail("the server does not tell which files run: {}",
                json::serialize(answer->body.at("error")));
  if (answer->body.at("hash") != plan.at("base").at("files"))
    return fail("something else was deployed while this was planned");
  return admin::files_from_json(answer->body.at("files"));
}

Result<report::Backtest> play(const drive::Version& after, const drive::Version& before,
                              drive::RecordedFile events, Instant from, Instant to) {
  drive::Recording recording;
  recording.add(std::move(events));
  drive::ReadSettings read;
  read.threads = std::max(1u, std::thread::hardware_concurrency());
  read.from = from;
  read.to = to;
  drive::Progress progress;
  Status done;
  with_progress_bar("reading", progress, [&] {
    done = recording.read({after.deployed->program, before.deployed->program}, read, progress);
  });
  if (!done) return tl::unexpected(done.error());
  drive::BacktestSettings settings;
  settings.threads = read.threads;
  settings.count_from = from;
  Result<report::Backtest> found;
  with_progress_bar("playing", progress,
                    [&] { found = run_backtest(recording, after, &before, settings, progress); });
  return found;
}

}  // namespace

void add_plan_backtest_options(CLI::App& command, PlanBacktestOptions& options) {
  auto* wanted = command.add_option(
      "--backtest", options.days,
      "play the last days of the server's events through both versions, such as 7d");
  command
      .add_option("--warm-up", options.warm_up,
                  "play so many days before these too, without counting")
      ->capture_default_str()
      ->needs(wanted);
  command
      .add_option("--subscribed", options.subscribed,
                  "topics everybody is subscribed to from the first event on, or all")
      ->needs(wanted);
  command.add_option("--max-events", options.max_events, "fetch no more events for it than these")
      ->capture_default_str()
      ->needs(wanted);
  add_no_jit(command, options.no_jit);
}

Status check_plan_backtest_options(const PlanBacktestOptions& options) {
  if (options.days.empty()) return {};
  auto count = days_of("--backtest", options.days, 1, kMostDays);
  if (!count) return tl::unexpected(count.error());
  auto warm_up = days_of("--warm-up", options.warm_up, 0, kMostWarmUp);
  if (!warm_up) return tl::unexpected(warm_up.error());
  return {};
}

Result<json::object> backtest_of_plan(const ServerOptions& server,
                                      const PlanBacktestOptions& options,
                                      const json::object& bundle, const json::object& plan) {
  const auto to = parse_instant(std::string_view(plan.at("at").as_string()));
  if (!to) return fail("the plan has no time");
  const Instant from = *to - days_of("--backtest", options.days, 1, kMostDays).value();
  const Instant first = from - days_of("--warm-up", options.warm_up, 0, kMostWarmUp).value();

  auto candidate = admin::files_from_json(bundle.at("files"));
  if (!candidate) return tl::unexpected(candidate.error());
  auto running = running_files(server, plan);
  if (!running) return tl::unexpected(running.error());
  const std::string settings(project::kConfigFile);
  (*running)[settings] = (*candidate)[settings];
  auto before = compiled(std::move(*running), "the version that runs");
  if (!before) return tl::unexpected(before.error());
  auto after = compiled(std::move(*candidate), "the project");
  if (!after) return tl::unexpected(after.error());
  const std::string name = (*after)->config.name;

  auto events = fetch_events(server, {first, *to, options.max_events});
  if (!events) return tl::unexpected(events.error());
  const drive::MakeExecutor make_executor = executors(options.no_jit);
  const auto new_version =
      drive::make_version(std::move(*after), options.subscribed, make_executor);
  const auto old_version =
      drive::make_version(std::move(*before), options.subscribed, make_executor);
  auto found = play(new_version, old_version, std::move(*events), from, *to);
  if (!found) return tl::unexpected(found.error());
  found->project = name;
  const json::value& number = plan.at("base").at("number");
  found->against = number.is_null() ? "what runs" : "version " + json::serialize(number);
  json::object told = json::parse(report::backtest_json(*found)).as_object();
  told["text"] = report::backtest_change_text(*found);
  return told;
}

}  // namespace trig::cli
