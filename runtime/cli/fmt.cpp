#include <filesystem>

#include "compiler/diagnostics/render.h"
#include "compiler/parse/format.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/project_folder.h"
#include "runtime/cli/replace_files.h"
#include "runtime/cli/terminal.h"

namespace trig::cli {
namespace {

struct FmtOptions {
  bool check = false;
  std::vector<std::string> paths = {"."};
};

// The text in the one format, or nullopt after errors, which are printed.
std::optional<std::string> format_text(const std::string& path, std::string text) {
  SourceMap sources;
  Diagnostics diagnostics;
  if (auto better = parse::formatted(path, std::move(text), sources, diagnostics)) return better;
  diagnostics.sort();
  fmt::print(stderr, "{}", render_text(diagnostics, sources, {wants_color(Stream::kError)}));
  return std::nullopt;
}

int format_file(const std::string& path, bool check, std::size_t& changed) {
  Result<std::string> text = read_text(path);
  if (!text) return could_not_run(text.error());
  const std::optional<std::string> better = format_text(path, *text);
  if (!better) return kFindings;
  if (path == "-" && !check) {
    fmt::print("{}", *better);
    return kClean;
  }
  if (*better == *text) return kClean;
  ++changed;
  fmt::print("{}{}\n", check ? "not in the format: " : "formatted ",
             std::filesystem::path(path).lexically_normal().string());
  if (check) return kFindings;
  if (Status written = replace_files({{path, *better}}); !written)
    return could_not_run(written.error());
  return kClean;
}

int format(const FmtOptions& options) {
  int worst = kClean;
  std::size_t seen = 0;
  std::size_t changed = 0;
  for (const std::string& path : options.paths) {
    Result<std::vector<std::string>> files = path == "-" ? std::vector{path} : trig_files_of(path);
    if (!files) return could_not_run(files.error());
    for (const std::string& file : *files) {
      worst = std::max(worst, format_file(file, options.check, changed));
      ++seen;
    }
  }
  if (worst == kClean && changed == 0 && options.check)
    fmt::print("{} in the format\n", counted(seen, "file"));
  return worst;
}

}  // namespace

void add_fmt(CLI::App& app, Chosen& chosen) {
  auto options = std::make_shared<FmtOptions>();
  CLI::App* command = app.add_subcommand("fmt", "puts .trig files in the one format");
  command->add_option("paths", options->paths, "files, folders, or - for the standard input")
      ->capture_default_str();
  command->add_flag("--check", options->check,
                    "change nothing; exit with 1 if a file would change");
  command->footer(
      "There are no options: all .trig files look the same. A file with a syntax error is left as\n"
      "it is.\n\n"
      "Example:\n  trig fmt --check examples/shop\n");
  command->callback([options, &chosen] { chosen = [options] { return format(*options); }; });
}

}  // namespace trig::cli
