// The main() of fuzz targets: runs the seeds, then random mutations of them, from a seed that it
// prints. Compiled with trace-pc (the preset fuzz) it keeps the inputs that reach new code and
// mutates those (docs/decisions/0043). An input that ends the process is left in a file.
#pragma once

#include <string>
#include <vector>

// Inputs the target begins with; each target defines its own.
std::vector<std::string> fuzz_seeds();
// Words that mutations put in, beside a few signs; may be empty.
std::vector<std::string> fuzz_dictionary();
