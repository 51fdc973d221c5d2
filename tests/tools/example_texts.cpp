#include "tests/tools/example_texts.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "compiler/parse/parse.h"
#include "tests/tools/golden.h"

namespace trig::golden {

namespace fs = std::filesystem;

std::vector<ExampleText> example_texts() {
  std::vector<ExampleText> all;
  for (const char* folder : {"tests", "examples", "stdlib", "runtime/cli/new"}) {
    fs::path root = fs::path(TRIG_SOURCE_DIR) / folder;
    if (!fs::is_directory(root)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
      // Modules that npm brought are none of ours.
      if (entry.path().extension() != ".trig" ||
          entry.path().string().find("node_modules") != std::string::npos)
        continue;
      std::ifstream file(entry.path(), std::ios::binary);
      std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
      all.push_back({fs::relative(entry.path(), TRIG_SOURCE_DIR).string(), input_of(text)});
    }
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return all;
}

std::vector<ExampleText> clean_example_texts() {
  std::vector<ExampleText> clean;
  for (ExampleText& one : example_texts()) {
    Diagnostics diagnostics;
    parse::parse(SourceId{0}, Source(one.path, one.text), diagnostics);
    if (!diagnostics.has_errors()) clean.push_back(std::move(one));
  }
  return clean;
}

}  // namespace trig::golden
