// All .trig texts of the repository, as test input: the golden files (without their expectations)
// and the examples.
#pragma once

#include <string>
#include <vector>

namespace trig::golden {

struct ExampleText {
  std::string path;
  std::string text;
};

std::vector<ExampleText> example_texts();
// Those without syntax errors.
std::vector<ExampleText> clean_example_texts();

}  // namespace trig::golden
