// Golden tests: a .trig file holds its input and, in comment lines at its end, what a stage makes
// of it. One topic a file.
//
//   segment a: total = 3
//   # ---- expected ----
//   # error[E0016]: `=` is not an operator here
//   …
//
// A stage is a function from the text above the mark to a text. A program names its stages and
// calls golden_main; `PROGRAM tests/golden` compares, `PROGRAM --update tests/golden` rewrites the
// files.
#pragma once

#include <functional>
#include <map>
#include <string>

namespace trig::golden {

// `path` is for messages only; it has no folder, so that results are the same everywhere.
using Stage = std::function<std::string(const std::string& text, const std::string& path)>;

// ROOT/<stage>/*.trig for every stage of the map. Exit code: 0 as expected, 1 not, 2 nothing to
// run.
int golden_main(int argc, char** argv, const std::map<std::string, Stage>& stages);

// A golden file without its expectation: the input alone.
std::string input_of(const std::string& file_text);

}  // namespace trig::golden
