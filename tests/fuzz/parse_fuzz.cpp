// Fuzzes the front end. Whatever the bytes, parsing ends, the number of diagnostics is bounded and
// each points into the text; what parses cleanly is formatted without loss, and only once.
#include <cstdint>
#include <string>

#include "compiler/ast/printer.h"
#include "compiler/base/check.h"
#include "compiler/base/limits.h"
#include "compiler/parse/parse.h"
#include "tests/fuzz/places.h"
#include "tests/fuzz/standalone_main.h"
#include "tests/tools/example_texts.h"
#include "tests/tools/grammar_sentences.h"

namespace {

using namespace trig;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Source source("fuzz.trig", std::string(reinterpret_cast<const char*>(data), size));
  Diagnostics diagnostics;
  ast::File file = parse::parse(SourceId{0}, source, diagnostics);
  TRIG_CHECK(diagnostics.all().size() <= kMaxDiagnosticsPerFile, "too many diagnostics");
  check_places(diagnostics, [&](TextRange range) {
    return range.valid() && range.begin <= range.end && range.end <= size;
  });
  parse::dump_tokens(source);
  if (diagnostics.has_errors()) return 0;
  Source formatted("fuzz.trig", ast::print(file, source));
  Diagnostics again;
  ast::File second = parse::parse(SourceId{0}, formatted, again);
  TRIG_CHECK(!again.has_errors(), "the formatted text does not parse");
  TRIG_CHECK(ast::dump(second) == ast::dump(file), "formatting changed the meaning");
  TRIG_CHECK(second.comments.size() == file.comments.size(), "formatting lost a comment");
  TRIG_CHECK(ast::print(second, formatted) == formatted.text(), "formatting is not stable");
  return 0;
}

std::vector<std::string> fuzz_seeds() {
  std::vector<std::string> seeds;
  for (auto& example : trig::golden::example_texts()) seeds.push_back(std::move(example.text));
  return seeds;
}

std::vector<std::string> fuzz_dictionary() { return trig::golden::GrammarSentences(1).words(); }
