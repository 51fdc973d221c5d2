#include "runtime/cli/fix.h"

#include "compiler/base/limits.h"
#include "compiler/diagnostics/edits.h"
#include "compiler/parse/format.h"
#include "runtime/cli/replace_files.h"

namespace trig::cli {
namespace {

std::string formatted(const std::string& path, std::string text) {
  if (!path.ends_with(".trig")) return text;
  SourceMap sources;
  Diagnostics diagnostics;
  return parse::formatted(path, text, sources, diagnostics).value_or(text);
}

}  // namespace

Result<Fixed> fix_files(const project::Project& project, const project::LoadOptions& options) {
  project::LoadOptions again = options;
  again.folder = project.root;
  again.with_tables = false;  // their files were let go of, and no edit is in them
  Fixed fixed;
  std::map<std::string, std::string> changed;
  std::unique_ptr<project::Project> next;
  const project::Project* now = &project;
  for (std::size_t round = 0; round < kMaxFixRounds; ++round) {
    const Edited edited = apply_certain_edits(now->diagnostics, now->sources);
    if (edited.diagnostics == 0) break;
    project::Files files = now->files;
    for (const auto& [source, text] : edited.texts) {
      const std::string& path = now->sources[source].path();
      if (!files.contains(path)) return fail("{} cannot be edited", path);
      changed[path] = files[path] = formatted(path, text);
    }
    std::unique_ptr<project::Project> after = project::compile(std::move(files), again);
    if (after->diagnostics.error_count() > now->diagnostics.error_count())
      return fail("the edits would break the project; nothing is changed");
    fixed.findings += edited.diagnostics;
    next = std::move(after);
    now = next.get();
  }
  fixed.files = changed.size();
  std::map<std::string, std::string> texts;
  for (auto& [path, text] : changed) texts.emplace(project.root + "/" + path, std::move(text));
  if (Status written = replace_files(texts); !written) return tl::unexpected(written.error());
  return fixed;
}

}  // namespace trig::cli
