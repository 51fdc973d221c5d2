// The chain: bring in modules, declare names, check each kind of declaration, and, if all is well,
// finish the program.
#include "compiler/check/check.h"

#include <deque>

#include "compiler/base/check.h"
#include "compiler/check/context.h"
#include "compiler/check/lint/lint.h"
#include "compiler/parse/parse.h"
#include "stdlib/stdlib.h"

namespace trig::check {
namespace {

// The modules that `use` names, each once, and those they use.
class Modules {
 public:
  explicit Modules(Context& context) : context_(context) {}

  void bring_in(const std::vector<ast::File>& files) {
    for (const ast::File& file : files) read_uses(file);
    for (std::size_t i = 0; i < loaded_.size(); ++i) read_uses(loaded_[i]);  // grows on the way
    for (const ast::File& module : loaded_) add(module, false);
    for (const ast::File& file : files) add(file, true);
  }

 private:
  void read_uses(const ast::File& file) {
    for (const ast::Declaration& declaration : file.declarations)
      if (const auto* use = std::get_if<ast::UseDecl>(&declaration.node)) load(*use);
  }

  void load(const ast::UseDecl& use) {
    std::string name;
    TextRange range;
    for (const ast::Name& part : use.path) {
      name += (name.empty() ? "" : ".") + part.text;
      range = cover(range, part.range);
    }
    const EmbeddedFile* module = stdlib::find(name);
    if (module == nullptr) {
      suggest(context_.report(Code::kUnknownModule, range, {name}), {name, range},
              stdlib::modules());
      return;
    }
    for (const EmbeddedFile* known : known_)
      if (known == module) return;
    known_.push_back(module);
    SourceId id =
        context_.sources.add("std/" + std::string(module->name), std::string(module->text));
    std::size_t errors = context_.diagnostics.error_count();
    loaded_.push_back(parse::parse(id, context_.sources[id], context_.diagnostics));
    TRIG_CHECK(errors == context_.diagnostics.error_count(), "the standard library does not parse");
  }

  void add(const ast::File& file, bool own) {
    for (std::size_t i = 0; i < file.declarations.size(); ++i)
      context_.declarations.push_back({&file.declarations[i], &file, i, own});
  }

  Context& context_;
  std::vector<const EmbeddedFile*> known_;
  std::deque<ast::File> loaded_;
};

}  // namespace

Checked check(const std::vector<ast::File>& files, const Settings& settings,
              const ReadFile& read_file, SourceMap& sources, Diagnostics& diagnostics) {
  const std::size_t told_before = diagnostics.all().size();
  Context context{settings, read_file, sources, diagnostics};
  context.program.project = settings.project;
  context.program.zone = settings.zone;
  note_broken_sources(context);
  Modules modules(context);
  modules.bring_in(files);
  declare_names(context);
  check_records(context);
  check_tables(context);
  check_coupons(context);
  check_policies(context);
  check_templates(context);
  check_segments(context);
  context.kept.currency = context.currency;
  for (const std::string& text : context.template_texts)
    context.kept.template_read.push_back(!text.empty());
  check_campaigns(context);
  check_emit_circles(context);
  check_tests(context);
  const bool good = !diagnostics.has_errors();
  const std::vector<Diagnostic>& all = diagnostics.all();
  context.kept.of_check.assign(all.begin() + static_cast<std::ptrdiff_t>(told_before), all.end());
  if (good) {
    run_lints(context, true);
    keep_history(context);
    stamp_versions(context);
    std::vector<std::string> violations = ir::verify(context.program);
    TRIG_CHECK(violations.empty(), violations.front().c_str());
    context.kept.findings.assign(all.begin() + static_cast<std::ptrdiff_t>(told_before), all.end());
  }
  for (const ast::File& file : files)
    if (FileNotes notes = read_notes(file, sources); !notes.empty())
      context.kept.notes.push_back(std::move(notes));
  std::set<Allowance> allowances = apply_notes(context.kept.notes, sources, diagnostics);
  outline_files(context, files);
  context.kept.good = good;
  context.kept.broken = std::move(context.broken);
  context.kept.today = settings.today;
  context.kept.symbols = std::move(context.symbols);
  auto kept = std::make_shared<const Kept>(std::move(context.kept));
  auto partial = [known = context.partials](std::string_view name) -> const liquid::Template* {
    auto place = known->find(name);
    return place == known->end() ? nullptr : place->second.get();
  };
  return {std::move(context.program), std::move(context.templates), std::move(allowances),
          std::move(partial), std::move(kept)};
}

}  // namespace trig::check
