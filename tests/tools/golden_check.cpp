// The golden stages of the checker: check (its diagnostics) and ir (the program as text).
#include "compiler/diagnostics/render.h"
#include "tests/tools/check_bench.h"
#include "tests/tools/golden.h"

namespace trig {
namespace {

std::string diagnose(const std::string& text, const std::string& path) {
  CheckBench bench(text, path);
  if (bench.diagnostics.all().empty()) return "no diagnostics\n";
  return render_text(bench.diagnostics, bench.sources, {});
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
  return trig::golden::golden_main(argc, argv, {{"check", trig::diagnose}, {"ir", trig::program}});
}
