// trig repl: a project to try things in, at a terminal or in a pipe.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <iostream>

#include "compiler/base/limits.h"
#include "compiler/diagnostics/render.h"
#include "compiler/project/files.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/executors.h"
#include "runtime/cli/line_editor.h"
#include "runtime/cli/project_folder.h"
#include "runtime/cli/runnable_project.h"
#include "runtime/cli/terminal.h"
#include "runtime/drive/played_store.h"
#include "runtime/drive/session.h"
#include "runtime/drive/typed_text.h"
#include "runtime/ports/limits.h"
#include "runtime/server/compose.h"
#include "runtime/store/rocksdb_store.h"

namespace trig::cli {
namespace {

namespace fs = std::filesystem;

struct ReplArguments {
  std::string path;
  std::string data;
  std::vector<std::string> events;
};

Result<Mail> compose(const project::Config& config, const engine::Handover& mail) {
  // Its links lead nowhere.
  project::Config here = config;
  if (here.public_url.empty()) here.public_url = "http://127.0.0.1";
  auto keys = links::LinkKeys::create({{1, std::string(32, 's')}});
  if (!keys) return tl::unexpected(keys.error());
  return server::Composer(std::move(here), std::move(*keys), "virtual-workspace").compose(mail);
}

// Adds to what is there; the folder of the file is made.
Status add_to_file(const fs::path& path, const std::string& text) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (file < 0) return fail("cannot write {}: {}", path.string(), std::strerror(errno));
  const ssize_t written = ::write(file, text.data(), text.size());
  const bool whole = written == static_cast<ssize_t>(text.size());
  if (::close(file) != 0 || !whole) return fail("cannot write {} whole", path.string());
  return {};
}

// $XDG_STATE_HOME/trig/repl_history, for its owner alone; empty where it cannot be made.
std::string history_file() {
  const char* state = std::getenv("XDG_STATE_HOME");
  const char* home = std::getenv("HOME");
  fs::path folder;
  if (state != nullptr && *state == '/')
    folder = state;
  else if (home != nullptr && *home == '/')
    folder = fs::path(home) / ".local" / "state";
  else
    return {};
  folder /= "trig";
  std::error_code error;
  fs::create_directories(folder, error);
  const fs::path path = folder / "repl_history";
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return {};
  ::fchmod(file, 0600);
  ::close(file);
  return path.string();
}

void show(const drive::Answer& answer) {
  fmt::print("{}{}", answer.text,
             render_text(answer.diagnostics, answer.sources, {wants_color(Stream::kOutput)}));
  std::fflush(stdout);
}

// Answers each input of the standard input; 1 if one of them failed.
int run_pipe(drive::Session& session) {
  int code = kClean;
  std::string pending;
  bool quit = false;
  auto take = [&] {
    const drive::Answer answer = session.take(pending);
    show(answer);
    if (!answer.ok) code = kFindings;
    quit = answer.quit;
    pending.clear();
  };
  for (std::string line; !quit && std::getline(std::cin, line);) {
    pending += (pending.empty() ? "" : "\n") + line;
    if (!drive::wants_more(pending)) take();
  }
  if (!quit && !pending.empty()) take();
  return code;
}

int run_terminal(drive::Session& session, const std::string& name) {
  const bool color = wants_color(Stream::kOutput);
  std::string pending;
  LineEditor editor(history_file(), [&](std::string_view line) {
    return session.completions(pending.empty() ? std::string(line)
                                               : pending + "\n" + std::string(line));
  });
  fmt::print("{}: `:help` says what can be typed, `:quit` ends. No mail is sent from here.\n",
             name);
  for (;;) {
    const std::string prompt = pending.empty() ? session.current() + "> " : "... ";
    std::string line;
    const LineEditor::Read read = editor.read(prompt, color, line);
    if (read == LineEditor::Read::kEnd) break;
    if (read == LineEditor::Read::kInterrupted) {
      pending.clear();
      continue;
    }
    pending += (pending.empty() ? "" : "\n") + line;
    if (drive::wants_more(pending)) continue;
    if (drive::kind_of(pending) != drive::InputKind::kNothing) editor.remember(pending);
    const drive::Answer answer = session.take(pending);
    pending.clear();
    show(answer);
    if (answer.quit) return kClean;
  }
  fmt::print("\n");
  return kClean;
}

struct OpenedProject {
  project::Files files;
  std::string folder;  // empty: there is none
};

// False after an error, which has been printed; `code` is what the command exits with.
bool open_project(const ReplArguments& arguments, OpenedProject& opened, int& code) {
  auto folder = project_folder_of(arguments.path.empty() ? "." : arguments.path);
  std::error_code error;
  const bool none =
      folder && arguments.path.empty() && !fs::exists(fs::path(*folder) / "trig.toml", error);
  if (none) {
    opened.files = drive::empty_project();
    return true;
  }
  if (!folder) {
    code = could_not_run(folder.error());
    return false;
  }
  auto project = load_runnable(*folder, code);
  if (!project) return false;
  Diagnostics unread;  // load_runnable has told
  auto files = project::read_folder(*folder, {kMaxProjectFiles, kMaxProjectBytes}, unread);
  if (!files) {
    code = could_not_run(files.error());
    return false;
  }
  opened.files = std::move(*files);
  opened.folder = *folder;
  return true;
}

// Recorded events, as if the project had been deployed when they came.
Result<std::shared_ptr<const Store>> played_events(const std::vector<std::string>& paths,
                                                   const project::Files& files) {
  drive::Recording recording;
  for (const std::string& path : paths)
    if (Status added = recording.add_files(path); !added) return tl::unexpected(added.error());
  auto store = drive::played_store(recording, drive::deployed(project::compile(files)));
  if (!store) return fail("the events of --events: {}", store.error().message);
  return store;
}

int run(const ReplArguments& arguments) {
  OpenedProject opened;
  int code = kClean;
  if (!open_project(arguments, opened, code)) return code;
  drive::SessionOptions options;
  options.compose = compose;
  options.native_code = native_code_text;
  options.read_file = read_text;
  if (!opened.folder.empty())
    options.add_to_file = [folder = opened.folder](const std::string& path,
                                                   const std::string& text) {
      return add_to_file(fs::path(folder) / path, text);
    };
  if (!arguments.data.empty()) {
    auto data = store::open_read_only(arguments.data);
    if (!data) return could_not_run(data.error());
    options.data = std::move(*data);
  }
  if (!arguments.events.empty()) {
    auto played = played_events(arguments.events, opened.files);
    if (!played) return could_not_run(played.error());
    options.data = std::move(*played);
  }
  const std::string name = project::config_of(opened.files).name;
  auto session = drive::Session::open(std::move(opened.files), opened.folder, std::move(options));
  if (!session) return could_not_run(session.error());
  const bool terminal = ::isatty(STDIN_FILENO) == 1 && ::isatty(STDOUT_FILENO) == 1;
  return terminal ? run_terminal(**session, name) : run_pipe(**session);
}

}  // namespace

void add_repl(CLI::App& app, Chosen& chosen) {
  auto arguments = std::make_shared<ReplArguments>();
  CLI::App* command =
      app.add_subcommand("repl", "tries declarations, people, events and time, one line at a time");
  command->add_option("PROJECT", arguments->path,
                      "the project's folder, or a file in it; without one, and outside of any: an "
                      "empty project");
  auto* data =
      command->add_option("--data", arguments->data,
                          "a server's data directory, only read: its people can be asked about");
  command
      ->add_option(
          "--events", arguments->events,
          "recorded events, files or folders of NDJSON and CSV, in place of a data directory")
      ->excludes(data);
  command->footer(
      "Reads a pipe as well as a terminal; then it exits with 1 if an input failed. Sends no "
      "mail.\n"
      "docs/reference/repl.md says what can be typed.\n\n"
      "Example:\n  trig repl examples/shop\n");
  command->callback([arguments, &chosen] { chosen = [arguments] { return run(*arguments); }; });
}

}  // namespace trig::cli
