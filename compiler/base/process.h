// Another program, run to its end without a shell.
//
//   Result<Finished> node = run_program({.words = {"node", "-e", script}, .folder = root,
//                                        .input = json, .max_bytes = 64 << 20});
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "compiler/base/result.h"

namespace trig {

struct Command {
  std::vector<std::string> words;           // the program, found in PATH, and its arguments
  std::vector<std::string> variables = {};  // "NAME=value", before those of this process
  std::string folder = {};                  // where it runs; empty: here
  std::string input = {};                   // what it can read
  std::size_t max_bytes = 0;                // of all it writes; more ends it
  // Longer ends it. Absent: as long as it takes.
  std::optional<std::chrono::seconds> time = {};
};

struct Finished {
  int exit = 0;
  std::string output;
  std::string complaint;  // what it wrote to its standard error
};

// Failure if it cannot be run, writes or takes too much, or is ended by a signal.
Result<Finished> run_program(const Command& command);

}  // namespace trig
