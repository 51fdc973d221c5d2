#include <fcntl.h>
#include <openssl/rand.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "compiler/base/check.h"
#include "compiler/base/embedded.h"
#include "compiler/base/hash.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/terminal.h"

namespace trig {
extern const EmbeddedFile k_new_project[];
extern const std::size_t k_new_project_count;
}  // namespace trig

namespace trig::cli {
namespace {

namespace fs = std::filesystem;

struct NewOptions {
  std::string folder;
};

// Embedded file → its place in the new project.
constexpr std::array kFiles = {
    std::pair("trig.toml", "trig.toml"),
    std::pair("README.md", "README.md"),
    std::pair("gitignore", ".gitignore"),
    std::pair("vocabulary.trig", "vocabulary.trig"),
    std::pair("onboarding.trig", "campaigns/onboarding.trig"),
    std::pair("onboarding_test.trig", "tests/onboarding.trig"),
    std::pair("welcome.html.liquid", "templates/welcome.html.liquid"),
    std::pair("first_steps.html.liquid", "templates/first_steps.html.liquid"),
};
constexpr std::array kKeys = {"keys/website", "keys/links", "keys/admin"};

std::string_view embedded(std::string_view name) {
  for (std::size_t i = 0; i < k_new_project_count; ++i)
    if (k_new_project[i].name == name) return k_new_project[i].text;
  TRIG_CHECK(false, "a file of the new project is not embedded");
}

// The folder's own name, as far as a project can be called so.
std::string name_of_project(const fs::path& folder) {
  std::error_code error;
  std::string name = fs::absolute(folder, error).lexically_normal().filename();
  if (name.empty())  // "shop/"
    name = fs::absolute(folder, error).lexically_normal().parent_path().filename();
  std::erase_if(name, [](unsigned char c) {
    return c >= 0x80 || (std::isalnum(c) == 0 && c != '_' && c != '-');
  });
  return name.empty() ? "project" : name;
}

std::string filled_in(std::string_view text, const std::string& name) {
  constexpr std::string_view kMark = "@NAME@";
  std::string filled(text);
  for (std::size_t at = filled.find(kMark); at != filled.npos; at = filled.find(kMark, at))
    filled.replace(at, kMark.size(), name);
  return filled;
}

std::string fresh_key() {
  std::array<unsigned char, 32> bytes{};
  TRIG_CHECK(RAND_bytes(bytes.data(), bytes.size()) == 1, "no randomness to make a key of");
  return base64_url({reinterpret_cast<const char*>(bytes.data()), bytes.size()}) + "\n";
}

// A file that is there already is an error: nothing is ever overwritten.
Status write_new(const fs::path& path, std::string_view text, mode_t mode) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  if (error) return fail("cannot create {}: {}", path.parent_path().string(), error.message());
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (file < 0) return fail("cannot create {}: {}", path.string(), std::strerror(errno));
  const ssize_t written = ::write(file, text.data(), text.size());
  ::close(file);
  if (written != static_cast<ssize_t>(text.size()))
    return fail("cannot write {}: {}", path.string(), std::strerror(errno));
  return {};
}

Status make_project(const fs::path& folder) {
  const std::string name = name_of_project(folder);
  for (const auto& [from, to] : kFiles) {
    if (Status done = write_new(folder / to, filled_in(embedded(from), name), 0644); !done)
      return done;
  }
  for (const char* key : kKeys)
    if (Status done = write_new(folder / key, fresh_key(), 0600); !done) return done;
  return {};
}

int make_new(const NewOptions& options) {
  std::error_code error;
  if (fs::exists(options.folder, error)) {
    if (!fs::is_directory(options.folder, error) || !fs::is_empty(options.folder, error))
      return could_not_run(
          fmt::format("{} is there already and is no empty folder", options.folder));
  }
  if (Status made = make_project(options.folder); !made) return could_not_run(made.error());
  fmt::print(
      "made {0}: two campaigns, their mails and their tests\n\n"
      "  cd {0}\n"
      "  trig check\n",
      options.folder);
  return kClean;
}

}  // namespace

void add_new(CLI::App& app, Chosen& chosen) {
  auto options = std::make_shared<NewOptions>();
  CLI::App* command = app.add_subcommand("new", "makes a small project that works");
  command->add_option("folder", options->folder, "where: a new or an empty folder")->required();
  command->footer(
      "It has two campaigns, their mails, their tests, and keys of its own; it writes mails to a\n"
      "folder until another delivery is set.\n\n"
      "Example:\n  trig new shop && cd shop && trig check\n");
  command->callback([options, &chosen] { chosen = [options] { return make_new(*options); }; });
}

}  // namespace trig::cli
