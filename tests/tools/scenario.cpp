// Runs the stories of tests/scenario: each .trig file is a project of its own, and every `test` in
// it runs in virtual time on the real engine, over a store in memory and one on disk, straight
// through and with a restart after every line; in memory also with native code.
//
//   scenario tests/scenario                      all files, all worlds
//   scenario tests/scenario/unless.trig --world memory+restart
//   scenario --canary tests/scenario/canary      every test must fail, and say why
//
// What a file need not have is supplied: a trig.toml (its time zone is that of a comment
// `# zone: Europe/Paris`, else UTC) and one line for each declared template: a transactional one
// where its path begins with `transactional/`, else a marketing one. Lists and catalogs stand in
// its comments (files_in_comments.h). Exit status: 0 all passed, 1 some failed, 2 could not run.
#include <fmt/format.h>
#include <stdlib.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>

#ifdef TRIG_JIT
#include "compiler/jit/jit.h"
#endif
#include "compiler/diagnostics/render.h"
#include "compiler/project/project.h"
#include "runtime/drive/deployed.h"
#include "runtime/drive/test_run.h"
#include "runtime/store/rocksdb_store.h"
#include "tests/tools/files_in_comments.h"

namespace trig {
namespace {

namespace fs = std::filesystem;

struct World {
  std::string name;
  bool on_disk = false;
  bool restart = false;
  bool native = false;  // conditions are native code from the first event on
  drive::Kept kept = drive::Kept::kAll;
};
const std::vector<World> kWorlds = {
    {"memory", false, false},
    {"memory+restart", false, true},
    {"rocksdb", true, false},
    {"rocksdb+restart", true, true},
    {"passing", false, false, false, drive::Kept::kPassing},
#ifdef TRIG_JIT
    {"memory+jit", false, false, true},
#endif
};

// Folders for stores, gone with the program.
class Folders {
 public:
  Folders() {
    // Memory where there is some to be had as files: what is proved here is not the disk.
    fs::path base = fs::exists("/dev/shm") ? "/dev/shm" : fs::temp_directory_path();
    std::string path = (base / "trig-scenario-XXXXXX").string();
    if (::mkdtemp(path.data()) != nullptr) root_ = path;
  }
  ~Folders() {
    std::error_code ignored;  // a leftover folder fails no test
    fs::remove_all(root_, ignored);
  }
  bool good() const { return !root_.empty(); }
  fs::path next() { return root_ / std::to_string(++count_); }

 private:
  fs::path root_;
  int count_ = 0;
};

drive::OpenStore rocksdb_world(const fs::path& folder) {
  return [folder]() -> Result<std::shared_ptr<Store>> {
    auto store = store::open(folder.string());
    if (!store) return tl::unexpected(store.error());
    return std::shared_ptr<Store>(std::move(*store));
  };
}

std::string read_text(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

project::Files files_of(const fs::path& path) {
  std::string text = read_text(path);
  std::smatch zone;
  bool has_zone = std::regex_search(text, zone, std::regex("# zone: ([A-Za-z_/]+)"));
  project::Files files = golden::files_in_comments(text);
  files["trig.toml"] = golden::settings_for(text, has_zone ? zone[1].str() : "UTC");
  files.merge(golden::mails_for(text));
  files[path.filename().string()] = std::move(text);
  return files;
}

class Runner {
 public:
  Runner(std::vector<World> worlds, bool quiet) : worlds_(std::move(worlds)), quiet_(quiet) {}

  // false: the file is no project.
  bool run(const fs::path& path) {
    std::shared_ptr<const project::Project> project = project::compile(files_of(path));
    if (!project->diagnostics.all().empty())
      fmt::print("{}", render_text(project->diagnostics, project->sources, {}));
    if (project->diagnostics.has_errors()) return false;
    for (const World& world : worlds_) {
      auto deployed = drive::deployed(project, executors_of(world));
      for (const ir::Test& test : project->program.tests) run_one(*project, deployed, test, world);
    }
    return true;
  }

  int passed() const { return passed_; }
  int failed() const { return failed_; }
  bool every_failure_says_why() const { return every_failure_says_why_; }
  bool good() const { return folders_.good(); }

 private:
  static drive::MakeExecutor executors_of([[maybe_unused]] const World& world) {
#ifdef TRIG_JIT
    if (world.native)
      return [](const ir::Program& program) {
        return jit::make_jit(program, jit::When::kBaselineNow);
      };
#endif
    return exec::make_interpreter;
  }

  void run_one(const project::Project& project, std::shared_ptr<const engine::Deployed> deployed,
               const ir::Test& test, const World& world) {
    drive::TestOptions options;
    options.restart_after_every_line = world.restart;
    options.kept = world.kept;
    fs::path folder = folders_.next();
    if (world.on_disk) options.make_world = [&] { return rocksdb_world(folder); };
    drive::TestResult result = drive::run_test(std::move(deployed), test, options);
    std::error_code ignored;
    fs::remove_all(folder, ignored);
    ++(result.passed() ? passed_ : failed_);
    for (const drive::TestFailure& failure : result.failures) {
      const Source& source = project.sources[failure.range.source];
      every_failure_says_why_ =
          every_failure_says_why_ && !failure.expected.empty() && !failure.got.empty();
      if (quiet_) continue;
      fmt::print("FAILED {} ({})\n  {}:{}\n  expected: {}\n  got:      {}\n", test.title,
                 world.name, source.path(), source.place_of(failure.range.begin).line,
                 failure.expected, failure.got);
      std::string history = failure.history.empty() ? "" : "  " + failure.history;
      fmt::print("{}\n", std::regex_replace(history, std::regex("\n(?!$)"), "\n  "));
    }
  }

  std::vector<World> worlds_;
  bool quiet_;
  Folders folders_;
  int passed_ = 0;
  int failed_ = 0;
  bool every_failure_says_why_ = true;
};

std::vector<fs::path> scenario_files(const std::string& place) {
  std::vector<fs::path> files;
  if (fs::is_regular_file(place)) return {place};
  for (const auto& entry : fs::directory_iterator(place))
    if (entry.path().extension() == ".trig") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace
}  // namespace trig

int main(int argc, char** argv) {
  CLI::App app{"Runs the stories of a folder or file in virtual time"};
  std::string place;
  std::string wanted;
  bool canary = false;
  app.add_option("place", place, "a .trig file, or a folder of them")
      ->required()
      ->check(CLI::ExistingPath);
  app.add_option("--world", wanted,
                 "memory, memory+restart, memory+jit, rocksdb or rocksdb+restart");
  app.add_flag("--canary", canary, "every test must fail and say why");
  CLI11_PARSE(app, argc, argv);
  std::vector<trig::World> worlds;
  for (const trig::World& world : trig::kWorlds)
    if (wanted.empty() || wanted == world.name) worlds.push_back(world);
  trig::Runner runner(worlds, canary);
  if (worlds.empty() || !runner.good()) return 2;
  bool readable = true;
  for (const auto& path : trig::scenario_files(place)) readable = runner.run(path) && readable;
  fmt::print("{} passed, {} failed\n", runner.passed(), runner.failed());
  if (!readable) return 2;
  if (canary)
    return runner.passed() == 0 && runner.failed() > 0 && runner.every_failure_says_why() ? 0 : 1;
  return runner.failed() == 0 && runner.passed() > 0 ? 0 : 1;
}
