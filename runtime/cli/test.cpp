// trig test: the project's test blocks in virtual time.
#include <fmt/format.h>

#include <chrono>
#include <cstdio>

#include "compiler/diagnostics/render.h"
#include "compiler/diagnostics/xml.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/executors.h"
#include "runtime/cli/replace_files.h"
#include "runtime/cli/runnable_project.h"
#include "runtime/cli/terminal.h"
#include "runtime/drive/coverage.h"
#include "runtime/drive/deployed.h"
#include "runtime/drive/test_run.h"

namespace trig::cli {
namespace {

struct TestArguments {
  std::string path = ".";
  std::string filter;
  std::string junit;
  bool coverage = false;
  int threshold = 0;  // percent
  bool no_jit = false;
};

void print_failure(const project::Project& project, const ir::Test& test,
                   const drive::TestFailure& failure) {
  std::string place;
  if (failure.range.valid()) {
    const Source& source = project.sources[failure.range.source];
    place = fmt::format("{}:{}", source.path(), source.place_of(failure.range.begin).line);
  }
  fmt::print("FAILED  {}\n  {}\n    expected {}\n    got      {}\n", test.title, place,
             failure.expected, failure.got);
  if (failure.history.empty()) return;
  fmt::print("  what happened:\n");
  std::size_t begin = 0;
  while (begin < failure.history.size()) {
    std::size_t end = failure.history.find('\n', begin);
    fmt::print("    {}\n", failure.history.substr(begin, end - begin));
    begin = end + 1;
  }
}

std::string place_of(const project::Project& project, TextRange range) {
  if (!range.valid()) return "trig.toml";
  const Source& source = project.sources[range.source];
  return fmt::format("{}:{}", source.path(), source.place_of(range.begin).line);
}

// Expectations that hold for no good reason, unless a note or the project allows them.
Diagnostics findings_of(const project::Project& project, const drive::TestResult& result) {
  Diagnostics findings;
  const auto level = project.config.lints.find(Code::kHollowNoSend);
  const bool known = level != project.config.lints.end();
  if (known && level->second == LintLevel::kOff) return findings;
  for (const drive::HollowExpectation& hollow : result.hollow) {
    const Source& source = project.sources[hollow.range.source];
    const std::uint32_t line = source.place_of(hollow.range.begin).line;
    if (project.allowances.contains({hollow.range.source, line, Code::kHollowNoSend})) continue;
    Diagnostic& told = findings.report(Code::kHollowNoSend, hollow.range, {hollow.because});
    told.hint("let the test come near the mail, so that it shows what keeps it back");
    if (known && level->second == LintLevel::kError) told.severity = Severity::kError;
  }
  return findings;
}

// JUnit XML: a case for each test, its lines that failed as one failure.
class JUnit {
 public:
  void add(const project::Project& project, const ir::Test& test, const drive::TestResult& result) {
    ++count_;
    const std::string path =
        test.range.valid() ? project.sources[test.range.source].path() : "trig.toml";
    cases_ += fmt::format("    <testcase classname=\"{}\" name=\"{}\"", xml_text(path),
                          xml_text(test.title));
    if (result.passed()) {
      cases_ += "/>\n";
      return;
    }
    ++failed_;
    std::string text;
    for (const drive::TestFailure& failure : result.failures)
      text += fmt::format("{}\nexpected {}\ngot      {}\n{}\n", place_of(project, failure.range),
                          failure.expected, failure.got, failure.history);
    cases_ +=
        fmt::format(">\n      <failure message=\"expected {}\">{}</failure>\n    </testcase>\n",
                    xml_text(result.failures[0].expected), xml_text(text));
  }

  std::string text() const {
    const std::string counts = fmt::format("tests=\"{}\" failures=\"{}\"", count_, failed_);
    return fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {0}>\n"
        "  <testsuite name=\"trig test\" {0}>\n{1}  </testsuite>\n</testsuites>\n",
        counts, cases_);
  }

 private:
  std::string cases_;
  std::size_t count_ = 0;
  std::size_t failed_ = 0;
};

int percent(std::size_t reached, std::size_t places) {
  return places == 0 ? 100 : static_cast<int>(reached * 100 / places);
}

// Prints what the tests did not come to; gives the share they did.
int print_coverage(const project::Project& project, const drive::Coverage& coverage) {
  std::size_t reached = 0;
  std::size_t places = 0;
  fmt::print("\n");
  for (const drive::CampaignCoverage& campaign : coverage.result()) {
    reached += campaign.reached;
    places += campaign.places;
    fmt::print("{:>4}%  {}: {} of {}\n", percent(campaign.reached, campaign.places), campaign.name,
               campaign.reached, campaign.places);
    for (const drive::Missed& missed : campaign.missed) {
      const std::string_view text = project.sources.text_of(missed.range);
      fmt::print("         {}: {}: {}\n", place_of(project, missed.range), missed.what,
                 text.substr(0, text.find('\n')));
    }
  }
  const int share = percent(reached, places);
  fmt::print("{:>4}%  of all steps and ways from them: {} of {}\n", share, reached, places);
  return share;
}

struct Outcome {
  std::size_t passed = 0;
  std::size_t failed = 0;
  Duration virtual_time{0};
  Diagnostics findings;
  JUnit junit;
};

// Whose title contains the filter; a title that is the filter is meant alone.
std::vector<const ir::Test*> filtered(const ir::Program& program, const std::string& filter) {
  std::vector<const ir::Test*> found;
  for (const ir::Test& test : program.tests) {
    if (test.title == filter) return {&test};
    if (test.title.find(filter) != std::string::npos) found.push_back(&test);
  }
  return found;
}

Outcome run_tests(const project::Project& project,
                  const std::shared_ptr<const engine::Deployed>& deployed,
                  const std::string& filter) {
  Outcome outcome;
  for (const ir::Test* test : filtered(project.program, filter)) {
    drive::TestResult result = drive::run_test(deployed, *test, {});
    outcome.virtual_time += result.virtual_time;
    ++(result.passed() ? outcome.passed : outcome.failed);
    for (const drive::TestFailure& failure : result.failures)
      print_failure(project, *test, failure);
    outcome.findings.append(findings_of(project, result));
    outcome.junit.add(project, *test, result);
  }
  return outcome;
}

int run(const TestArguments& arguments) {
  auto began = std::chrono::steady_clock::now();
  int code = kClean;
  std::shared_ptr<const project::Project> project = load_runnable(arguments.path, code);
  if (!project) return code;
  drive::Coverage coverage(project->program);
  const bool covered = arguments.coverage || arguments.threshold > 0;
  auto deployed = drive::deployed(project, executors(arguments.no_jit));
  const Outcome outcome =
      run_tests(*project, covered ? coverage.listening(deployed) : deployed, arguments.filter);
  if (outcome.passed + outcome.failed == 0) {
    return could_not_run("there is no test" + (arguments.filter.empty()
                                                   ? std::string()
                                                   : " whose title contains " + arguments.filter));
  }
  fmt::print("{}", render_text(outcome.findings, project->sources, {wants_color(Stream::kOutput)}));
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  fmt::print(
      "{} passed, {} failed: {} of virtual time in {:.2f} s\n", outcome.passed, outcome.failed,
      duration_text(std::chrono::floor<std::chrono::hours>(outcome.virtual_time)), took.count());
  if (!arguments.junit.empty()) {
    Status written = replace_files({{arguments.junit, outcome.junit.text()}});
    if (!written) return could_not_run(written.error());
  }
  const int share = covered ? print_coverage(*project, coverage) : 100;
  if (share < arguments.threshold)
    fmt::print("less than the {}% that --coverage-threshold asks for\n", arguments.threshold);
  const bool good =
      outcome.failed == 0 && share >= arguments.threshold && !outcome.findings.has_errors();
  return good ? kClean : kFindings;
}

}  // namespace

void add_test(CLI::App& app, Chosen& chosen) {
  auto arguments = std::make_shared<TestArguments>();
  CLI::App* command = app.add_subcommand("test", "runs the project's tests in virtual time");
  command->add_option("PATH", arguments->path, "the project's folder")->capture_default_str();
  command->add_option("--filter", arguments->filter,
                      "only tests whose title contains this, or the one whose title it is");
  command->add_option("--junit", arguments->junit, "also write the outcome to this file");
  command->add_flag("--coverage", arguments->coverage,
                    "say which steps, ways from them and ends no test came to");
  command
      ->add_option("--coverage-threshold", arguments->threshold,
                   "exit with 1 below this share, in percent")
      ->check(CLI::Range(0, 100));
  add_no_jit(*command, arguments->no_jit);
  command->footer("Example: trig test examples/shop --filter T03");
  command->callback([arguments, &chosen] { chosen = [arguments] { return run(*arguments); }; });
}

}  // namespace trig::cli
