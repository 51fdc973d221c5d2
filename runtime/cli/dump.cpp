#include "compiler/ast/printer.h"
#include "compiler/diagnostics/render.h"
#include "compiler/exec/predicate_index.h"
#include "compiler/ir/program.h"
#include "compiler/parse/parse.h"
#include "compiler/project/project.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/executors.h"
#include "runtime/cli/project_folder.h"
#include "runtime/cli/terminal.h"

namespace trig::cli {
namespace {

struct DumpOptions {
  std::string stage;
  std::string path = ".";
};

int report(const Diagnostics& diagnostics, const SourceMap& sources) {
  fmt::print(stderr, "{}", render_text(diagnostics, sources, {wants_color(Stream::kError)}));
  return diagnostics.has_errors() ? kFindings : kClean;
}

int dump_file(const DumpOptions& options, const std::string& path) {
  Result<std::string> text = read_text(path);
  if (!text) return could_not_run(text.error());
  SourceMap sources;
  Diagnostics diagnostics;
  const SourceId id = sources.add(path, std::move(*text));
  if (options.stage == "tokens") {
    fmt::print("{}", parse::dump_tokens(sources[id]));
    return kClean;
  }
  const ast::File tree = parse::parse(id, sources[id], diagnostics);
  fmt::print("{}", ast::dump(tree));
  diagnostics.sort();
  return report(diagnostics, sources);
}

bool is_of_project(const std::string& stage) {
  return stage == "ir" || stage == "index" || stage == "llvm";
}

int dump_program(const DumpOptions& options) {
  Result<std::string> folder = project_folder_of(options.path);
  if (!folder) return could_not_run(folder.error());
  Result<std::unique_ptr<project::Project>> project = project::load(*folder);
  if (!project) return could_not_run(project.error());
  const int result = report((*project)->diagnostics, (*project)->sources);
  // What the checker gave up on is no program.
  if (result != kClean) return result;
  const ir::Program& program = (*project)->program;
  if (options.stage == "ir") fmt::print("{}", ir::dump(program));
  if (options.stage == "index") fmt::print("{}", exec::dump_indexes(program));
  if (options.stage != "llvm") return result;
  Result<std::string> text = native_code_text(program);
  if (!text) return could_not_run(text.error());
  fmt::print("{}", *text);
  return result;
}

int dump(const DumpOptions& options) {
  if (is_of_project(options.stage)) return dump_program(options);
  if (options.path == "-") return dump_file(options, options.path);
  Result<std::vector<std::string>> files = trig_files_of(options.path);
  if (!files) return could_not_run(files.error());
  int worst = kClean;
  for (const std::string& file : *files) {
    if (files->size() > 1) fmt::print("# {}\n", file);
    worst = std::max(worst, dump_file(options, file));
  }
  return worst;
}

}  // namespace

void add_dump(CLI::App& app, Chosen& chosen) {
  auto options = std::make_shared<DumpOptions>();
  CLI::App* command = app.add_subcommand("dump", "prints what the compiler makes of a text");
  command
      ->add_option("--stage", options->stage,
                   "tokens, ast: of files; ir, index, llvm: of a project")
      ->required()
      ->check(CLI::IsMember({"tokens", "ast", "ir", "index", "llvm"}));
  command->add_option("path", options->path, "a file, a folder, or - for the standard input")
      ->capture_default_str();
  command->footer("Example:\n  trig dump --stage ast campaigns/cart.trig\n");
  command->callback([options, &chosen] { chosen = [options] { return dump(*options); }; });
}

}  // namespace trig::cli
