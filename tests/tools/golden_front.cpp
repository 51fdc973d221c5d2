// The golden stages of the front end: tokens, parse (its diagnostics), ast, format.
#include "compiler/ast/printer.h"
#include "compiler/diagnostics/render.h"
#include "compiler/parse/parse.h"
#include "tests/tools/golden.h"

namespace trig {
namespace {

std::string tokens(const std::string& text, const std::string& path) {
  return parse::dump_tokens(Source(path, text));
}

std::string diagnose(const std::string& text, const std::string& path) {
  SourceMap sources;
  SourceId id = sources.add(path, text);
  Diagnostics diagnostics;
  parse::parse(id, sources[id], diagnostics);
  return diagnostics.all().empty() ? "no diagnostics\n" : render_text(diagnostics, sources, {});
}

std::string tree(const std::string& text, const std::string& path) {
  SourceMap sources;
  SourceId id = sources.add(path, text);
  Diagnostics diagnostics;
  ast::File file = parse::parse(id, sources[id], diagnostics);
  return render_text(diagnostics, sources, {}) + ast::dump(file);
}

std::string format(const std::string& text, const std::string& path) {
  SourceMap sources;
  SourceId id = sources.add(path, text);
  Diagnostics diagnostics;
  ast::File file = parse::parse(id, sources[id], diagnostics);
  if (diagnostics.has_errors()) return render_text(diagnostics, sources, {});
  return ast::print(file, sources[id]);
}

}  // namespace
}  // namespace trig

int main(int argc, char** argv) {
  return trig::golden::golden_main(argc, argv,
                                   {{"tokens", trig::tokens},
                                    {"parse", trig::diagnose},
                                    {"ast", trig::tree},
                                    {"format", trig::format}});
}
