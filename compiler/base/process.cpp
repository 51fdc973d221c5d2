#include "compiler/base/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

extern char** environ;

namespace trig {
namespace {

using SteadyClock = std::chrono::steady_clock;

class Pipe {
 public:
  Pipe() { opened_ = ::pipe2(ends_.data(), O_CLOEXEC) == 0; }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close(0);
    close(1);
  }
  bool opened() const { return opened_; }
  int end(int which) const { return ends_[which]; }
  void close(int which) {
    if (ends_[which] >= 0) ::close(ends_[which]);
    ends_[which] = -1;
  }

 private:
  std::array<int, 2> ends_ = {-1, -1};
  bool opened_ = false;
};

// A file without a name that holds `text`, at its beginning; -1 if there is none to be had.
int file_with(const std::string& text) {
  std::FILE* file = std::tmpfile();
  if (file == nullptr) return -1;
  const bool written =
      std::fwrite(text.data(), 1, text.size(), file) == text.size() && std::fflush(file) == 0;
  const int copy = written ? ::fcntl(::fileno(file), F_DUPFD_CLOEXEC, 3) : -1;
  std::fclose(file);
  if (copy >= 0) ::lseek(copy, 0, SEEK_SET);
  return copy;
}

int milliseconds_until(const std::optional<SteadyClock::time_point>& end) {
  if (!end) return -1;
  auto left = std::chrono::ceil<std::chrono::milliseconds>(*end - SteadyClock::now()).count();
  return left < 0 ? 0 : static_cast<int>(left);
}

// Reads both until both are closed. What was wrong, or empty.
std::string drain(int out, int error, const Command& command, Finished& finished) {
  std::optional<SteadyClock::time_point> end;
  if (command.time) end = SteadyClock::now() + *command.time;
  std::array<pollfd, 2> ends = {pollfd{out, POLLIN, 0}, pollfd{error, POLLIN, 0}};
  std::array<std::string*, 2> texts = {&finished.output, &finished.complaint};
  std::array<char, 65536> chunk;
  while (ends[0].fd >= 0 || ends[1].fd >= 0) {
    const int ready = ::poll(ends.data(), ends.size(), milliseconds_until(end));
    if (ready == 0) return fmt::format("takes more than {} s", command.time->count());
    if (ready < 0) continue;
    for (std::size_t i = 0; i < ends.size(); ++i) {
      if (ends[i].fd < 0 || ends[i].revents == 0) continue;
      const ssize_t got = ::read(ends[i].fd, chunk.data(), chunk.size());
      if (got > 0) texts[i]->append(chunk.data(), static_cast<std::size_t>(got));
      if (got == 0 || (got < 0 && errno != EINTR)) ends[i].fd = -1;
    }
    if (finished.output.size() + finished.complaint.size() > command.max_bytes)
      return fmt::format("says more than {} bytes", command.max_bytes);
  }
  return {};
}

// 0 if that fails.
pid_t spawn(const Command& command, int input, int output, int complaint) {
  std::vector<char*> words;
  for (const std::string& word : command.words) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  std::vector<char*> variables;
  for (const std::string& variable : command.variables)
    variables.push_back(const_cast<char*>(variable.c_str()));
  for (char** variable = environ; *variable != nullptr; ++variable) variables.push_back(*variable);
  variables.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, complaint, STDERR_FILENO);
  if (!command.folder.empty())
    posix_spawn_file_actions_addchdir_np(&actions, command.folder.c_str());
  pid_t process = 0;
  const int failed =
      ::posix_spawnp(&process, words[0], &actions, nullptr, words.data(), variables.data());
  posix_spawn_file_actions_destroy(&actions);
  return failed == 0 ? process : 0;
}

}  // namespace

Result<Finished> run_program(const Command& command) {
  const std::string& name = command.words.front();
  const int given = file_with(command.input);
  Pipe out;
  Pipe error;
  if (given < 0 || !out.opened() || !error.opened())
    return fail("cannot run {}: {}", name, std::strerror(errno));
  const pid_t process = spawn(command, given, out.end(1), error.end(1));
  ::close(given);
  if (process == 0) return fail("cannot run {}: is it installed?", name);
  out.close(1);
  error.close(1);
  Finished finished;
  const std::string wrong = drain(out.end(0), error.end(0), command, finished);
  if (!wrong.empty()) ::kill(process, SIGKILL);
  out.close(0);
  error.close(0);
  int status = 0;
  while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  if (!wrong.empty()) return fail("{} {}", name, wrong);
  if (!WIFEXITED(status)) return fail("{} was ended by signal {}", name, WTERMSIG(status));
  finished.exit = WEXITSTATUS(status);
  return finished;
}

}  // namespace trig
