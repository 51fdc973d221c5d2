// The golden stage of the files beside the language: lists, catalogs and the keys of coupons, as
// `trig check` reads them.
#include "compiler/diagnostics/render.h"
#include "compiler/project/project.h"
#include "tests/tools/files_in_comments.h"
#include "tests/tools/golden.h"

namespace trig {
namespace {

std::string diagnose(const std::string& text, const std::string& path) {
  project::Files files = golden::files_in_comments(text);
  files.try_emplace("trig.toml", golden::settings_for(text, "UTC"));
  files[path] = text;
  auto project = project::compile(std::move(files));
  if (project->diagnostics.all().empty()) return "no diagnostics\n";
  return render_text(project->diagnostics, project->sources, {});
}

}  // namespace
}  // namespace trig

int main(int argc, char** argv) {
  return trig::golden::golden_main(argc, argv, {{"files", trig::diagnose}});
}
