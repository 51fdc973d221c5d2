#include "runtime/cli/terminal.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "compiler/base/limits.h"
#include "runtime/cli/commands.h"

namespace trig::cli {

bool wants_color(Stream stream) {
  const char* no_color = std::getenv("NO_COLOR");
  if (no_color != nullptr && *no_color != '\0') return false;
  const char* terminal = std::getenv("TERM");
  if (terminal != nullptr && std::string_view(terminal) == "dumb") return false;
  return ::isatty(stream == Stream::kOutput ? STDOUT_FILENO : STDERR_FILENO) == 1;
}

int could_not_run(std::string_view message) {
  fmt::print(stderr, "trig: {}\n", message);
  return kCouldNotRun;
}
int could_not_run(const Failure& failure) { return could_not_run(failure.message); }

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

Result<std::string> read_text(const std::string& path) {
  std::string text;
  auto read = [&](std::istream& from) {
    text.resize(kMaxSourceBytes + 1);
    from.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(from.gcount()));
  };
  if (path == "-") {
    read(std::cin);
  } else {
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) return fail("{} is a folder", path);
    std::ifstream file(path, std::ios::binary);
    if (!file) return fail("cannot read {}: {}", path, std::strerror(errno));
    read(file);
  }
  if (text.size() > kMaxSourceBytes)
    return fail("{} has more than {} bytes", path == "-" ? "the input" : path, kMaxSourceBytes);
  return text;
}

}  // namespace trig::cli
