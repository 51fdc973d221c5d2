// Fuzzes the checker. Examples are cut, joined and mixed with the words of the grammar. Whatever
// comes of it, checking ends, every place that is told lies in its source, and what has no error is
// a program that can be printed (check() verifies it).
#include <cstdint>
#include <string>

#include "compiler/base/check.h"
#include "compiler/ir/program.h"
#include "tests/fuzz/places.h"
#include "tests/fuzz/standalone_main.h"
#include "tests/tools/check_bench.h"
#include "tests/tools/example_texts.h"
#include "tests/tools/grammar_sentences.h"

using namespace trig;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  CheckBench bench(std::string(reinterpret_cast<const char*>(data), size), "fuzz.trig");
  check_places(bench.diagnostics, bench.sources);
  if (!bench.diagnostics.has_errors())
    TRIG_CHECK(!ir::dump(bench.checked.program).empty(), "a program without a text");
  return 0;
}

std::vector<std::string> fuzz_seeds() {
  std::vector<std::string> seeds;
  for (auto& example : golden::example_texts()) seeds.push_back(std::move(example.text));
  golden::GrammarSentences sentences(3);
  for (int i = 0; i < 50; ++i) seeds.push_back(sentences.make("file", 14));
  return seeds;
}

std::vector<std::string> fuzz_dictionary() { return golden::GrammarSentences(1).words(); }
