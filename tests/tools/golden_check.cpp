// The golden stages of the checker: check (its diagnostics), ir (the program as text) and index
// (how events find campaigns).
#include "compiler/diagnostics/render.h"
#include "compiler/exec/predicate_index.h"
#include "tests/tools/check_bench.h"
#include "tests/tools/golden.h"

namespace trig {
namespace {

std::string diagnose(const std::string& text, const std::string& path) {
  CheckBench bench(text, path);
  if (bench.diagnostics.all().empty()) return "no diagnostics\n";
  return render_text(bench.diagnostics, bench.sources, {});
}

std::string index(const std::string& text, const std::string& path) {
  CheckBench bench(text, path);
  std::string diagnostics = render_text(bench.diagnostics, bench.sources, {});
  return bench.diagnostics.has_errors() ? diagnostics
                                        : diagnostics + exec::dump_indexes(bench.checked.program);
}

std::string program(const std::string& text, const std::string& path) {
  CheckBench bench(text, path);
  std::string diagnostics = render_text(bench.diagnostics, bench.sources, {});
  return bench.diagnostics.has_errors() ? diagnostics
                                        : diagnostics + ir::dump(bench.checked.program);
}

}  // namespace
}  // namespace trig

int main(int argc, char** argv) {
  return trig::golden::golden_main(
      argc, argv, {{"check", trig::diagnose}, {"ir", trig::program}, {"index", trig::index}});
}
