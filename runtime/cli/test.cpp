// trig test: the project's test blocks in virtual time.
#include <fmt/format.h>

#include <chrono>
#include <cstdio>

#include "compiler/diagnostics/render.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/runnable_project.h"
#include "runtime/cli/terminal.h"
#include "runtime/drive/deployed.h"
#include "runtime/drive/test_run.h"

namespace trig::cli {
namespace {

struct TestArguments {
  std::string path = ".";
  std::string filter;
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

int run(const TestArguments& arguments) {
  auto began = std::chrono::steady_clock::now();
  int code = kClean;
  std::shared_ptr<const project::Project> project = load_runnable(arguments.path, code);
  if (!project) return code;
  auto deployed = drive::deployed(project);
  std::size_t passed = 0;
  std::size_t failed = 0;
  Duration virtual_time{0};
  for (const ir::Test& test : project->program.tests) {
    if (test.title.find(arguments.filter) == std::string::npos) continue;
    drive::TestResult result = drive::run_test(deployed, test, {});
    virtual_time += result.virtual_time;
    ++(result.passed() ? passed : failed);
    for (const drive::TestFailure& failure : result.failures)
      print_failure(*project, test, failure);
  }
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  fmt::print("{} passed, {} failed: {} of virtual time in {:.2f} s\n", passed, failed,
             duration_text(std::chrono::floor<std::chrono::hours>(virtual_time)), took.count());
  if (passed + failed == 0) {
    return could_not_run("there is no test" + (arguments.filter.empty()
                                                   ? std::string()
                                                   : " whose title contains " + arguments.filter));
  }
  return failed == 0 ? kClean : kFindings;
}

}  // namespace

void add_test(CLI::App& app, Chosen& chosen) {
  auto arguments = std::make_shared<TestArguments>();
  CLI::App* command = app.add_subcommand("test", "runs the project's tests in virtual time");
  command->add_option("PATH", arguments->path, "the project's folder")->capture_default_str();
  command->add_option("--filter", arguments->filter, "only tests whose title contains this");
  command->footer("Example: trig test examples/shop --filter T03");
  command->callback([arguments, &chosen] { chosen = [arguments] { return run(*arguments); }; });
}

}  // namespace trig::cli
