// check: the files of a project → ir::Program. Names are resolved, types are checked, templates are
// read and checked against their signatures. One file per construct (check_campaign.cpp, …).
//
// Mistakes are E01–E04 diagnostics; lints are W. The Program is fit to run only if there are no
// errors.
//
//   check::Checked checked = check::check(files, settings, read_file, sources, diagnostics);
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "compiler/ast/ast.h"
#include "compiler/base/result.h"
#include "compiler/base/source.h"
#include "compiler/diagnostics/diagnostic.h"
#include "compiler/ir/program.h"
#include "compiler/liquid/mail_template.h"

namespace trig::check {

// The paths of the files of the project that begin so, ascending.
using ListFiles = std::function<std::vector<std::string>(std::string_view prefix)>;

struct Settings {
  std::string project;
  Zone zone = Zone::utc();
  ListFiles list_files = {};       // absent: templates have no files of other languages
  std::optional<Date> today = {};  // for what is over by now (W0107); absent: nothing is
  // A segment that is not one: its expression is a question, which may have any type.
  std::string question = {};
};

// Text of a file of the project by its path from the project's folder ("templates/x.html.liquid").
using ReadFile = std::function<Result<std::string>(std::string_view path)>;

// A finding that a note allows: where it would begin, and its code.
using Allowance = std::tuple<SourceId, std::uint32_t, Code>;  // the line is 1-based

inline constexpr std::string_view kPartialFolder = "templates/partials/";

struct Kept;  // kept.h

struct Checked {
  ir::Program program;
  std::vector<liquid::MailTexts> templates;  // parallel to program.templates
  std::set<Allowance> allowances;
  // The partials that templates render, by name ("footer" is templates/partials/footer.liquid);
  // null where there is none. What liquid::RenderOptions::partials takes.
  std::function<const liquid::Template*(std::string_view name)> partials;
  // What `recheck` and `retell` go on from.
  std::shared_ptr<const Kept> kept;
};

// `files` are the project's own; `use` brings in the embedded standard library.
Checked check(const std::vector<ast::File>& files, const Settings& settings,
              const ReadFile& read_file, SourceMap& sources, Diagnostics& diagnostics);

// A project of which a check is at hand.
struct Before {
  const ir::Program& program;
  const Kept& kept;
  const SourceMap& sources;
};
struct Rechecked {
  ir::Program program;  // goes on from the one before: ir::Program::parent
  std::set<Allowance> allowances;
  std::shared_ptr<const Kept> kept;
  std::size_t declarations = 0;  // that were checked: a measure of the work
};

// The same project after `files` have changed: those parsed anew, under the ids they had. Only
// their campaigns and tests are checked, and what is told, the program and its versions are as if
// all had been. Nothing where that cannot be: something else than what campaigns and tests say is
// different, or there was or is a mistake; then `diagnostics` are as they were.
std::optional<Rechecked> recheck(const Before& before, const std::vector<ast::File>& files,
                                 const Settings& settings, SourceMap& sources,
                                 Diagnostics& diagnostics);

// What `check` would tell of the same project after `files` have changed in this way, where there
// are mistakes in it now: while it is being written. `diagnostics` are what parsing told of all its
// files, and what is told of these `templates`, which have changed too. False where that takes a
// whole check, or there is no mistake; then they are as they were.
bool retell(const Before& before, const std::vector<ast::File>& files,
            const std::set<SourceId>& templates, const Settings& settings, SourceMap& sources,
            Diagnostics& diagnostics);
// Whether the check that left this behind found no errors.
bool is_good(const Kept& kept);

}  // namespace trig::check
