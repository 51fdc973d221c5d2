#include "compiler/diagnostics/diagnostic.h"
#include "compiler/diagnostics/render.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/terminal.h"

namespace trig::cli {
namespace {

struct ExplainOptions {
  std::string code;
};

// Markdown for a terminal: headings bold, fences gone, their content indented.
std::string for_terminal(std::string_view page, bool color) {
  std::string out;
  bool in_example = false;
  while (!page.empty()) {
    const std::size_t end = std::min(page.find('\n'), page.size());
    std::string_view line = page.substr(0, end);
    page.remove_prefix(std::min(end + 1, page.size()));
    if (line.starts_with("```")) {
      in_example = !in_example;
      continue;
    }
    if (in_example) {
      out += line.empty() ? "\n" : fmt::format("    {}\n", line);
    } else if (line.starts_with('#')) {
      line.remove_prefix(std::min(line.find_first_not_of("# "), line.size()));
      out += color ? fmt::format("\x1b[1m{}\x1b[0m\n", line) : fmt::format("{}\n", line);
    } else {
      out += fmt::format("{}\n", line);
    }
  }
  return out;
}

int list_codes() {
  for (Code code : all_codes()) {
    const CodeInfo& info = info_of(code);
    fmt::print("{}  {}\n", info.code, info.text);
  }
  return kClean;
}

int unknown_code(const std::string& text) {
  std::vector<std::string> codes;
  for (Code code : all_codes()) codes.emplace_back(info_of(code).code);
  std::string wanted = text;
  for (char& c : wanted) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  const std::string best = closest(wanted, codes);
  return could_not_run(fmt::format(
      "there is no code {}{}", text,
      best.empty() ? ": `trig explain` lists them" : fmt::format(", did you mean {}?", best)));
}

int explain(const ExplainOptions& options) {
  if (options.code.empty()) return list_codes();
  Code code{};
  if (!find_code(options.code, code)) return unknown_code(options.code);
  const std::string_view page = explain_page(code);
  if (page.empty()) {
    fmt::print("{}: {}\n", info_of(code).code, info_of(code).text);
    return kClean;
  }
  fmt::print("{}", for_terminal(page, wants_color(Stream::kOutput)));
  return kClean;
}

}  // namespace

void add_explain(CLI::App& app, Chosen& chosen) {
  auto options = std::make_shared<ExplainOptions>();
  CLI::App* command =
      app.add_subcommand("explain", "says more about a finding; without a code, lists them");
  command->add_option("code", options->code, "the code of a finding, such as E0101");
  command->footer("Example:\n  trig explain E0101\n");
  command->callback([options, &chosen] { chosen = [options] { return explain(*options); }; });
}

}  // namespace trig::cli
